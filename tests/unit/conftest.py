"""Small data, and trainings whose events are collected."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from vaelab import events
from vaelab.config import RunConfig
from vaelab.data import Dataset, load


@pytest.fixture(scope="session")
def mnist() -> Dataset:
    return load("mnist")


@pytest.fixture(scope="session")
def tiny(mnist: Dataset) -> Dataset:
    """MNIST's first 2,000 training and 500 test images."""
    return dataclasses.replace(
        mnist,
        x_train=mnist.x_train[:2000],
        y_train=mnist.y_train[:2000],
        x_test=mnist.x_test[:500],
        y_test=mnist.y_test[:500],
    )


@dataclass(frozen=True)
class Recording:
    """The events of one training, in order, without the previews: they come by the clock."""

    events: list[events.Event]

    def of(self, kind: type) -> list[Any]:
        """All events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def order(self) -> list[str]:
        """The names of the events."""
        return [events.event_name(event) for event in self.events]

    @property
    def said(self) -> list[dict[str, Any]]:
        """The values that are equal in two runs of one config: all but `seconds`."""
        return [_comparable(event) for event in self.events]


def _comparable(event: events.Event) -> dict[str, Any]:
    """The event's values, with a checksum in place of each array."""
    values: dict[str, Any] = {"event": events.event_name(event)}
    for field in dataclasses.fields(event):
        value = getattr(event, field.name)
        if isinstance(value, dict):
            values |= {f"{field.name}.{name}": _checksum(array) for name, array in value.items()}
        else:
            values[field.name] = _checksum(value) if isinstance(value, np.ndarray) else value
    return {name: value for name, value in values.items() if not name.endswith("seconds")}


def _checksum(array: np.ndarray) -> str:
    return f"{array.dtype}{array.shape}{hashlib.sha256(array.tobytes()).hexdigest()[:16]}"


@pytest.fixture(scope="session")
def record(tiny: Dataset) -> Callable[..., Recording]:
    """Train on the tiny data, with the arguments of `train`, and collect the events.

    On one thread, if nothing else is said: more do not speed up work of this size.
    """
    from vaelab.training import train

    def run(config: RunConfig, **arguments: Any) -> Recording:
        made = train(config, **{"data": tiny, "threads": 1, **arguments})
        return Recording([event for event in made if not isinstance(event, events.Preview)])

    return run


@pytest.fixture(scope="session")
def recorded(record: Callable[..., Recording]) -> Callable[[RunConfig], Recording]:
    """What a plain training of a config says, to compare others with; each config is trained once."""
    return cache(record)


class Wishes:
    """A `request` that returns one action after another, and counts its calls."""

    def __init__(self, changes: dict[int, events.Request]) -> None:
        self.changes = changes
        """Actions by the number of the call, from 1, from which on they are returned; first `run`."""
        self.calls = 0
        self.wanted = events.Request()

    def __call__(self) -> events.Request:
        """The request that this call returns."""
        self.calls += 1
        self.wanted = self.changes.get(self.calls, self.wanted)
        return self.wanted


@pytest.fixture
def wishing() -> Callable[..., Wishes]:
    """Make a `request` from actions by the number of the call from which on they are returned."""

    def make(changes: dict[int, str | events.Request]) -> Wishes:
        requests = {
            call: wish if isinstance(wish, events.Request) else events.Request(action=wish)
            for call, wish in changes.items()
        }
        return Wishes(requests)

    return make


@pytest.fixture(scope="session")
def negative_elbo_draws() -> Callable[..., Any]:
    """The negative ELBO of images for `count` draws each, (count, images), from `torch.distributions`.

    Nothing of ours is in it but the two networks.
    """
    import torch
    from torch.distributions import Bernoulli, Independent, Normal, kl_divergence

    @torch.no_grad()
    def draws(model: Any, x: torch.Tensor, count: int) -> torch.Tensor:
        mean, logvar = model.encoder(x).chunk(2, dim=1)
        posterior = Independent(Normal(mean, (logvar / 2).exp()), 1)
        kl = kl_divergence(posterior, Independent(Normal(torch.zeros_like(mean), 1.0), 1))
        with torch.random.fork_rng():
            torch.manual_seed(0)
            z = posterior.sample((count,))
        raw = model.decoder(z.flatten(0, 1)).reshape(count, *x.shape)
        grey = Bernoulli(logits=raw, validate_args=False)
        likelihood = grey if model.sigma is None else Normal(raw, model.sigma)
        return kl - likelihood.log_prob(x).sum((-3, -2, -1))

    return draws


@pytest.fixture
def flush_denormals() -> Iterator[Callable[[bool], None]]:
    """Let PyTorch flush denormal numbers or not, and restore that afterwards; skips where it cannot."""
    import torch

    if not torch.set_flush_denormal(True):
        pytest.skip("This processor cannot flush denormal numbers.")
    yield torch.set_flush_denormal
    torch.set_flush_denormal(False)
