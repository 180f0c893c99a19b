"""Seconds an epoch, and the learning curve, of the same VAE trained by different programs."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from tests.benchmarks.contenders import CONTENDERS, Epoch, run
from tests.benchmarks.report import Table

SEEDS = (0, 1, 2)
EPOCHS = {"pythae": 4, "keras": 4}
"""Where only the time counts; ten, as for the learning curve, for all others."""
CURVE = (1, 3, 5, 10)
WANTED = {
    "fp32": {"conventional": 3.0, "pythae": 1.9, "keras": 1.4},
    "auto": {"conventional": 4.5, "keras": 2.2},
}

Trained = dict[str, list[list[Epoch]]]
"""For every contender, its epochs with each seed."""


def measure() -> Iterator[Table]:
    """Train everyone, one after another, seed after seed."""
    names = [name for name, who in CONTENDERS.items() if name != "fast" and who.missing() is None]
    left_out = tuple(said for who in CONTENDERS.values() if (said := who.missing()))
    trained: Trained = {name: [] for name in names}
    for seed in SEEDS:
        for name in names:
            trained[name].append(run(name, EPOCHS.get(name, max(CURVE)), seed))
    yield Table(
        "Seconds an epoch: VAE 784-400-20 on MNIST, batch 128, Adam 1e-3, training and test together",
        ("program", "median s", "range s", *(f"times {CONTENDERS[name].title}" for name in _others(names))),
        [_time_row(name, trained) for name in names if name != "same-start"],
        left_out,
    )
    yield Table(
        "Learning curve: test negative ELBO in nats after epochs, mean of three seeds",
        ("program", *map(str, CURVE)),
        [_curve_row(name, trained) for name in names if name not in EPOCHS],
        ("To reach: within 0.5 nats. vaelab starts at the mean image, ahead of PyTorch's own start.",),
    )


def _others(names: list[str]) -> list[str]:
    return [name for name in ("conventional", "pythae", "keras") if name in names]


def _seconds(epochs: list[list[Epoch]]) -> list[float]:
    """All but every program's first epoch, in which it compiles or sets up."""
    return [epoch.seconds for one in epochs for epoch in one[1:]]


def _time_row(name: str, trained: Trained) -> tuple[str, ...]:
    seconds = _seconds(trained[name])
    median = statistics.median(seconds)
    cells = []
    for other in _others(list(trained)):
        ratio = statistics.median(_seconds(trained[other])) / median
        wanted = WANTED.get(name, {}).get(other)
        cells.append(f"{ratio:.2f}" + (f" (to reach: {wanted})" if wanted else ""))
    return CONTENDERS[name].title, f"{median:.2f}", f"{min(seconds):.2f} to {max(seconds):.2f}", *cells


def _curve_row(name: str, trained: Trained) -> tuple[str, ...]:
    curve = [statistics.mean(one[epoch - 1].neg_elbo for one in trained[name]) for epoch in CURVE]
    return CONTENDERS[name].title, *(f"{value:.2f}" for value in curve)
