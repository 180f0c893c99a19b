"""A run keeps few snapshots, the first and the last among them, spread evenly."""

from __future__ import annotations

import dataclasses
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaelab.events import Snapshot
from vaelab.runs import Run
from vaelab.runs.arrays import FEWEST, most_crowded, save_snapshot, thin_snapshots

EARLY = [1, 4, 16, 64, 256]
SNAPSHOT = Snapshot(
    step=1, epoch=0.1, decoder={"decoder.w": np.zeros(500, np.float16)}, mean=np.zeros((4, 2), np.float16),
    logvar=None, reconstructions=np.zeros((2, 1, 4, 4), np.uint8),
)  # fmt: skip
SIZE = 2600
"""More bytes than one of these has."""

rising = st.sets(st.integers(1, 10**6), min_size=3, max_size=60).map(sorted)


def taken(per_epoch: int, epochs: int) -> list[int]:
    """The steps at which a training takes snapshots."""
    return [step for step in EARLY if step < per_epoch] + [per_epoch * (e + 1) for e in range(epochs)]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "abc" / "snapshots").mkdir(parents=True)
    return Run(tmp_path / "abc")


def record(run: Run, steps: list[int], most_bytes: int) -> None:
    for step in steps:
        save_snapshot(run, dataclasses.replace(SNAPSHOT, step=step))
        thin_snapshots(run, most_bytes)


@given(rising)
def test_the_first_and_the_last_stay(steps: list[int]) -> None:
    assert most_crowded(steps) in steps[1:-1]


def test_the_one_between_the_closest_neighbours_goes() -> None:
    """On the scale of roots these are 0, 10, 11, 22: the neighbours of 10 are 11 apart, of 11 they are 12."""
    assert most_crowded([0, 100, 121, 484]) == 100


@pytest.mark.parametrize(("per_epoch", "epochs"), [(235, 10), (235, 500), (1, 500), (1000, 60)])
@pytest.mark.parametrize("count", [6, 10, 30])
def test_they_lie_evenly_at_every_moment_of_a_long_training(per_epoch: int, epochs: int, count: int) -> None:
    """On the scale of roots, no gap is three times as wide as the average one, once some have gone."""
    kept: list[int] = []
    for step in taken(per_epoch, epochs):
        kept.append(step)
        if len(kept) > count:
            kept.remove(most_crowded(kept))
            gaps = np.diff([sqrt(step) for step in kept])
            assert gaps.max() < 3 * gaps.mean()


def test_a_folder_stays_within_its_bound(run: Run) -> None:
    for step in taken(100, 40):
        record(run, [step], 10 * SIZE)
        sizes = run.snapshot_sizes()
        assert sum(sizes.values()) <= 10 * SIZE
        assert (next(iter(sizes)), list(sizes)[-1]) == (1, step)
    assert len(sizes) >= 10


def test_large_ones_are_not_thinned_to_nothing(run: Run) -> None:
    record(run, taken(100, 40), most_bytes=10)
    assert len(run.snapshot_steps()) == FEWEST


def test_without_need_nothing_goes(run: Run) -> None:
    record(run, taken(100, 4), 100 * SIZE)
    assert run.snapshot_steps() == taken(100, 4)


@pytest.mark.parametrize("again_from", [3, 8, 20])
def test_a_resumed_run_ends_with_the_same_ones(run: Run, tmp_path: Path, again_from: int) -> None:
    """What comes after the checkpoint of an epoch is taken a second time."""
    from vaelab.runs.arrays import drop_snapshots_after

    other, steps = Run(tmp_path / "other"), taken(100, 40)
    (other.path / "snapshots").mkdir(parents=True)
    record(run, steps, 10 * SIZE)
    record(other, steps[: again_from + 1], 10 * SIZE)
    drop_snapshots_after(other, steps[again_from - 1])
    record(other, steps[again_from:], 10 * SIZE)
    assert other.snapshot_steps() == run.snapshot_steps()
