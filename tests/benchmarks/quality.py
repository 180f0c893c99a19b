"""Seconds until a VAE is good: counted from the start of training, tests of every epoch included."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from itertools import accumulate

from sklearn.neighbors import KNeighborsClassifier

from tests.benchmarks.contenders import Epoch, run
from tests.benchmarks.report import Table
from vaelab import events, train
from vaelab.config import PRESETS, RunConfig
from vaelab.data import load

GOOD = 106.0
"""Test negative ELBO in nats that PyTorch's example reaches after about ten epochs."""
MOST_EPOCHS = 11
SEEDS = range(5)


def measure() -> Iterator[Table]:
    """Compare `vae-20d-fast` with the conventional loop; then see how soon the default preset has a map."""
    yield _time_to_quality()
    yield _map_of_two_dimensions()


def _time_to_quality() -> Table:
    loops = [run("conventional", MOST_EPOCHS, seed) for seed in SEEDS[:3]]
    reached = [seconds for loop in loops if (seconds := _seconds_until_good(loop)) is not None]
    conventional = statistics.median(reached)
    rows = [("conventional PyTorch loop, three seeds", f"{conventional:.1f}", "1", f"{GOOD:g} or less")]
    for seed in SEEDS:
        epochs = run("fast", PRESETS["vae-20d-fast"].config.epochs, seed)
        seconds = sum(epoch.seconds for epoch in epochs)
        row = (f"vae-20d-fast, seed {seed}", f"{seconds:.2f}", f"{conventional / seconds:.1f}")
        rows.append((*row, f"{epochs[-1].neg_elbo:.2f}"))
    note = (
        "What PyTorch imports at its first optimizer is imported before, for both, as in the app's workers."
    )
    return Table(
        f"Seconds to a test negative ELBO of {GOOD:g} nats, 20 dimensions",
        ("program", "s", "times sooner (to reach: 15)", f"nats at its end (to reach: {GOOD:g})"),
        rows,
        (note,),
    )


def _seconds_until_good(epochs: list[Epoch]) -> float | None:
    spent = accumulate(epoch.seconds for epoch in epochs)
    return next((s for s, epoch in zip(spent, epochs, strict=True) if epoch.neg_elbo <= GOOD), None)


def _map_of_two_dimensions() -> Table:
    """After each epoch of `vae-2d`: the loss, and how often a code's neighbours are of its class."""
    begun, rows = time.perf_counter(), []
    neg_elbo = float("nan")
    for event in train(RunConfig()):
        seconds = time.perf_counter() - begun
        if isinstance(event, events.Evaluated):
            neg_elbo = event.neg_elbo
        elif isinstance(event, events.Snapshot) and event.epoch == round(event.epoch):
            share = _share_of_neighbours(event)
            rows.append((f"{event.epoch:g}", f"{seconds:.1f}", f"{neg_elbo:.1f}", f"{share:.0%}"))
            begun += time.perf_counter() - begun - seconds  # what asking the neighbours took
    return Table(
        "The default preset, vae-2d (to reach: 152 nats within 6 s; clusters within 3 s)",
        ("epoch", "s", "test nats", "5 nearest codes give the class"),
        rows,
    )


def _share_of_neighbours(event: events.Snapshot) -> float:
    labels = load("mnist").y_test
    half = len(labels) // 2
    classifier = KNeighborsClassifier(5).fit(event.mean[:half], labels[:half])
    return float(classifier.score(event.mean[half:], labels[half:]))
