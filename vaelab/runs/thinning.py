"""Keeping the snapshots of a run few: a long training would otherwise fill the disk with them."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from vaelab.runs.arrays import drop_snapshot
from vaelab.runs.run import Run

MOST_BYTES = 25_000_000
"""Of all snapshots of a run, as long as there are more than `FEWEST`."""

FEWEST = 6
"""Snapshots that stay however large they are: fewer show no development."""


def thin_snapshots(run: Run, most_bytes: int = MOST_BYTES) -> None:
    """Remove snapshots, evenly and neither the first nor the last, until the rest fit in `most_bytes`.

    For the one writer of the folder; call it after each snapshot. Raises OSError.
    """
    sizes = run.snapshot_sizes()
    while len(sizes) > FEWEST and sum(sizes.values()) > most_bytes:
        step = most_crowded(list(sizes))
        drop_snapshot(run, step)
        del sizes[step]


def evenly(steps: Sequence[int], count: int) -> list[int]:
    """At most `count` (2 or more) of rising steps, spread as `thin_snapshots` would leave them."""
    kept = list(steps)
    while len(kept) > count:
        kept.remove(most_crowded(kept))
    return kept


def most_crowded(steps: Sequence[int]) -> int:
    """Of three or more rising steps the inner one whose two neighbours are closest to each other.

    Distances are those of the square roots of the steps: on this scale early snapshots, each taken
    after four times as many steps as the one before, and those of later epochs lie about evenly.
    """
    gaps = [sqrt(after) - sqrt(before) for before, after in zip(steps, steps[2:], strict=False)]
    return steps[1 + gaps.index(min(gaps))]
