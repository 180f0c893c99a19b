"""Rules about a VAE's codes: problems that its KL term and its posteriors show."""

import math
from typing import Any

import numpy as np

from vaelab.data import DATASETS
from vaelab.teaching.hints.evidence import LATE_STEPS, Evidence, Hint, epochs_of, nats
from vaelab.teaching.hints.losses import remedy
from vaelab.words import counted

COLLAPSED = 0.1
"""Nats of KL below which a code carries no useful information: with less, nobody can guess one of ten classes
in more than about three of ten cases (Fano's inequality)."""
RISING_KL_EPOCHS = 2.0
"""Epochs at the start in which the KL rises because the model begins to use the code."""
RISEN_KL = 0.5
"""Rise of the KL in nats that is worth a note."""
BETA_TOO_SMALL = 6.0
"""Mean KL per dimension, in nats, above which codes count as unbounded: the decoder then distinguishes about
e^6, or 400, positions on every axis. No dimension of the finished examples has more than 3.6 nats."""
FAR = 2.0
"""Largest factor between the variance of all codes and the prior's 1, in either direction, as a geometric
mean over the dimensions. The finished examples reach at most 1.3."""
UNUSED_SHARE = 0.5
"""Share of the dimensions that may be unused: a VAE usually leaves up to a half unused."""
FEWEST_DIMENSIONS = 8
"""Latent dimension below which unused dimensions do not matter."""
NARROW_LEARNED = 1 / 3
"""Share of the span that one-dimensional codes do not reach on MNIST, while two-dimensional codes do."""


def collapse(seen: Evidence) -> Hint | None:
    """All posteriors equal the prior."""
    # Before the first evaluation the KL may be near 0 because the network has hardly been trained.
    if not _settled(seen) or seen.active_units or max(seen.late_kl, seen.test_kl[-1]) >= COLLAPSED:
        return None
    units = "" if seen.active_units is None else f", and 0 of {_dimensions(seen.config.latent_dim)} active"
    changes, advice, label = _remedy_for_collapse(seen)
    evidence = f"KL of {nats(seen.late_kl, 2)} nats over the last {LATE_STEPS} recorded losses{units}."
    return Hint("collapse", "warning", evidence, advice, changes, label)


def _remedy_for_collapse(seen: Evidence) -> tuple[dict[str, Any], str, str]:
    config = seen.config
    if config.beta > 1:
        return (
            {"beta": 1.0},
            f"A beta of {config.beta:g} makes a nat of code cost more than it saves: 1 is the VAE proper.",
            "Beta 1",
        )
    if common := remedy(seen):
        return common
    if config.term.has_sigma and config.sigma != "auto":
        return (
            {"sigma": "auto"},
            f"A sigma of {config.sigma} calls every image like every other: 'auto' matches it to the error.",
            "Sigma auto",
        )
    if config.beta_warmup == 0 and config.beta > 0:
        epochs = max(1.0, round(config.epochs / 3))
        return (
            {"beta_warmup": epochs},
            "The KL term won before the decoder could use the code: with a beta that grows from 0 over the "
            f"first {'epoch' if epochs == 1 else epochs_of(epochs)} it can begin.",
            f"Beta warm-up over {epochs_of(epochs)}",
        )
    rate = float(f"{config.learning_rate / 3:.2g}")
    return {"learning_rate": rate}, f"Shorter steps may find it: try {rate:g}.", f"Learning rate {rate:g}"


def beta_too_small(seen: Evidence) -> Hint | None:
    """The weight of the KL term is so small that the VAE behaves like an AE."""
    config = seen.config
    if not _settled(seen) or config.beta >= 1 or seen.test_kl[-1] / config.latent_dim <= BETA_TOO_SMALL:
        return None
    return Hint(
        "beta-too-small", "warning",
        f"A code costs {nats(seen.test_kl[-1])} nats of KL, {nats(seen.test_kl[-1] / config.latent_dim)} a "
        f"dimension, with a beta of {config.beta:g}.",
        "Next to nothing holds the codes together, so that draws of the prior land between them: a beta of 1 "
        "makes it a VAE.",
        {"beta": 1.0}, "Beta 1",
    )  # fmt: skip


