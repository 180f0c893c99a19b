"""A training resumed from a checkpoint yields the same events as one without a break."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import pytest

from vaelab import events
from vaelab.config import RunConfig
from vaelab.networks.sizes import IMAGES_A_PASS
from vaelab.training import session
from vaelab.training.optimizers import OPTIMIZERS

SMALL = RunConfig(epochs=2, hidden="16")

# Every optimizer, and whatever else has a state: noise, corruption, sigma, a warm-up, a subset.
CONFIGS = [
    *(SMALL.variant(optimizer=name, learning_rate=None) for name in OPTIMIZERS),
    SMALL.variant(model="ae", corruption="mask"),
    SMALL.variant(reconstruction="mse", corruption="gaussian", beta=2, beta_warmup=1.5),
    SMALL.variant(train_size=1500, lr_schedule="constant", batch_size=100),
    SMALL.variant(architecture="conv", hidden="4-8/16"),
]


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several chunks per step and several passes per evaluation, so that training can stop within them."""
    for network in ("dense", "convolutional"):
        monkeypatch.setitem(IMAGES_A_PASS["training"], network, 100)
        monkeypatch.setitem(IMAGES_A_PASS["evaluation"], network, 200)


def differing(config: RunConfig) -> str:
    changed = {name: value for name, value in config.model_dump().items()
               if value != getattr(SMALL, name) and name != "learning_rate"}  # fmt: skip
    return " ".join(f"{name}={value}" for name, value in changed.items()) or "plain"


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("config", CONFIGS, ids=differing)
def test_a_released_training_goes_on_exactly_wherever_it_was(config, record, wishing):
    """Stops between epochs, between steps, within a step, within an evaluation, within a snapshot."""
    count = wishing({})
    whole = record(config, request=count).said
    # Another step in each config, so that together they are everywhere.
    for look in range(1 + CONFIGS.index(config), count.calls + 1, 13):
        first = record(config, request=wishing({look: "release"}))
        assert first.order[-2:] == ["checkpoint", "finished"]
        rest = record(config, resume=first.events[-2])
        assert rest.order[0] == "started"
        assert first.said[:-2] + rest.said[1:] == whole


def test_every_checkpoint_of_a_run_can_be_gone_on_from(record, recorded):
    whole = recorded(SMALL.variant(epochs=3))
    indices = [index for index, event in enumerate(whole.events) if isinstance(event, events.Checkpoint)]
    assert [whole.events[index].epoch for index in indices] == [0, 1, 2, 3]
    for index in indices:
        rest = record(SMALL.variant(epochs=3), resume=whole.events[index])
        assert rest.events[0].step == whole.events[index].step
        assert rest.said[1:] == whole.said[index + 1 :]


def test_a_stopped_training_goes_on_as_if_it_had_not_been_stopped(record, wishing):
    """The last evaluation of the stopped run, within an epoch, does not change later ones."""
    config = SMALL.variant(stop_loss=1)
    whole = record(config)
    stopped = record(config, request=wishing({6: "stop"}))
    assert stopped.of(events.Evaluated)[0].epoch == 0.375
    rest = record(config, resume=stopped.of(events.Checkpoint)[-1]).said[1:]
    assert whole.said[-len(rest) :] == rest
    assert [event["step"] for event in rest[:2]] == [4, 4]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_on_for_more_epochs_is_a_longer_run(optimizer, record):
    longer = SMALL.variant(epochs=4, optimizer=optimizer, lr_schedule="constant", learning_rate=None)
    whole = record(longer)
    first = record(longer.variant(epochs=2))
    rest = record(longer, resume=first.of(events.Checkpoint)[-1])
    assert first.said[:-1] + rest.said[1:] == whole.said


def test_a_run_that_reached_its_stop_loss_has_nothing_to_go_on_with(record):
    config = SMALL.variant(stop_loss=1000)
    first = record(config)
    assert first.of(events.Evaluated)[-1].epoch == 1
    rest = record(config, resume=first.of(events.Checkpoint)[-1])
    assert rest.order == ["started", "finished"]
    assert rest.said[-1] == first.said[-1]


def test_a_checkpoint_is_a_copy(recorded):
    """Training that goes on after a checkpoint must not change the checkpoint's arrays."""
    saved = recorded(SMALL).of(events.Checkpoint)
    for before, after in pairwise(saved):
        assert any((before.model[name] != after.model[name]).any() for name in before.model)


def test_threads_of_a_checkpoint_are_kept(record):
    first = record(SMALL, threads=3)
    rest = record(SMALL, resume=first.of(events.Checkpoint)[1], threads=None)
    assert rest.of(events.Started)[0].threads == 3


def test_the_precision_of_a_checkpoint_is_kept(record, monkeypatch):
    """The precision "auto" would be another one now."""
    monkeypatch.setattr(session, "settle_precision", lambda config, device: "bf16")
    whole = record(SMALL)
    monkeypatch.setattr(session, "settle_precision", lambda config, device: "fp32")
    resumed = record(SMALL, resume=whole.of(events.Checkpoint)[1])
    assert resumed.events[0].precision == "bf16"
    assert resumed.of(events.Evaluated)[-1].neg_elbo == whole.of(events.Evaluated)[-1].neg_elbo


def test_seconds_are_counted_on(record, recorded):
    first = recorded(SMALL).of(events.Checkpoint)[1]
    late = dataclasses.replace(first, resume={**first.resume, "seconds": first.resume["seconds"] + 1000})
    assert record(SMALL, resume=late).of(events.Finished)[0].seconds > 1000


def test_a_checkpoint_of_another_model_is_refused(record, recorded):
    saved = recorded(SMALL).of(events.Checkpoint)[-1]
    with pytest.raises(ValueError, match="does not fit"):
        record(SMALL.variant(latent_dim=3), resume=saved)
