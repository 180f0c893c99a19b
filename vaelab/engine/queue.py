"""The queue of runs that wait for a worker, kept in the runs themselves as `Meta.place`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import suppress

from vaelab.runs.errors import RunDamaged, RunNotFound
from vaelab.runs.run import Run
from vaelab.runs.store import RunStore

_AT_ONCE = (False, -1, 0)
"""A turn before all turns."""


class RunQueue:
    """Runs of a store in the order in which they are to be trained; not safe for several threads.

    Visitors take turns, whoever had the last one coming last; of one visitor, who came first is first.
    A turn is one run, or all twins: a sweep waits between its runs while others have theirs.

    Every change is written into the runs, and a queue made later on the same store begins with what
    it finds there. A run that leaves by `pop` keeps its place in its folder until somebody clears it.
    """

    def __init__(self, store: RunStore) -> None:
        self._store = store
        found = sorted(_waiting(store), key=lambda each: each[:2])
        waiting = [run for _, _, run in found]
        self._ids = [run.id for run in waiting]
        self._places = {run.id: place for place, _, run in found}
        self._at_once = {run.id for run in waiting if run.request().action == "stop"}
        self._lanes: dict[str, tuple[str, str]] = {}
        self._turns: dict[str, int] = {}
        self._twins = ""

    def __contains__(self, run: Run) -> bool:
        return run.id in self._ids

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def ids(self) -> set[str]:
        """Of all runs that wait."""
        return set(self._ids)

    @property
    def next_place(self) -> float:
        """`Meta.place` of a run that comes last."""
        return max(self._places.values(), default=-1.0) + 1

    def place(self, run: Run) -> int | None:
        """The run's place, counted from 1; None if it does not wait."""
        return self._order().index(run.id) + 1 if run.id in self._ids else None

    def before(self, run: Run) -> list[str]:
        """Ids of the runs that come to their turn before one that waits, in their order."""
        order = self._order()
        return order[: order.index(run.id)] if run.id in order else []

    def add(self, *runs: Run, first: bool = False, at_once: bool = False) -> None:
        """Let runs wait, behind all of their visitor or before them; one that waits stays where it is.

        What is only to be ended comes `at_once`, before all visitors' turns, and takes none.
        """
        added = {run.id for run in runs}
        self._at_once = self._at_once | added if at_once else self._at_once - added
        new = [run.id for run in runs if run not in self]
        start = min(self._places.values(), default=0.0) - len(new) if first else self.next_place
        self._ids = new + self._ids if first else self._ids + new
        for place, run_id in enumerate(new):
            self._places[run_id] = start + place
            with suppress(RunNotFound, RunDamaged):  # deleted meanwhile
                self._store.get(run_id).set_meta(place=start + place)

    def remove(self, run: Run) -> None:
        """Let a run no longer wait."""
        self._forget(run.id)
        run.set_meta(place=None)

    def head(self, resting: Collection[str] = ()) -> Run | None:
        """The first run, once those are gone that were deleted, damaged, or taken by another server.

        Parameters
        ----------
        resting: visitors who begin no turn now; twins whose turn has begun go on with it.
        """
        while first := next((each for each in self._order() if self._may_start(each, resting)), None):
            with suppress(RunNotFound, RunDamaged):
                run = self._store.get(first)
                _ = run.request(), run.status()  # what cannot be read would hold up all others
                if run.meta.place is not None:
                    return run
            self._forget(first)
        return None

    def pop(self, run: Run) -> None:
        """Take the head out: it was given to a worker, and its visitor has had a turn."""
        if run.id not in self._at_once:
            owner, self._twins = self._lane(run.id)
            self._turns[owner] = max(self._turns.values(), default=0) + 1
        self._forget(run.id)

    def _may_start(self, run_id: str, resting: Collection[str]) -> bool:
        owner, twins = self._lane(run_id)
        return owner not in resting or run_id in self._at_once or bool(twins and twins == self._twins)

    def _forget(self, run_id: str) -> None:
        self._ids.remove(run_id)
        self._at_once.discard(run_id)
        self._places.pop(run_id, None)
        self._lanes.pop(run_id, None)

    def _order(self) -> list[str]:
        """The ids as they come to their turns, if nobody else comes."""
        owners = list(dict.fromkeys(self._lane(run_id)[0] for run_id in self._ids))
        ranks = {owner: rank for rank, owner in enumerate(sorted(owners, key=self._last_turn))}
        turns: dict[str, tuple[bool, int, int]] = {}
        taken: Counter[str] = Counter()
        of_twins: dict[str, tuple[bool, int, int]] = {}
        for run_id in self._ids:
            owner, twins = self._lane(run_id)
            begun = bool(twins) and twins == self._twins
            if run_id in self._at_once:
                turns[run_id] = _AT_ONCE
                continue
            if twins in of_twins:
                turns[run_id] = of_twins[twins]
                continue
            turns[run_id] = (not begun, taken[owner], ranks[owner])
            taken[owner] += not begun
            if twins:
                of_twins[twins] = turns[run_id]
        return sorted(self._ids, key=turns.__getitem__)

    def _last_turn(self, owner: str) -> int:
        return self._turns.get(owner, 0)

    def _lane(self, run_id: str) -> tuple[str, str]:
        """The run's visitor, and its group where it is a twin; neither ever changes."""
        if run_id not in self._lanes:
            owner = twins = ""
            with suppress(RunNotFound, RunDamaged):
                meta = self._store.get(run_id).meta
                owner, twins = meta.owner, meta.group if meta.kind == "twins" else ""
            self._lanes[run_id] = owner, twins
        return self._lanes[run_id]


def _waiting(store: RunStore) -> Iterator[tuple[float, float, Run]]:
    for run in store.runs():
        with suppress(RunDamaged):
            meta = run.meta
            if meta.place is not None:
                _ = run.request()  # what cannot be read would hold up all others
                yield meta.place, meta.created, run