def beta_too_large(seen: Evidence) -> Hint | None:
    """The codes carry less information than the class of an image."""
    config = seen.config
    classes = len(DATASETS[config.dataset].classes)
    if not _settled(seen) or config.beta <= 1 or seen.test_kl[-1] >= math.log(classes):
        return None
    if seen.test_epochs[-1] < config.epochs / 2:  # the KL may still rise
        return None
    return Hint(
        "beta-too-large", "warning",
        f"With a beta of {config.beta:g} a code carries at most {nats(seen.test_kl[-1], 2)} nats; to tell "
        f"{classes} classes apart takes {nats(math.log(classes), 2)}.",
        "The prior has squeezed the image out of the code: 1 is the VAE proper.",
        {"beta": 1.0}, "Beta 1",
    )  # fmt: skip


def far_from_prior(seen: Evidence) -> Hint | None:
    """The distribution of all codes differs from the prior, from which samples are drawn.

    The first half of a run is not judged, because the codes still move towards the prior.
    """
    variance = seen.aggregate_variance
    if not _settled(seen) or variance is None or seen.test_epochs[-1] < seen.config.epochs / 2:
        return None
    factor = float(np.exp(np.log(variance.clip(1e-12)).mean()))
    if 1 / FAR <= factor <= FAR:
        return None
    land = "only in their middle" if factor > 1 else "far outside of them"
    evidence = f"All codes together have a variance of {factor:.2g} a dimension; the prior's is 1."
    if seen.config.beta < 1:
        changes: dict[str, Any] = {"beta": 1.0}
        advice, label = "a beta of 1 pulls both together.", "Beta 1"
    else:
        more = min(500, 2 * seen.config.epochs)
        changes = {"epochs": more}
        advice, label = "longer training brings both together.", f"{more} epochs"
    advice = f"Draws of the prior land {land}, where the decoder has learned little: {advice}"
    return Hint("far-from-prior", "warning", evidence, advice, changes, label)


def unused_dimensions(seen: Evidence) -> Hint | None:
    """Most dimensions carry no information."""
    config, active = seen.config, seen.active_units
    if not _settled(seen) or active is None or active < 1 or config.latent_dim < FEWEST_DIMENSIONS:
        return None
    unused = config.latent_dim - active
    if unused <= UNUSED_SHARE * config.latent_dim:
        return None
    evidence = f"{unused} of {config.latent_dim} dimensions are not used: {active} are active."
    if config.beta > 1:
        return Hint(
            "unused-dimensions", "warning", evidence,
            f"A beta of {config.beta:g} makes a dimension cost more than it saves: with 1 more of them pay.",
            {"beta": 1.0}, "Beta 1",
        )  # fmt: skip
    return Hint(
        "unused-dimensions", "note", evidence,
        f"They cost nothing and say nothing: {_dimensions(active)} would do as well.",
        {"latent_dim": active}, f"Latent dimension {active}",
    )  # fmt: skip


def narrow(seen: Evidence) -> Hint | None:
    """Codes of an AE or VAE with one number lie on a line, where a class has at most two neighbours."""
    if not seen.judged or not seen.over or seen.config.latent_dim > 1 or not len(seen.test_recon):
        return None
    learned = seen.mean_image - seen.test_recon[-1]
    if learned >= NARROW_LEARNED * seen.span:
        return None
    return Hint(
        "narrow", "warning",
        f"With one number a code the reconstruction term is {nats(seen.test_recon[-1])} nats, only "
        f"{nats(learned)} below that of the mean image.",
        "On a line every class lies between two others, and the rest of an image has no room: a second "
        "dimension gives a map.",
        {"latent_dim": 2}, "Latent dimension 2",
    )  # fmt: skip


def rising_kl(seen: Evidence) -> Hint | None:
    """The KL rises at the start, which is normal and which newcomers take for an error."""
    if not seen.has_kl or not seen.judged or seen.reason is not None:
        return None
    if seen.train_epochs[-1] >= RISING_KL_EPOCHS or seen.warming:
        return None
    first, now = float(np.median(seen.train_kl[:LATE_STEPS])), seen.late_kl
    falls = seen.late_recon + now < float(np.median((seen.train_recon + seen.train_kl)[:LATE_STEPS]))
    if now - first < RISEN_KL or not falls:
        return None
    return Hint(
        "rising-kl", "note",
        f"The KL rose from {nats(first)} to {nats(now)} nats, and the reconstruction term fell by more.",
        "That is normal: the code begins to say something of the image, and what it says costs KL.",
    )  # fmt: skip


def _settled(seen: Evidence) -> bool:
    """Whether the codes of a model with a KL can be judged: it has an evaluation after any warm-up."""
    return seen.has_kl and seen.judged and not seen.warming and len(seen.test_kl) > 0


def _dimensions(count: int) -> str:
    return counted(count, "dimension")
