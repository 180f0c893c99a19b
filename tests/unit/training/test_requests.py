"""Requests to a running training: pause, run, stop, release."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from vaelab import events
from vaelab.config import RunConfig
from vaelab.models.autoencoder import Autoencoder
from vaelab.networks.sizes import IMAGES_A_PASS
from vaelab.training import train

SMALL = RunConfig(epochs=3, hidden="16")
"""A config with eight steps per epoch on the tiny data."""

LAST_WORDS = ["evaluated", "snapshot", "checkpoint", "finished"]


def without_pauses(recording) -> list[dict[str, Any]]:
    """The events without pauses and the checkpoint before each pause."""
    said = recording.said
    paused = [at for at, event in enumerate(said) if event["event"] == "paused"]
    assert all(said[at - 1]["event"] == "checkpoint" for at in paused)
    left_out = {index for at in paused for index in (at - 1, at, at + 1)}
    assert all(said[at + 1]["event"] == "continued" for at in paused)
    return [event for at, event in enumerate(said) if at not in left_out]


def test_pauses_change_nothing(record, recorded, wishing):
    wishes = {1: "pause", 3: "run", 7: "pause", 8: "run", 12: "pause", 20: "run"}
    recording = record(SMALL, request=wishing(wishes))
    assert recording.order.count("paused") == recording.order.count("continued") == 3
    assert without_pauses(recording) == recorded(SMALL).said


def test_pause_after_an_epoch_and_not_after_the_last(record, recorded, wishing):
    until = {epoch: events.Request(until_epoch=epoch) for epoch in (1, 2, 3)}
    wishes = {1: until[1], 20: until[2], 40: until[3]}
    recording = record(SMALL, request=wishing(wishes))
    assert [event.epoch for event in recording.of(events.Paused)] == [1, 2]
    assert [event.step for event in recording.of(events.Continued)] == [8, 16]
    assert without_pauses(recording) == recorded(SMALL).said


@pytest.mark.parametrize("call", [1, 2, 5, 11, 12, 13, 14])
def test_stop_ends_with_an_evaluation_and_a_checkpoint(call, record, wishing):
    recording = record(SMALL, request=wishing({call: "stop"}))
    finished = recording.events[-1]
    assert recording.order[-4:] == LAST_WORDS
    assert finished.reason == "stopped"
    assert {event.step for event in recording.events[-4:]} == {finished.step}
    assert recording.order.count("evaluated") == 1


def test_what_is_evaluated_on_a_stop_is_the_model_as_it_is(record, wishing):
    recording = record(SMALL, request=wishing({5: "stop"}))
    evaluated = recording.of(events.Evaluated)[-1]
    steps = recording.of(events.Step)
    assert 0 < evaluated.epoch < 1
    assert evaluated.train_objective == pytest.approx(np.mean([event.objective for event in steps]))


def test_stopped_before_the_first_step_there_is_no_training_objective(record, wishing):
    recording = record(SMALL, request=wishing({1: "stop"}))
    assert recording.order == ["started", "checkpoint", *LAST_WORDS]
    assert recording.of(events.Evaluated)[0].train_objective is None


@pytest.mark.parametrize("ending", ["stop", "release"])
def test_a_paused_training_can_be_ended(ending, record, wishing):
    recording = record(SMALL, request=wishing({4: "pause", 6: ending}))
    assert "continued" not in recording.order
    assert recording.events[-1].reason == {"stop": "stopped", "release": "released"}[ending]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # The start of the epoch; two chunks of the one step; three passes over the test images.
        ({"optimizer": "gd"}, [0, 1024, 976, 200, 200, 100]),
        # Two steps; after the first a snapshot of all test images, with one reconstruction.
        ({"batch_size": 1000}, [0, 1000, 200, 200, 100, 1 + 1000, 200, 200, 100]),
        ({"architecture": "conv", "hidden": "2", "train_size": 200, "optimizer": "gd"},
         [0, 128, 72, 200, 200, 100]),
    ],
    ids=["gd", "large batches", "conv"],
)  # fmt: skip
def test_requests_are_looked_at_after_every_piece_of_work(changes, expected, tiny, monkeypatch):
    """At most one chunk of images goes through the network between two polls."""
    seen = 0
    between: list[int] = []
    encode = Autoencoder.encode

    def counted(model: Autoencoder, x: torch.Tensor) -> Any:
        nonlocal seen
        seen += len(x)
        return encode(model, x)

    def request() -> events.Request:
        nonlocal seen
        between.append(seen)
        seen = 0
        return events.Request()

    monkeypatch.setattr(Autoencoder, "encode", counted)
    monkeypatch.setattr("vaelab.training.pictures.Previewer.due", lambda *_: False)
    monkeypatch.setattr("vaelab.training.pictures.KEPT_RECONSTRUCTIONS", 1)
    for network in ("dense", "convolutional"):
        monkeypatch.setitem(IMAGES_A_PASS["evaluation"], network, 200)
    config = SMALL.variant(**{"epochs": 1, "learning_rate": None, "hidden": "16", **changes})
    for _ in train(config, data=tiny, request=request):
        pass
    assert between == expected
