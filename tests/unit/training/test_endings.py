"""How a training ends by itself: after its epochs, at its stop loss, or by diverging."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from vaelab import events
from vaelab.config import RunConfig
from vaelab.training import optimizers, train

SMALL = RunConfig(epochs=3, hidden="16")
"""A config with eight steps per epoch on the tiny data."""


def reason(recording) -> str:
    return recording.events[-1].reason


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch):
    """Let the optimizer `sgd` make a weight NaN at a step, as an overflowing gradient does."""

    def poison(step: int) -> None:
        class Poisoned(torch.optim.SGD):
            done = 0

            def step(self, closure: Any = None) -> None:
                super().step(closure)
                self.done += 1
                if self.done == step:
                    self.param_groups[0]["params"][0].data[0, 400] = math.nan

        monkeypatch.setitem(optimizers.OPTIMIZERS, "sgd", Poisoned)

    return poison


def assert_kept_is_finite(recording) -> None:
    for event in recording.of(events.Checkpoint):
        assert all(np.isfinite(weight).all() for weight in event.model.values())
    for event in recording.of(events.Snapshot):
        assert np.isfinite(event.mean).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer": "sgd"},
        {"optimizer": "gd"},
        {"optimizer": "sgd", "model": "ae", "reconstruction": "mse", "activation": "leaky_relu"},
    ],
)
def test_a_diverging_run_says_so_and_keeps_finite_weights(changes, record):
    recording = record(SMALL.variant(learning_rate=100, **changes))
    finished = recording.events[-1]
    assert finished.reason == "diverged"
    assert f"after step {finished.step}." in finished.message
    assert "smaller learning rate (now 100)" in finished.message
    assert_kept_is_finite(recording)
    assert all(math.isfinite(event.objective) for event in recording.of(events.Step))


@pytest.mark.parametrize("wish", ["run", "pause", "release", "stop"])
@pytest.mark.parametrize("step", [3, 4, 8, 12])
def test_weights_that_are_nan_before_the_loss_is(wish, step, record, wishing, poisoned):
    """No request changes that: within an epoch, at a snapshot, at the end of an epoch."""
    poisoned(step)
    config = SMALL.variant(optimizer="sgd", learning_rate=0.01)
    count = wishing({})
    record(config, request=count)
    for call in range(count.calls - 2, count.calls + 1):
        poisoned(step)
        recording = record(config, request=wishing({call: wish, count.calls + 5: "run"}))
        assert_kept_is_finite(recording)
        if recording.events[-1].step == step:
            assert reason(recording) == "diverged"
            assert recording.of(events.Checkpoint)[-1].step < step


def test_previews_of_a_diverging_run_are_finite(tiny, monkeypatch, poisoned):
    monkeypatch.setattr("vaelab.training.pictures.Previewer.due", lambda *_: True)
    poisoned(3)
    shown = [event for event in train(SMALL.variant(optimizer="sgd"), data=tiny)
             if isinstance(event, events.Preview)]  # fmt: skip
    assert [event.step for event in shown] == [1, 2]


def objectives(recording) -> list[float]:
    return [event.train_objective for event in recording.of(events.Evaluated)]


def test_stop_loss_ends_after_the_first_epoch_at_or_below_it(record, recorded):
    first, second, third = objectives(recorded(SMALL))
    assert first > second > third
    ended = {
        stop_loss: record(SMALL.variant(stop_loss=stop_loss)).events[-1]
        for stop_loss in (first, second, math.nextafter(second, 0), 0.0)
    }
    assert [event.epoch for event in ended.values()] == [1, 2, 3, 3]
    assert [event.reason for event in ended.values()] == ["stop_loss"] * 3 + ["epochs"]
    assert f"reached {second:g}" in ended[second].message


def test_stop_loss_reached_in_the_last_epoch_is_still_the_reason(record, recorded):
    third = objectives(recorded(SMALL))[-1]
    assert record(SMALL.variant(stop_loss=third)).events[-1].reason == "stop_loss"


@pytest.mark.parametrize(("warmup", "epoch"), [(0, 1), (0.5, 2), (1, 2), (1.5, 3), (2, 3)])
def test_stop_loss_waits_for_the_first_whole_epoch_after_the_warm_up(warmup, epoch, record):
    recording = record(SMALL.variant(stop_loss=1000, beta_warmup=warmup))
    assert (recording.events[-1].epoch, reason(recording)) == (epoch, "stop_loss")


def test_stop_loss_may_be_negative(record):
    config = SMALL.variant(model="ae", reconstruction="mse", latent_dim=64, hidden="none", epochs=8)
    reached = objectives(record(config))
    wanted = next(value for value in reached if value < 0)
    recording = record(config.variant(stop_loss=wanted))
    assert recording.events[-1].epoch == 1 + reached.index(wanted)
    assert reason(recording) == "stop_loss"
