"""Rules about loss curves: problems with the steps, the epochs and the training images."""

import math
from typing import Any

import numpy as np

from vaelab.config import field_spec
from vaelab.config.defaults import default_learning_rate
from vaelab.data import DATASETS
from vaelab.teaching.hints.evidence import LATE_STEPS, Evidence, Hint, epochs_of, nats
from vaelab.words import counted

DIVERGING = 1.0
"""Spans above the mean image's loss from which a loss counts as diverging: it is then as far above that
baseline as the best possible model is below."""
MOST_EPOCHS = int(field_spec("epochs").maximum or 0)
FEW_STEPS = 100
"""Total steps below which a recipe hardly trains: the number before which no rule judges a run."""
SOME_STEPS = 300
"""Steps that show whether a recipe learns: three times the number before which no rule judges a run."""
SLOW = 1 / 20
"""Share of the default learning rate below which a learning rate counts as very small."""
LEARNED_NOTHING = 0.02
"""Share of the span that counts as no progress: 3 nats on MNIST, which is the noise of one batch."""
HARDLY_LEARNED = 0.1
"""Share of the span that any sensible recipe passes within an epoch of MNIST."""
STUCK_AFTER = 0.5
"""Share of the epochs after which a run that has learned nothing is not expected to begin."""
RISING_EPOCHS = 3
"""Epochs since the best test loss: one or two may be noise."""
RISEN = 0.02
"""Rise of the test loss that counts, as a share of what was learned: more than seeds differ."""
STILL_FALLING = 0.5
"""Speed over the last fifth of the epochs, as a share of the run's mean speed. A curve that has settled is
far below (the finished examples below 0.3), a straight line is at 1."""
LAST_PART = 5
"""The end of a run is its last fifth."""
SWING_STEPS = 60
"""Recorded losses over which swings are measured."""
SWINGING = 0.5
"""Standard deviation of the recorded training loss around its trend, as a share of all that was learned: from
half on, a later loss may well be one of the beginning again."""
MORE_IMAGES = 100
"""Factor by which the number of training images should grow if the network has memorised them."""
STEPS_PER_EPOCH = 1_000
"""Largest number of steps per epoch that a hint advises, so that its recipe takes seconds and not hours."""
SMALL_BATCH = 8
"""Images per step below which the noise of single images hides what they have in common."""


def diverging(seen: Evidence) -> Hint | None:
    """The loss is no longer finite, or far above the loss of the mean image."""
    config = seen.config
    far = DIVERGING * seen.span
    if seen.reason == "diverged":
        evidence = f"The loss stopped being a finite number after {_steps(seen.steps)}."
    elif len(seen.train_recon) >= LATE_STEPS and seen.late_recon > far + max(
        seen.mean_image, seen.train_recon[0]
    ):
        evidence = (
            f"The reconstruction term is {nats(seen.late_recon)} nats; always answering with the mean image "
            f"would give {nats(seen.mean_image)}."
        )
    else:
        return None
    rate = min(_default_rate(seen), config.learning_rate / 3)
    return Hint(
        "diverging", "warning", evidence,
        f"Steps are too long and jump over the minimum: a learning rate of {rate:.2g} instead of "
        f"{config.learning_rate:g} takes shorter ones.",
        {"learning_rate": _rounded(rate)}, f"Learning rate {rate:.2g}",
    )  # fmt: skip


