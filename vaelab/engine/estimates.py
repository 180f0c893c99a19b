"""How long a run is expected to wait for its turn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from vaelab.data.catalogue import DATASETS
from vaelab.networks.sizes import FIRST_STEPS, expected_seconds, facts
from vaelab.runs.errors import RunDamaged, RunNotFound
from vaelab.runs.run import Run
from vaelab.runs.store import RunStore


@dataclass(frozen=True)
class _Left:
    """What a run still has to do."""

    seconds: float
    threads: int
    guessed: str = ""
    """The architecture, if the seconds are those of a usual laptop and not of this machine."""


class Waits:
    """Expected times of the runs of a store; not safe for several threads.

    A class that waits asks all the time, so that what is known of a waiting run is kept.

    Parameters
    ----------
    store: where the runs are.
    threads: of a run that says nothing of its own.
    """

    def __init__(self, store: RunStore, threads: int) -> None:
        self._store = store
        self._threads = threads
        self._known: dict[str, _Left | None] = {}
        self._slowness: dict[str, float] = {}

    def seconds(self, *, running: Iterable[str], ahead: Iterable[str], threads: int, capacity: int) -> float:
        """Seconds until a run of so many threads starts.

        Parameters
        ----------
        running: ids of the runs that train.
        ahead: ids of the runs that wait and come before.
        threads: that the run takes.
        capacity: threads of all runs that train at once.
        """
        now = [self._read(run_id) for run_id in running]
        waiting = [self._waiting(run_id) for run_id in ahead]
        left, before = ([self._here(each) for each in found if each] for found in (now, waiting))
        return expected_wait(left, before, threads, capacity)

    def forget(self, run: Run) -> None:
        """Read anew what a run still has to do: it has been trained, or left the queue."""
        self._known.pop(run.id, None)

    def learn(self, run: Run) -> None:
        """Take the time of a run that has just been trained as the measure of this machine."""
        try:
            config, status = run.config, run.status()
        except RunDamaged:
            return
        if status.epoch >= 1 and status.seconds:
            usual = expected_seconds(config, DATASETS[config.dataset]) * status.epoch / config.epochs
            share = max(1, status.threads) / self._threads
            self._slowness[config.architecture] = status.seconds * share / usual

    def _here(self, left: _Left) -> tuple[float, int]:
        slowness = self._slowness.get(left.guessed, 1.0) * self._threads / left.threads if left.guessed else 1
        return left.seconds * slowness, left.threads

    def _waiting(self, run_id: str) -> _Left | None:
        if run_id not in self._known:
            self._known[run_id] = self._read(run_id)
        return self._known[run_id]

    def _read(self, run_id: str) -> _Left | None:
        try:
            run = self._store.get(run_id)
            config, status, own = run.config, run.status(), run.meta.threads
        except (RunNotFound, RunDamaged):
            return None
        spec = DATASETS[config.dataset]
        threads = status.threads or own or self._threads
        epochs = max(0.0, config.epochs - status.epoch)
        if status.images_per_second and (status.step >= FIRST_STEPS or status.epoch >= 1):
            return _Left(epochs * facts(config, spec).train_images / status.images_per_second, threads)
        return _Left(expected_seconds(config, spec) * epochs / config.epochs, threads, config.architecture)


def expected_wait(
    running: Sequence[tuple[float, int]],
    ahead: Sequence[tuple[float, int]],
    threads: int,
    capacity: int,
) -> float:
    """Seconds until a run of so many threads starts, if all others take as long as expected.

    Parameters
    ----------
    running: seconds left and threads of each run that trains.
    ahead: seconds and threads of each run that starts before, in their order.
    threads: of the run that waits.
    capacity: threads of all runs that train at once.
    """
    now, free = 0.0, capacity - sum(used for _, used in running)
    ends = list(running)
    heapify(ends)
    for seconds, wanted in (*ahead, (0.0, threads)):
        while free < min(wanted, capacity) and ends:
            now, released = heappop(ends)
            free += released
        heappush(ends, (now + seconds, wanted))
        free -= wanted
    return now
