"""The laws of a training: what determines it, what does not, and the steps of its events."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from vaelab import events
from vaelab.config import FIELD_NAMES, RunConfig, why_not_in_force
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.evaluation import evaluate
from vaelab.training import session
from vaelab.training.optimizers import OPTIMIZERS
from vaelab.training.pictures import Previewer
from vaelab.training.subset import Subset

SMALL = RunConfig(epochs=2, hidden="16")
"""A config with eight steps per epoch on the tiny data."""

SMALL_CONV = SMALL.variant(architecture="conv", hidden="4-8/16")


# The same config gives the same events


@pytest.mark.parametrize(
    "changes",
    [
        *({"optimizer": name} for name in OPTIMIZERS),
        {"model": "ae", "corruption": "mask"},
        {"model": "ae", "reconstruction": "mse", "code_activation": "relu"},
        {"reconstruction": "mse", "sigma": 0.3, "corruption": "gaussian"},
        {"train_size": 700, "precision": "fp32", "beta": 4, "beta_warmup": 1.5, "activation": "gelu"},
        {"architecture": "conv", "hidden": "4-8/16", "precision": "bf16"},
    ],
    ids=str,
)
def test_the_same_config_gives_the_same_events(changes, record):
    config = SMALL.variant(**{"learning_rate": None, **changes})
    assert record(config).said == record(config).said


def test_the_same_number_of_threads_gives_the_same_events(record):
    assert record(SMALL_CONV, threads=2).said == record(SMALL_CONV, threads=2).said


def test_previews_come_by_the_clock_and_change_nothing(record, recorded, tiny, monkeypatch):
    asked = recorded(SMALL).said
    made: list[int] = []
    monkeypatch.setattr(Previewer, "due", lambda self, seconds: made.append(1) or True)
    assert record(SMALL).said == asked
    assert len(made) == 16


# What changes something, and what does not

NOT_IN_FORCE = {
    "beta": ({"model": "ae"}, 7),
    "beta_warmup": ({"model": "ae", "stop_loss": 1000}, 1.5),
    "code_activation": ({}, "relu"),
    "activation": ({"hidden": "none"}, "tanh"),
    "sigma": ({}, 0.5),
    "corruption_strength": ({}, 0.9),
    "batch_size": ({"optimizer": "gd"}, 64),
}

IN_FORCE = {
    "model": ({}, "ae"),
    "train_size": ({}, 1999),
    "held_out": ({}, 1),
    "latent_dim": ({}, 3),
    "epochs": ({}, 1),
    "architecture": ({"hidden": "16"}, "conv"),
    "hidden": ({}, "15"),
    "activation": ({}, "tanh"),
    "code_activation": ({"model": "ae"}, "relu"),
    "reconstruction": ({}, "mse"),
    "sigma": ({"reconstruction": "mse"}, 0.5),
    "corruption": ({}, "mask"),
    "corruption_strength": ({"corruption": "gaussian"}, 0.9),
    "beta": ({}, 1.001),
    "beta_warmup": ({}, 0.2),
    "optimizer": ({"learning_rate": 0.001}, "sgd"),
    "lr_schedule": ({"learning_rate": 0.001}, "constant"),
    "learning_rate": ({}, 0.009),
    "batch_size": ({}, 255),
    "stop_loss": ({}, 1000),
    "precision": ({"precision": "fp32"}, "bf16"),
    "seed": ({}, 1),
}


def test_every_field_is_in_one_of_the_tables():
    assert set(IN_FORCE) == set(FIELD_NAMES) - {"dataset"}
    sometimes_not = {name for name in FIELD_NAMES for base, _ in NOT_IN_FORCE.values()
                     if why_not_in_force(SMALL.variant(**base), name)}  # fmt: skip
    assert sometimes_not == set(NOT_IN_FORCE)


@pytest.mark.parametrize("name", NOT_IN_FORCE)
def test_a_field_that_is_not_in_force_changes_nothing(name, record, recorded):
    base, value = NOT_IN_FORCE[name]
    config = SMALL.variant(**base)
    other = config.variant(**{name: value})
    assert getattr(config, name) != value
    assert why_not_in_force(config, name)
    assert why_not_in_force(other, name)
    assert recorded(config).said == record(other).said


@pytest.mark.parametrize("name", IN_FORCE)
def test_a_field_that_is_in_force_changes_something(name, record, recorded):
    base, value = IN_FORCE[name]
    config = SMALL.variant(**base)
    assert why_not_in_force(config, name) is None
    assert recorded(config).said != record(config.variant(**{name: value})).said


@pytest.mark.parametrize("corruption", ["gaussian", "mask"])
@pytest.mark.parametrize("changes", [{}, {"model": "ae", "precision": "fp32"}])
def test_a_corruption_of_strength_0_changes_nothing(corruption, changes, record):
    plain = SMALL.variant(corruption_strength=0, **changes)
    corrupted = plain.variant(corruption=corruption)
    told, told_corrupted = record(plain).said, record(corrupted).said
    for event in (*told, *told_corrupted):
        event.pop("resume.random.corruption", None)  # draws that have no effect
    assert told == told_corrupted


def test_gradient_descent_is_sgd_with_all_images_in_a_batch(record):
    descent = SMALL.variant(optimizer="gd", learning_rate=0.1)
    assert record(descent).said == record(descent.variant(optimizer="sgd", batch_size=2000)).said


def test_noise_and_corruption_are_drawn_apart(recorded):
    resume = recorded(SMALL).of(events.Checkpoint)[0].resume
    assert not np.array_equal(resume["random.noise"], resume["random.corruption"])


def test_twins_of_one_seed_start_with_the_same_weights(recorded):
    for config in (SMALL, SMALL_CONV):
        vae, ae = (recorded(config.variant(model=model)).events[1].model for model in ("vae", "ae"))
        assert vae.keys() == ae.keys()
        head = f"encoder.{max(int(name.split('.')[1]) for name in ae if name.startswith('encoder'))}."
        for name, weight in ae.items():
            # The AE's head is the mean's; the log-variance's comes after it.
            twin = vae[name][: len(weight)] if name.startswith(head) else vae[name]
            assert np.array_equal(twin, weight), name


def test_an_ae_has_no_kl_anywhere(tiny, record):
    recording = record(SMALL.variant(model="ae", beta=4, beta_warmup=1))
    for event in recording.of(events.Step):
        assert (event.kl, event.beta) == (None, None)
        assert event.objective == event.recon
    for event in recording.of(events.Evaluated):
        assert (event.kl, event.neg_elbo, event.kl_per_dim) == (None, None, None)
    assert {event.logvar for event in recording.of(events.Snapshot)} == {None}


# Which images


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """The indices of the training images of each step; the list fills while training goes on."""
    taken: list[np.ndarray] = []

    take = Subset.take

    def noted(subset: Subset, rows: np.ndarray) -> np.ndarray:
        images = take(subset, rows)
        taken.append(images.reshape(len(images), -1).copy())
        return images

    monkeypatch.setattr(Subset, "take", noted)
    return taken


def sorted_rows(images: np.ndarray) -> np.ndarray:
    return images[np.lexsort(images.T)]


def test_an_epoch_takes_every_image_once_and_in_an_order_of_its_own(batches, record, tiny):
    record(SMALL.variant(batch_size=300))
    assert [len(batch) for batch in batches] == [*[300] * 6, 200] * 2
    first, second = np.concatenate(batches[:7]), np.concatenate(batches[7:])
    images = tiny.x_train.reshape(2000, -1)
    assert np.array_equal(sorted_rows(first), sorted_rows(images))
    assert np.array_equal(sorted_rows(second), sorted_rows(images))
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, images)


def test_a_smaller_training_set_is_drawn_by_the_seed_and_kept(batches, record, tiny):
    for seed in (1, 2):
        record(SMALL.variant(train_size=500, batch_size=500, seed=seed))
    subsets = [sorted_rows(batch) for batch in batches]
    assert [len(subset) for subset in subsets] == [500] * 4
    assert np.array_equal(subsets[0], subsets[1])
    assert not np.array_equal(subsets[0], subsets[2])
    everything = {image.tobytes() for image in tiny.x_train.reshape(2000, -1)}
    assert {image.tobytes() for image in subsets[0]} <= everything
    assert len({image.tobytes() for image in subsets[0]}) == 500


def test_held_out_images_are_never_learned_from_and_the_same_for_every_seed(batches, record, tiny):
    for seed in (1, 2):
        record(SMALL.variant(held_out=300, batch_size=850, seed=seed))
    everything = {image.tobytes() for image in tiny.x_train.reshape(2000, -1)}
    epochs = [np.concatenate(batches[start : start + 2]) for start in range(0, len(batches), 2)]
    left = [everything - {image.tobytes() for image in epoch} for epoch in epochs]
    assert [len(epoch) for epoch in epochs] == [1700] * 4
    assert len(left[0]) == 300
    assert all(images == left[0] for images in left)


def test_held_out_losses_are_those_of_the_model_on_the_images_left_out(record, tiny):
    config = SMALL.variant(held_out=300, train_size=500, precision="fp32")
    recorded = record(config)
    last = recorded.of(events.Evaluated)[-1]
    model = Autoencoder(config, tiny.spec.shape)
    arrays = recorded.of(events.Checkpoint)[-1].model
    model.load_state_dict({name: torch.tensor(array) for name, array in arrays.items()})
    result = evaluate(model, session.Session(config, tiny, torch.device("cpu")).subset.held_out)
    assert last.held_out_recon == pytest.approx(result.recon, rel=1e-4)
    assert last.held_out_kl == pytest.approx(result.kl, rel=1e-4)
    assert record(SMALL).of(events.Evaluated)[-1].held_out_recon is None


def test_the_input_is_corrupted_and_the_target_is_not(record):
    """Without any input left, the best answer is the mean image, with a loss of 200 nats."""
    blind = record(SMALL.variant(model="ae", corruption="mask", corruption_strength=1))
    assert blind.of(events.Step)[-1].recon == pytest.approx(200, abs=10)


# When what is said


def test_steps_are_told_by_their_number_alone(record):
    """Steps that are recorded: the first twenty, then about fifty per epoch, and the last of each epoch."""
    steps = [event.step for event in record(SMALL.variant(batch_size=9, hidden="4")).of(events.Step)]
    an_epoch = math.ceil(2000 / 9)
    every = an_epoch // 50
    expected = {step for step in range(1, 2 * an_epoch + 1)
                if step <= 20 or step % every == 0 or step % an_epoch == 0}  # fmt: skip
    assert steps == sorted(expected)
    assert 50 <= sum(step > an_epoch for step in steps) <= 60


def test_snapshots_come_early_and_at_every_epoch(record):
    recording = record(SMALL.variant(batch_size=7, hidden="4"))
    assert [event.step for event in recording.of(events.Snapshot)] == [1, 4, 16, 64, 256, 286, 572]


def test_more_early_snapshots_change_nothing_else(record):
    """The steps that are asked for get one, but for those after the first epoch: those have their own."""
    config = SMALL.variant(batch_size=100, hidden="4")
    asked, plain = record(config, early_snapshots=[1, 2, 3, 11, 25]), record(config)
    assert [event.step for event in asked.of(events.Snapshot)] == [1, 2, 3, 11, 20, 40]

    def others(recording):
        return [said for said in recording.said if said["event"] != "snapshot"]

    assert others(asked) == others(plain)


def test_a_step_event_averages_the_steps_since_the_last(record, monkeypatch):
    config = SMALL.variant(batch_size=9, hidden="4", epochs=1)
    thinned = record(config)
    monkeypatch.setattr(session.Session, "_report", _report_every_step)
    all_steps = {event.step: event for event in record(config).of(events.Step)}
    before = 0
    for event in thinned.of(events.Step):
        since = [all_steps[step] for step in range(before + 1, event.step + 1)]
        images = [min(9, 2000 - 9 * (step.step - 1)) for step in since]
        for name in ("objective", "recon", "kl"):
            mean = np.average([getattr(step, name) for step in since], weights=images)
            assert getattr(event, name) == pytest.approx(mean)
        assert (event.learning_rate, event.beta) == (since[-1].learning_rate, since[-1].beta)
        before = event.step


def _report_every_step(self, epoch_end):
    yield self._step_event()
    self.progress.told_step = self.progress.step