def few_steps(seen: Evidence) -> Hint | None:
    """The whole recipe takes hardly any steps: its batches are too large, or its epochs too few."""
    config = seen.config
    planned = seen.steps_per_epoch * config.epochs
    images = "all images" if config.optimizer == "gd" else f"{config.batch_size:,} images"
    batch = min(256, max(SMALL_BATCH, seen.images * config.epochs // SOME_STEPS))
    if planned >= FEW_STEPS or seen.reason == "diverged":
        return None
    if seen.steps_per_epoch > LAST_PART or batch >= min(config.batch_size, seen.images):
        epochs = min(MOST_EPOCHS, math.ceil(SOME_STEPS / seen.steps_per_epoch))
        return Hint(
            "few-steps", "warning",
            f"{epochs_of(config.epochs)} with {_steps(seen.steps_per_epoch)} each: {_steps(planned)} in all.",
            f"A network has hardly begun by then: {epochs_of(epochs)} show more.",
            {"epochs": epochs}, epochs_of(epochs),
        )  # fmt: skip
    changes: dict[str, Any] = {"batch_size": batch}
    if config.optimizer == "gd":
        changes |= {"optimizer": "adam", "learning_rate": None}
    return Hint(
        "few-steps", "warning",
        f"A step takes {images}, so that {epochs_of(config.epochs)} are only {_steps(planned)} in all.",
        f"Smaller batches give more steps from the same images: {batch} images a step"
        + (", with Adam." if config.optimizer == "gd" else "."),
        changes, f"Batches of {batch}",
    )  # fmt: skip


def slow(seen: Evidence) -> Hint | None:
    """The learning rate is so small that the weights hardly move."""
    rate, usual = seen.config.learning_rate, _default_rate(seen)
    if not seen.judged or rate > SLOW * usual or seen.learned > HARDLY_LEARNED * seen.span:
        return None
    return Hint(
        "slow", "warning",
        f"After {_steps(seen.steps)} with a learning rate of {rate:g} the loss is {_against_mean(seen)}.",
        f"Steps this short lead nowhere: {usual:g} is what this optimizer usually needs.",
        {"learning_rate": usual}, f"Learning rate {usual:g}",
    )  # fmt: skip


def stuck(seen: Evidence) -> Hint | None:
    """The network does no better than the mean image."""
    least, loss = LEARNED_NOTHING * seen.span, seen.test_recon
    late = len(loss) and seen.test_epochs[-1] >= STUCK_AFTER * seen.config.epochs
    begins = len(loss) > 1 and loss[-2] - loss[-1] > least
    if not seen.judged or not late or begins or seen.learned > least:
        return None
    changes, advice, label = _remedy_for_nothing(seen)
    return Hint(
        "stuck", "warning", f"After {_steps(seen.steps)} the loss is {_against_mean(seen)}.", advice,
        changes, label,
    )  # fmt: skip


def remedy(seen: Evidence) -> tuple[dict[str, Any], str, str] | None:
    """Changes, advice and label against an optimizer or network that cannot learn; None if none is found."""
    config, usual = seen.config, _default_rate(seen)
    if config.learning_rate >= 3 * usual:
        return (
            {"learning_rate": usual},
            f"Long steps can switch every unit off for good: {usual:g} is what this optimizer usually needs.",
            f"Learning rate {usual:g}",
        )
    if config.learning_rate <= usual / 3:
        return (
            {"learning_rate": usual},
            f"The steps may be too short to leave it: {usual:g} is what this optimizer usually needs.",
            f"Learning rate {usual:g}",
        )
    if config.activation in ("sigmoid", "tanh") and config.hidden != "none":
        name = field_spec("activation").labels[config.activation]
        return (
            {"activation": "relu"},
            f"Gradients shrink in every {name} layer, and little reaches the first: ReLU passes them on.",
            "Activation ReLU",
        )
    return None


def _remedy_for_nothing(seen: Evidence) -> tuple[dict[str, Any], str, str]:
    if common := remedy(seen):
        return common
    rate = _rounded(seen.config.learning_rate / 3)
    return (
        {"learning_rate": rate},
        f"The step may be too long for this network: try a learning rate of {rate:g}.",
        f"Learning rate {rate:g}",
    )


def overfitting(seen: Evidence) -> Hint | None:
    """The objective rises on test images while it falls on training images."""
    # The KL is weighted as in training: with a beta near 0, a rising KL is no sign of memorised images.
    loss = seen.test_recon + seen.config.beta * seen.test_kl if seen.has_kl else seen.test_recon
    objective = seen.epoch_objective
    if not seen.judged or seen.warming or len(loss) <= RISING_EPOCHS:
        return None
    best = int(loss.argmin())
    risen, learned = loss[-1] - loss[best], seen.mean_image - loss[best]
    falls = bool(objective[-1] < objective[best])
    if len(loss) - 1 - best < RISING_EPOCHS or risen < RISEN * max(learned, seen.span / 4) or not falls:
        return None
    available = DATASETS[seen.config.dataset].train_images
    more = seen.config.train_size < available
    epochs = max(1, round(seen.test_epochs[best]))
    evidence = (
        f"Since epoch {seen.test_epochs[best]:g} the objective on test images rose from {nats(loss[best])} "
        f"to {nats(loss[-1])} nats, while that on training images fell from {nats(objective[best])} to "
        f"{nats(objective[-1])}."
    )
    if more:
        images = min(available, MORE_IMAGES * seen.config.train_size)
        changes = {"train_size": images, "batch_size": max(seen.config.batch_size, images // STEPS_PER_EPOCH)}
        label = f"All {images:,} images" if images == available else f"{images:,} images"
        return Hint(
            "overfitting", "warning", evidence,
            f"The network learns its {seen.images:,} images by heart: more images leave it less room to.",
            changes, label,
        )  # fmt: skip
    return Hint(
        "overfitting", "warning", evidence,
        "The network learns its images by heart: end the run where the test loss was lowest.",
        {"epochs": epochs}, f"Only {epochs_of(epochs)}",
    )  # fmt: skip


def underfitting(seen: Evidence) -> Hint | None:
    """The losses were still falling steeply when the epochs were over."""
    loss, objective = seen.test_loss, seen.epoch_objective
    if not seen.judged or not seen.over or len(loss) < 2 or not np.isfinite(objective).all():
        return None
    part = max(1, len(loss) // LAST_PART)
    best_at_end = loss.argmin() == objective.argmin() == len(loss) - 1
    late, whole = (loss[-1 - part] - loss[-1]) / part, (seen.mean_image - loss[-1]) / len(loss)
    if not best_at_end or late < STILL_FALLING * whole or late * part < LEARNED_NOTHING * seen.span:
        return None
    more = min(2 * seen.config.epochs, MOST_EPOCHS)
    if more == seen.config.epochs:
        return None
    return Hint(
        "underfitting", "warning",
        f"In its last {'epoch' if part == 1 else f'{part} epochs'} the test loss still fell by "
        f"{nats(loss[-1 - part] - loss[-1])} nats, of {nats(seen.mean_image - loss[-1])} in all.",
        f"It has not learned what it could: train for {more} epochs.",
        {"epochs": more}, f"{more} epochs",
    )  # fmt: skip


def oscillating(seen: Evidence) -> Hint | None:
    """The training loss jumps up and down by much of what was learned."""
    config = seen.config
    # Within the first epoch the steep fall of the loss would be taken for a swing.
    if not seen.judged or len(seen.train_recon) < SWING_STEPS or seen.train_epochs[-SWING_STEPS] < 1:
        return None
    recent = seen.train_recon[-SWING_STEPS:]
    around = recent - np.polyval(np.polyfit(np.arange(SWING_STEPS), recent, 1), np.arange(SWING_STEPS))
    swing, learned = float(around.std()), seen.mean_image - float(np.median(recent))
    if swing < SWINGING * max(learned, HARDLY_LEARNED * seen.span):
        return None
    evidence = (
        f"The last training losses swing by ±{nats(swing)} nats around their trend, and only "
        f"{nats(max(0.0, learned))} nats were learned so far."
    )
    if config.batch_size < SMALL_BATCH and config.optimizer != "gd":
        batch = min(128, max(SMALL_BATCH, seen.images // 10))
        epochs = max(config.epochs, min(MOST_EPOCHS, math.ceil(SOME_STEPS * batch / seen.images)))
        longer = f", over {epochs_of(epochs)} for as many steps as it takes" if epochs > config.epochs else ""
        return Hint(
            "oscillating", "warning", evidence,
            f"A step that follows {counted(config.batch_size, 'image')} follows their peculiarities: "
            f"{batch} images have more in common{longer}.",
            {"batch_size": batch, "epochs": epochs}, f"Batches of {batch}",
        )  # fmt: skip
    rate = _rounded(config.learning_rate / 3)
    return Hint(
        "oscillating", "warning", evidence,
        f"Steps are so long that they jump across the valley: a learning rate of {rate:g} calms them.",
        {"learning_rate": rate}, f"Learning rate {rate:g}",
    )  # fmt: skip


def _against_mean(seen: Evidence) -> str:
    loss = nats(seen.mean_image - seen.learned)
    return f"{loss} nats; always answering with the mean image gives {nats(seen.mean_image)}"


def _default_rate(seen: Evidence) -> float:
    config = seen.config
    return default_learning_rate(config.optimizer, config.lr_schedule, config.reconstruction)


def _rounded(rate: float) -> float:
    return max(field_spec("learning_rate").minimum or 0.0, float(f"{rate:.2g}"))


def _steps(count: int) -> str:
    return counted(count, "step")
