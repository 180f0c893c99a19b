"""The pool of workers: those that train, and a spare one that waits with PyTorch loaded."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from vaelab.engine.backends import StartWorker, Worker

IDLE_ENDS = 300.0
"""Seconds after which all idle workers but one end: each holds PyTorch in memory."""

TRY_AGAIN = 10.0
"""Seconds before the next worker is started after one has died before it was ready."""


@dataclass(frozen=True)
class Load:
    """How busy an engine is."""

    workers: int
    """Living workers, with those that are being started."""
    running: int
    """Workers that train a run."""
    queued: int
    """Runs that wait for a worker."""
    ready: bool
    """Whether a worker can train at once."""
    closed: bool
    """Whether the engine has ended and starts no more runs."""


class Pool:
    """Starts and ends workers; not safe for several threads.

    Parameters
    ----------
    start: starts a worker.
    most: largest number of workers.
    rest: seconds until the first worker is started, unless it is needed.
    on_change: called, from other threads, when a worker has changed.
    clock: tells the seconds.
    """

    def __init__(
        self, start: StartWorker, most: int, rest: float, on_change: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.workers: list[Worker] = []
        self._start, self._clock = start, clock
        self._most = most
        self._on_change = on_change
        self._rests_until = clock() + rest
        self._next_at = 0.0
        self._idle_since: float | None = None
        self._retired: list[Worker] = []

    @property
    def idle(self) -> list[Worker]:
        """Workers that can train at once."""
        return [worker for worker in self.workers if worker.ready and not worker.run_id]

    @property
    def threads(self) -> int:
        """Processor threads of all runs that workers have."""
        return sum(worker.threads for worker in self.workers if worker.run_id)

    @property
    def run_ids(self) -> set[str]:
        """Ids of the runs that workers were given and whose end has not been noticed yet."""
        return {worker.run_id for worker in self.workers if worker.run_id}

    def load(self, *, queued: int, closed: bool) -> Load:
        """How busy the pool is; the engine knows `queued` and `closed`."""
        workers = [worker for worker in self.workers if worker.alive()]
        return Load(
            workers=len(workers),
            running=sum(1 for worker in workers if worker.run_id),
            queued=queued,
            ready=any(worker.ready for worker in workers),
            closed=closed,
        )

    def renew(self, *, needed: bool) -> None:
        """Forget workers that died, end needless ones, and start one if no other is free."""
        dead = [worker for worker in self.workers if not worker.alive()]
        if any(not worker.ready for worker in dead):
            self._next_at = self._clock() + TRY_AGAIN
        self.workers = [worker for worker in self.workers if worker not in dead]
        self._retire()
        none_free = all(worker.run_id for worker in self.workers)
        earliest = self._next_at if needed else max(self._next_at, self._rests_until)
        if none_free and len(self.workers) < self._most and self._clock() >= earliest:
            self.workers.append(self._start(self._on_change))

    def _retire(self) -> None:
        """End all idle workers but one if there was more than one for `IDLE_ENDS` seconds."""
        needless = self.idle[1:]
        if not needless:
            self._idle_since = None
            return
        self._idle_since = self._idle_since or self._clock()
        if self._clock() - self._idle_since > IDLE_ENDS:
            for worker in needless:
                worker.finish()
            self.workers = [worker for worker in self.workers if worker not in needless]
            self._retired = [worker for worker in self._retired if worker.alive()] + needless

    def finish(self) -> None:
        """Ask all workers to checkpoint their runs and end."""
        for worker in self.workers:
            worker.finish()

    def join(self, deadline: float) -> None:
        """Wait until all workers have ended; kill the rest at `deadline`, a time of `time.monotonic`."""
        for worker in self.workers + self._retired:
            worker.join(deadline)
