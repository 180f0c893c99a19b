"""The queue of runs that wait for a worker, kept in the runs themselves as `Meta.place`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from vaelab.run_folder import Run, RunDamaged
from vaelab.runs import RunNotFound, RunStore


class RunQueue:
    """Runs of a store in the order in which they are to be trained; not safe for several threads.

    Every change is written into the runs, and a queue made later on the same store begins with what
    it finds there. A run that leaves by `pop` keeps its place in its folder until somebody clears it.
    """

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._ids = [run.id for _, _, run in sorted(_waiting(store), key=lambda found: found[:2])]

    def __contains__(self, run: Run) -> bool:
        return run.id in self._ids

    def __len__(self) -> int:
        return len(self._ids)

    def place(self, run: Run) -> int | None:
        """The run's place, counted from 1; None if it does not wait."""
        return self._ids.index(run.id) + 1 if run.id in self._ids else None

    def add(self, *runs: Run, first: bool = False) -> None:
        """Let runs wait, behind all others or before them; one that waits already stays where it is."""
        new = [run.id for run in runs if run not in self]
        self._ids = new + self._ids if first else self._ids + new
        for place, run_id in enumerate(self._ids):
            with suppress(RunNotFound, RunDamaged):  # deleted meanwhile
                self._store.get(run_id).set_meta(place=float(place))

    def remove(self, run: Run) -> None:
        """Let a run no longer wait."""
        self._ids.remove(run.id)
        run.set_meta(place=None)

    def head(self) -> Run | None:
        """The first run, once those are gone that were deleted, damaged, or taken by another server."""
        while self._ids:
            with suppress(RunNotFound, RunDamaged):
                run = self._store.get(self._ids[0])
                _ = run.request(), run.status()  # what cannot be read would hold up all others
                if run.meta.place is not None:
                    return run
            self._ids.pop(0)
        return None

    def pop(self) -> None:
        """Take the first run out: it was given to a worker."""
        self._ids.pop(0)


def _waiting(store: RunStore) -> Iterator[tuple[float, float, Run]]:
    for run in store.runs():
        with suppress(RunDamaged):
            meta = run.meta
            if meta.place is not None:
                yield meta.place, meta.created, run
