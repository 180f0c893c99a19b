"""`train` and `fit`: the order of events, and the caller's state stays as it was."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import numpy as np
import pytest
import torch

from vaelab import events
from vaelab.config import RunConfig
from vaelab.models import evaluation
from vaelab.training import fit, train

SMALL = RunConfig(epochs=3, hidden="16")
"""A config with eight steps per epoch on the tiny data."""


# What comes when


def test_order_of_events(recorded):
    end_of_epoch = ["evaluated", "snapshot", "checkpoint"]
    early = ["step", "snapshot", "step", "step", "step", "snapshot"]
    first = ["started", "checkpoint", *early, *["step"] * 4, *end_of_epoch]
    assert recorded(SMALL).order == [*first, *(["step"] * 8 + end_of_epoch) * 2, "finished"]


def test_started_says_what_is_trained_on_what(record):
    started = record(SMALL, threads=2).events[0]
    assert (started.train_images, started.test_images, started.steps_per_epoch) == (2000, 500, 8)
    assert (started.threads, started.device, started.step) == (2, "cpu", 0)
    assert started.parameters == 785 * 16 + 17 * 4 + 3 * 16 + 17 * 784


def test_finished_says_why(recorded):
    finished = recorded(SMALL).events[-1]
    assert (finished.reason, finished.step, finished.epoch) == ("epochs", 24, 3)
    assert finished.seconds > 0


def test_a_device_that_is_not_there_is_refused(record):
    with pytest.raises(ValueError, match=r"^device: must be one of auto, cpu.* not 'abacus'\.$"):
        record(SMALL, device="abacus")


# Nothing of the caller's is changed


def surroundings() -> dict[str, Any]:
    """State of the process that training must not change."""
    numpy_state = np.random.get_state()  # noqa: NPY002  # that nobody should use it is the point
    return {
        "torch": torch.get_rng_state().tolist(),
        "numpy": (numpy_state[1].tolist(), *numpy_state[2:]),
        "python": random.getstate(),
        "gradients": torch.is_grad_enabled(),
        "threads": torch.get_num_threads(),
        "denormals": torch.tensor(1e-40).mul(2).item() > 0,
        "dtype": torch.get_default_dtype(),
        "autocast": torch.is_autocast_enabled("cpu"),
    }


@pytest.mark.parametrize("gradients", [True, False])
def test_surroundings_are_the_callers_at_every_event(gradients, tiny):
    other_threads = torch.get_num_threads() + 1
    with torch.set_grad_enabled(gradients):
        before = surroundings()
        for _ in train(SMALL.variant(corruption="mask"), data=tiny, threads=other_threads):
            assert surroundings() == before
        assert surroundings() == before


def test_flushing_denormals_stays_on_if_it_was_on(tiny, flush_denormals):
    flush_denormals(True)
    for _ in train(SMALL.variant(epochs=1), data=tiny):
        assert not torch.tensor(1e-40).mul(2).item()


@pytest.mark.parametrize("count", [1, 2, 3, 5, 13, 14, 15])
def test_closing_midway_is_clean(count, tiny, record):
    before = surroundings()
    made = train(SMALL, data=tiny, threads=torch.get_num_threads() + 1)
    for _ in range(count):
        next(made)
    made.close()
    assert surroundings() == before
    assert list(made) == []


def test_an_error_in_the_request_leaves_nothing_changed(tiny):
    def request() -> events.Request:
        raise OSError("the disk is gone")

    before = surroundings()
    with pytest.raises(OSError, match="the disk is gone"):
        list(train(SMALL, data=tiny, request=request, threads=torch.get_num_threads() + 1))
    assert surroundings() == before


def test_trainings_iterated_in_turn_do_not_notice_each_other(tiny, recorded):
    configs = [SMALL.variant(seed=seed) for seed in (1, 2)]
    told: tuple[list, list] = ([], [])
    for pair in zip(*(train(config, data=tiny, threads=1) for config in configs), strict=False):
        for event, events_of_one in zip(pair, told, strict=True):
            events_of_one.append(event)
    for config, events_of_one in zip(configs, told, strict=True):
        steps = [event for event in events_of_one if isinstance(event, events.Step)]
        assert len(steps) > 15
        assert steps == recorded(config).of(events.Step)[: len(steps)]


# fit


def test_fit_returns_the_model_of_the_last_checkpoint_and_the_history(tiny, record):
    done = fit(SMALL, data=tiny)
    names = [events.event_name(event) for event in done.history]
    assert names == ["started", *(["step"] * 8 + ["evaluated"]) * 3, "finished"]
    result = evaluation.evaluate(done.model, tiny.x_test)
    last = [event for event in done.history if isinstance(event, events.Evaluated)][-1]
    assert result.neg_elbo == pytest.approx(last.neg_elbo, rel=1e-6)


def test_fit_of_a_diverging_run_returns_finite_weights(tiny):
    done = fit(SMALL.variant(optimizer="sgd", learning_rate=100), data=tiny)
    assert done.history[-1].reason == "diverged"
    assert all(weight.isfinite().all() for weight in done.model.parameters())


def test_train_loads_the_configs_data_set(monkeypatch, tiny):
    asked: list[str] = []
    monkeypatch.setattr(
        "vaelab.training.loop.load", lambda name: asked.append(name) or dataclasses.replace(tiny)
    )
    next(train(SMALL.variant(dataset="fashion-mnist")))
    assert asked == ["fashion-mnist"]
