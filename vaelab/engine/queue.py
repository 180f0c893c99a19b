"""The queue of runs that wait for a worker, kept in the runs themselves as `Meta.place`."""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import suppress

from vaelab.runs import Run, RunDamaged, RunNotFound, RunStore

_AT_ONCE = (False, -1, 0)
"""A turn that comes before all others."""


class RunQueue:
    """Runs of a store in the order in which they are to be trained; not safe for several threads.

    Visitors take turns, and the visitor who had the last turn comes last; the runs of one visitor keep the
    order of their arrival. A turn is one run, or all twins of a group: a sweep waits between its runs while
    other visitors have their turns.

    Every change is written into the runs, and a queue made later on the same store begins with the places
    that it finds there. A run that leaves by `pop` keeps `Meta.place` until the scheduler clears it.
    """

    def __init__(self, store: RunStore) -> None:
        self._store = store
        waiting = sorted(_waiting(store), key=lambda entry: entry[:2])
        self._ids = [run.id for _, _, run in waiting]
        self._places = {run.id: place for place, _, run in waiting}
        self._at_once = {run.id for _, _, run in waiting if run.request().action == "stop"}
        self._lanes: dict[str, tuple[str, str]] = {}
        self._turns: dict[str, int] = {}
        self._twins = ""

    def __contains__(self, run: Run) -> bool:
        return run.id in self._ids

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def ids(self) -> set[str]:
        """Ids of all runs that wait."""
        return set(self._ids)

    @property
    def next_place(self) -> float:
        """`Meta.place` of a run that comes last."""
        return max(self._places.values(), default=-1.0) + 1

    def place(self, run: Run) -> int | None:
        """The run's place, counted from 1; None if it does not wait."""
        return self._order().index(run.id) + 1 if run.id in self._ids else None

    def before(self, run: Run) -> list[str]:
        """Ids of the runs that are trained before this one, in their order; none if it does not wait."""
        order = self._order()
        return order[: order.index(run.id)] if run.id in order else []

    def add(self, *runs: Run, first: bool = False, at_once: bool = False) -> None:
        """Let runs wait, last of their visitor's runs or first; a run that waits already keeps its place.

        A run that is only to be stopped comes `at_once`, before all visitors' turns, and takes no turn.
        """
        added = {run.id for run in runs}
        self._at_once = self._at_once | added if at_once else self._at_once - added
        new = [run.id for run in runs if run not in self]
        start = min(self._places.values(), default=0.0) - len(new) if first else self.next_place
        self._ids = new + self._ids if first else self._ids + new
        for index, run_id in enumerate(new):
            self._places[run_id] = start + index
            with suppress(RunNotFound, RunDamaged):  # the run was deleted meanwhile
                self._store.get(run_id).set_meta(place=start + index)

    def remove(self, run: Run) -> None:
        """Take a run out of the queue."""
        self._forget(run.id)
        run.set_meta(place=None)

    def head(self, resting: Collection[str] = ()) -> Run | None:
        """The first run; runs before it that were deleted, damaged, or taken by another server are removed.

        Parameters
        ----------
        resting: visitors who begin no turn now; twins whose turn has begun go on with it.
        """
        while first := next((run_id for run_id in self._order() if self._may_start(run_id, resting)), None):
            with suppress(RunNotFound, RunDamaged):
                run = self._store.get(first)
                _ = run.request(), run.status()  # a run that cannot be read would hold up all others
                if run.meta.place is not None:
                    return run
            self._forget(first)
        return None

    def pop(self, run: Run) -> None:
        """Take the head out of the queue: a worker has it, and its visitor has had a turn."""
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
        """The ids in the order in which the runs are trained if no other run comes."""
        owners = dict.fromkeys(self._lane(run_id)[0] for run_id in self._ids)
        by_last_turn = sorted(owners, key=lambda owner: self._turns.get(owner, 0))
        turns: dict[str, tuple[bool, int, int]] = {}
        turns_taken: Counter[str] = Counter()
        for run_id in self._ids:
            owner, twins = self._lane(run_id)
            if run_id in self._at_once:
                turns[run_id] = _AT_ONCE
                continue
            key = twins or run_id  # all twins of a group have the turn of the first of them
            if key not in turns:
                has_begun = bool(twins) and twins == self._twins
                turns[key] = (not has_begun, turns_taken[owner], by_last_turn.index(owner))
                turns_taken[owner] += not has_begun
            turns[run_id] = turns[key]
        return sorted(self._ids, key=turns.__getitem__)

    def _lane(self, run_id: str) -> tuple[str, str]:
        """The run's visitor, and its group if it is a twin; neither ever changes."""
        if run_id not in self._lanes:
            owner = twins = ""
            with suppress(RunNotFound, RunDamaged):
                meta = self._store.get(run_id).meta
                owner, twins = meta.owner, meta.group if meta.kind == "twins" else ""
            self._lanes[run_id] = owner, twins
        return self._lanes[run_id]


def _waiting(store: RunStore) -> Iterator[tuple[float, float, Run]]:
    """Place, time of creation, and run, of each run that waits."""
    for run in store.runs():
        with suppress(RunDamaged):
            meta = run.meta
            if meta.place is not None:
                _ = run.request()  # a run that cannot be read would hold up all others
                yield meta.place, meta.created, run
