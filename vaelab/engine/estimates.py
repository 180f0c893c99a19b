"""Estimates of how long a run waits for its turn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush

from vaelab.data import DATASETS
from vaelab.networks.sizes import FIRST_STEPS, expected_seconds, facts
from vaelab.runs import Run, RunDamaged, RunNotFound, RunStore


@dataclass(frozen=True)
class _Left:
    """The training that a run still has to do."""

    seconds: float
    threads: int
    guessed: str = ""
    """Architecture by which the seconds were guessed; empty if they were measured on this machine."""


class WaitEstimates:
    """Estimates waiting times of the runs of a store; not safe for several threads.

    Thirty visitors who wait ask several times a second, so that the estimate for a waiting run is kept.

    Parameters
    ----------
    store: all runs.
    threads: processor threads of a run whose `Meta` names no number.
    """

    def __init__(self, store: RunStore, threads: int) -> None:
        self._store = store
        self._threads = threads
        self._left_of_waiting: dict[str, _Left | None] = {}
        self._slowness: dict[str, float] = {}

    def seconds(self, *, running: Iterable[str], ahead: Iterable[str], threads: int, capacity: int) -> float:
        """Seconds until a run of so many threads starts.

        Parameters
        ----------
        running: ids of the runs that train.
        ahead: ids of the runs that wait and come before it.
        threads: number of threads that the run takes.
        capacity: threads of all runs that train at once.
        """
        left_of_running, left_of_ahead = map(self._running, running), map(self._waiting, ahead)
        return expected_wait(
            [self._on_this_machine(left) for left in left_of_running if left],
            [self._on_this_machine(left) for left in left_of_ahead if left],
            threads,
            capacity,
        )

    def forget(self, run: Run) -> None:
        """Estimate a run anew: it has been trained, or has left the queue."""
        self._left_of_waiting.pop(run.id, None)

    def learn(self, run: Run) -> None:
        """Learn the speed of this machine from a run that has just been trained."""
        try:
            config, status = run.config, run.status()
        except RunDamaged:
            return
        if status.epoch >= 1 and status.seconds:
            usual = expected_seconds(config, DATASETS[config.dataset]) * status.epoch / config.epochs
            share = max(1, status.threads) / self._threads
            self._slowness[config.architecture] = status.seconds * share / usual

    def _on_this_machine(self, left: _Left) -> tuple[float, int]:
        slowness = self._slowness.get(left.guessed, 1.0) * self._threads / left.threads if left.guessed else 1
        return left.seconds * slowness, left.threads

    def _running(self, run_id: str) -> _Left | None:
        left = self._read(run_id)
        # A run that was asked to stop leaves its worker within a moment.
        is_ending = left is not None and self._store.get(run_id).request().action in ("stop", "release")
        return replace(left, seconds=0.0) if left and is_ending else left

    def _waiting(self, run_id: str) -> _Left | None:
        if run_id not in self._left_of_waiting:
            self._left_of_waiting[run_id] = self._read(run_id)
        return self._left_of_waiting[run_id]

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
    ahead: seconds and threads of each run that starts before it, in their order.
    threads: number of threads of the run that waits.
    capacity: threads of all runs that train at once.
    """
    now, free = 0.0, capacity - sum(used for _, used in running)
    ends = list(running)
    heapify(ends)
    for seconds, needed in (*ahead, (0.0, threads)):
        while free < min(needed, capacity) and ends:
            now, released = heappop(ends)
            free += released
        heappush(ends, (now + seconds, needed))
        free -= needed
    return now
