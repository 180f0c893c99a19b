"""The short trainings of all presets whose losses are pinned, one of them also with a break in the middle."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np

from vaelab import events
from vaelab.config import PRESETS, RunConfig
from vaelab.data import Dataset, load
from vaelab.training import train

TEST_IMAGES = 1_000
"""Test images of a pinned training: with all 10,000 it would take three times as long."""

Recorded = dict[str, Any]
"""`events`, as JSON objects in their order, and the `norms` of the weights at the end, by name."""

_RECORDED = (events.Started, events.Step, events.Evaluated)


def golden_config(name: str) -> RunConfig:
    """A preset's recipe, made short."""
    return PRESETS[name].config.variant(train_size=3_000, epochs=2, seed=0, precision="fp32")


@cache
def fewer_images() -> Dataset:
    """MNIST with fewer test images."""
    mnist = load("mnist")
    return dataclasses.replace(
        mnist, x_test=mnist.x_test[:TEST_IMAGES], y_test=mnist.y_test[:TEST_IMAGES]
    )  # fmt: skip


@cache
def trained(name: str) -> Recorded:
    """What the short training of a preset says."""
    return recorded(train(golden_config(name), data=fewer_images(), device="cpu", threads=1))


def recorded(training: Iterable[events.Event]) -> Recorded:
    """Every number that a training says but `seconds`, and the norms of its last weights."""
    said, weights = [], {}
    for event in training:
        if isinstance(event, _RECORDED):
            said.append({name: value for name, value in events.as_json(event).items() if name != "seconds"})
        elif isinstance(event, events.Checkpoint):
            weights = event.model
    return {"events": said, "norms": {name: _norm(weight) for name, weight in weights.items()}}


def _norm(weight: np.ndarray) -> float:
    # Not numpy.linalg.norm: its sum depends on the number of threads.
    return float(np.sqrt(np.square(weight, dtype=np.float64).sum()))


def in_two_parts(name: str, after: int) -> tuple[Recorded, Recorded]:
    """The same training, released after so many steps, and resumed from the checkpoint that this leaves."""
    config, data = golden_config(name), fewer_images()
    said: list[events.Event] = []

    def request() -> events.Request:
        heard = any(isinstance(event, events.Step) and event.step >= after for event in said)
        return events.Request(action="release" if heard else "run")

    for event in train(config, data=data, device="cpu", threads=1, request=request):
        said.append(event)
    resume = next(event for event in reversed(said) if isinstance(event, events.Checkpoint))
    return recorded(said), recorded(train(config, data=data, device="cpu", resume=resume))
