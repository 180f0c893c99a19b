"""The engine: pages submit runs and requests to it, and its workers train the runs in the order of a queue.

The engine writes `meta.json` and `request.json` of every run below its store and no other files. A restarted
server finds the queue again. A run's folder says that the run waits until its worker has written that it
trains, so that the run never looks as if nobody looked after it.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

from vaelab.config import RunConfig
from vaelab.engine.backends import StartWorker
from vaelab.engine.backends.local import WorkerProcess, processors
from vaelab.engine.continuation import continued_config
from vaelab.engine.pool import Load
from vaelab.engine.presence import Presence
from vaelab.engine.scheduler import Scheduler
from vaelab.events import Dials, Request
from vaelab.runs import Action, Run, RunStore
from vaelab.settings import Settings
from vaelab.sweeps.plan import at_a_time

logger = logging.getLogger(__name__)

TICK = 0.25
"""Seconds between two looks of the engine at its workers."""

WORKERS_END_WITHIN = 8.0
"""Seconds in which all workers have to checkpoint and end before they are killed."""


def default_slots() -> int:
    """Number of single runs that train at once: one for every four cores, at least one."""
    return max(1, processors() // 4)


class Engine:
    """Trains the runs of a store in workers, in the order of the queue; safe for several threads.

    A run starts when as many processor threads are free as it takes; there are slots x threads.

    Parameters
    ----------
    store: all runs.
    slots: number of single runs that train at once; by default the limits' number.
    threads: processor threads of each single run; the runs of a group share them.
    rest: seconds until the first worker is started, unless a run waits for it.
    limits: the limits of each visitor and of the server; by default there are none.
    presence: keeps who is here; by default no run is paused because its visitor is gone.
    start_worker: starts a worker; by default workers are processes of this machine.
    clock: tells the seconds.
    """

    def __init__(
        self,
        store: RunStore,
        slots: int | None = None,
        threads: int | None = None,
        rest: float = 0.0,
        limits: Settings | None = None,
        presence: Presence | None = None,
        start_worker: StartWorker | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store
        self.slots = slots or (limits and limits.server_running) or default_slots()
        self.threads = threads or max(1, processors() // self.slots)
        self.capacity = self.slots * self.threads
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._warm = threading.Event()
        self._changed = threading.Event()
        self._scheduler = Scheduler(
            store, start_worker or WorkerProcess, threads=self.threads, capacity=self.capacity, rest=rest,
            limits=limits, presence=presence, on_change=self._changed.set, clock=clock,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._keep_going, name="engine", daemon=True)
        self._thread.start()

    def submit(
        self, config: RunConfig, *, owner: str = "", until_epoch: int | None = None, **meta: Any
    ) -> Run:
        """Queue a new run that pauses at `until_epoch`; `meta` are other fields of `Meta`.

        Raises
        ------
        LimitReached
            If there is no room for it.
        """
        return self._submit([config], Request(until_epoch=until_epoch), owner=owner, **meta)[0]

    def submit_group(
        self,
        configs: Sequence[RunConfig],
        *,
        owner: str = "",
        kind: Literal["twins", "sweep"],
        axes: Sequence[str] = (),
    ) -> list[Run]:
        """Queue new runs that train side by side.

        Twins are one turn in the queue; between the runs of a sweep other visitors have turns. The runs
        share the threads of a single run, however many of them train at a time, because the numbers that
        a training gives depend on its number of threads.

        Parameters
        ----------
        axes: the fields that vary over a sweep.

        Raises
        ------
        OSError
            If not all of them can be written; then none is kept.
        LimitReached
            If there is no room for all of them.
        """
        return self._submit(
            configs,
            owner=owner,
            group=secrets.token_hex(16),
            kind=kind,
            axes=tuple(axes),
            planned=len(configs),
            threads=max(1, self.threads // len(configs)),
        )

    def train_on(self, parent: Run, epochs: int, *, owner: str = "") -> Run:
        """Queue a new run that goes on from the end of another for more epochs.

        Its config is that of `continued_config`.

        Raises
        ------
        ValueError
            If the parent is not over, has no checkpoint, there would be too many epochs, or there is no
            room for another run.
        """
        config = continued_config(parent, epochs)
        return self.submit(config, owner=owner, parent=parent, threads=parent.status().threads)

    def ask(self, run: Run, action: Action) -> None:
        """Pause a run, let it go on (for one epoch, or to its end), or stop it: see `vaelab.runs.life`.

        Pausing or stopping a run in the queue takes it out again; a run that has not begun is then paused,
        or removed. A request that makes no sense in the run's state does nothing: the run may have ended
        meanwhile.

        Raises
        ------
        LimitReached
            If a run that is to go on finds no room in the queue.
        """
        with self._lock:
            self._scheduler.ask(run, action)
        self._changed.set()

    def steer(self, run: Run, dials: Dials) -> None:
        """Set the dials of a run that has begun and is not over; any other run stays as it is.

        Each dial that differs is answered by an event `Changed`, before the next step that the run trains.

        Raises
        ------
        ValueError
            If the run's config does not allow a value; the text says what is allowed.
        """
        run.config.variant(**dials.held())  # this raises for a value that is not allowed
        with self._lock:
            self._scheduler.steer(run, dials)

    def stop_group(self, group: str) -> None:
        """Stop all runs of a group; runs that have not begun are removed."""
        with self._lock:
            self._scheduler.end(self.store.group(group))

    def admit(self, owner: str, configs: Sequence[RunConfig] = ()) -> None:
        """Check that the limits have room for new runs, as `LimitCheck.admit` does; raises LimitReached."""
        with self._lock:
            self._scheduler.admit(owner, configs)

    def at_a_time(self, runs: int) -> int:
        """How many runs of a visitor's group of `runs` train side by side."""
        return min(self._scheduler.visitor_running or runs, at_a_time(runs, self.threads, self.slots))

    def place(self, run: Run) -> int | None:
        """The run's place in the queue, counted from 1; None if it does not wait."""
        with self._lock:
            return self._scheduler.queue.place(run)

    def seconds_to_wait(self, run: Run) -> float | None:
        """Expected seconds until a run of the queue starts; None if it does not wait."""
        with self._lock:
            return self._scheduler.seconds_to_wait(run)

    def measure(self, run: Run) -> str:
        """Queue a run for measuring; returns "", or a sentence why it will not be measured."""
        return self._scheduler.measuring.ask(run)

    def load(self) -> Load:
        """How busy the engine is."""
        with self._lock:
            return self._scheduler.pool.load(
                queued=len(self._scheduler.queue), closed=not self._thread.is_alive()
            )

    def wait_until_warm(self) -> bool:
        """Wait for the first worker that can train at once; false if the engine was closed meanwhile."""
        self._warm.wait()
        return not self._closed.is_set()

    def close(self) -> None:
        """Have workers checkpoint their runs and end; the queue stays on disk for the next engine."""
        self._closed.set()
        self._warm.set()
        self._changed.set()
        self._thread.join()
        deadline = time.monotonic() + WORKERS_END_WITHIN
        self._scheduler.pool.finish()
        self._scheduler.measuring.close()
        self._scheduler.pool.join(deadline)

    def _submit(self, configs: Sequence[RunConfig], request: Request | None = None, **meta: Any) -> list[Run]:
        with self._lock:
            runs = self._scheduler.submit(configs, request, **meta)
        self._changed.set()
        return runs

    def _keep_going(self) -> None:
        while not self._closed.is_set():
            try:
                with self._lock:
                    self._scheduler.look()
                    if any(worker.ready for worker in self._scheduler.pool.workers):
                        self._warm.set()
            except Exception:
                logger.exception("The engine stumbled and goes on")
            self._changed.wait(TICK)
            self._changed.clear()
