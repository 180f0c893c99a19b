"""Ours: the whole `train` generator with its evaluation, events, snapshots and previews."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from vaelab import events, train
from vaelab.config import PRESETS


def epochs(count: int, seed: int, preset: str, precision: Literal["fp32", "auto"]) -> Iterator[float]:
    """Train a preset and yield the test negative ELBO, nats an image, after each epoch."""
    config = PRESETS[preset].config.variant(epochs=count, seed=seed, precision=precision)
    neg_elbo = None
    for event in train(config):
        if isinstance(event, events.Evaluated):
            neg_elbo = event.neg_elbo
        if isinstance(event, events.Checkpoint) and neg_elbo is not None:  # what an epoch says last
            yield neg_elbo
