"""Who trains when: a queue of runs and the worker processes that take them.

The engine owns `meta.json` and `request.json` of every run below its store and nothing else. A
restarted server finds the queue again. A run's folder says that it waits until its worker says that
it trains, so that at no moment it looks like a run that nobody looks after.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Sequence
from typing import Any, Literal

from vaelab.config.run_config import RunConfig
from vaelab.engine.actions import further
from vaelab.engine.dispatch import Dispatch
from vaelab.engine.limits import Admission
from vaelab.engine.liveness import Presence
from vaelab.engine.measuring import Measurers
from vaelab.engine.pool import END_WITHIN, Crew, Load
from vaelab.engine.processes import processors
from vaelab.events import Request
from vaelab.runs.life import Action
from vaelab.runs.run import Run
from vaelab.runs.store import RunStore
from vaelab.settings import Settings
from vaelab.sweeps.plan import at_a_time

logger = logging.getLogger(__name__)

TICK = 0.25
"""Seconds between two looks of the engine at its workers."""


ROLL_CALL = 5.0
"""Seconds between two looks at who is there."""


def default_slots() -> int:
    """How many runs train at once that are no group: one for every four cores, at least one."""
    return max(1, processors() // 4)


class Engine:
    """Trains the runs of a store in worker processes, in the order of the queue.

    A run starts when as many processor threads are free as it takes; there are slots x threads.

    Parameters
    ----------
    store: where the runs are.
    slots: how many train at once, if each is alone; left out, what the limits say.
    threads: of the processor, for each of them; the runs of a group share them.
    rest: seconds until the first worker is started, unless a run waits for it.
    limits: of a visitor and of the server; left out, there are none.
    presence: who is there; left out, no run is paused because its visitor is gone.
    """

    def __init__(
        self,
        store: RunStore,
        slots: int | None = None,
        threads: int | None = None,
        rest: float = 0.0,
        limits: Settings | None = None,
        presence: Presence | None = None,
    ) -> None:
        self.store = store
        settings = limits or Settings()
        self.slots = slots or settings.server_running or default_slots()
        self.threads = threads or max(1, processors() // self.slots)
        self.capacity = self.slots * self.threads
        self._admission = Admission(store, limits) if limits else None
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._warm = threading.Event()
        self._changed = threading.Event()
        self._crew = Crew(self.capacity + 1, rest, self._changed.set)
        self.measurers = Measurers(self._changed.set)
        self._dispatch = Dispatch(
            store, self._crew, self.measurers, threads=self.threads, capacity=self.capacity,
            hung_minutes=settings.hung_minutes,
            visitor_running=0 if limits is None or settings.single_user else settings.visitor_running,
        )  # fmt: skip
        # Whoever works alone at this machine leaves runs to themselves on purpose.
        self._presence = None if settings.single_user else presence
        self._alone_after = settings.orphan_minutes
        self._next_roll_call = 0.0
        self._queue = self._dispatch.queue
        self._thread = threading.Thread(target=self._keep_going, name="engine", daemon=True)
        self._thread.start()

    # Asked by pages

    def submit(
        self, config: RunConfig, *, owner: str = "", until_epoch: int | None = None, **meta: Any
    ) -> Run:
        """Queue a new run; `until_epoch` pauses it there, `meta` are other fields of `Meta`.

        Raises
        ------
        LimitReached
            If there is no room for it.
        """
        with self._lock:
            self.admit(owner, [config])
            run = self.store.create(config, owner=owner, place=self._queue.next_place, **meta)
            return self._enqueue(run, Request(until_epoch=until_epoch))

    def submit_group(
        self,
        configs: Sequence[RunConfig],
        *,
        owner: str = "",
        kind: Literal["twins", "sweep"],
        axes: Sequence[str] = (),
    ) -> list[Run]:
        """Queue new runs that train side by side.

        Twins are one turn; between the runs of a sweep other visitors' runs have theirs. They share the
        threads of one run, however many of them train at a time: what a run gives depends on its
        number of threads.

        Parameters
        ----------
        axes: the fields that vary over a sweep.

        Raises
        ------
        OSError
            If not all of them can be written; then none is there.
        LimitReached
            If there is no room for all of them.
        """
        group = secrets.token_hex(16)
        threads = max(1, self.threads // len(configs))
        runs: list[Run] = []
        with self._lock:
            self.admit(owner, configs)
            try:
                for place, config in enumerate(configs):
                    run = self.store.create(
                        config,
                        owner=owner,
                        place=self._queue.next_place + place,
                        group=group,
                        kind=kind,
                        axes=tuple(axes),
                        planned=len(configs),
                        threads=threads,
                    )
                    runs.append(run)
                self._queue.add(*runs)
            except OSError:
                for run in runs:
                    self.store.delete(run)
                raise
        self._changed.set()
        return runs

    def stop_group(self, group: str) -> None:
        """Stop all runs of a group; those that have not begun are removed."""
        with self._lock:
            self._dispatch.end(self.store.group(group))

    def train_on(self, parent: Run, epochs: int, *, owner: str = "") -> Run:
        """Queue a new run that goes on from the end of another for more epochs.

        A parent that ended at its `stop_loss` hands everything on but that.

        Raises
        ------
        ValueError
            If the parent is not over, has nothing to go on from, there would be too many epochs, or
            there is no room for another run.
        """
        config = further(parent, epochs)
        threads, place = parent.status().threads, self._queue.next_place
        with self._lock:
            self.admit(owner, [config])
            run = self.store.create(config, owner=owner, parent=parent, place=place, threads=threads)
            return self._enqueue(run, Request())

    def ask(self, run: Run, action: Action) -> None:
        """Pause a run, let it go on (for one epoch, or to its end), or stop it.

        Pausing or stopping a run in the queue takes it out again; one that has not begun is then
        paused, or removed. What makes no sense in the run's state, such as pausing one that has
        ended meanwhile, does nothing.

        Raises
        ------
        LimitReached
            If a run that is to go on finds no room in the queue.
        """
        with self._lock:
            if self._admission and self._dispatch.effect(run, action) in ("last", "first"):
                self._admission.admit_again(run.meta.owner, self._dispatch.active())
            self._dispatch.ask(run, action)
        self._changed.set()

    def admit(self, owner: str, configs: Sequence[RunConfig] = ()) -> None:
        """Check that there is room for new runs: `Admission.admit` on this server's limits, if it has any."""
        if self._admission:
            with self._lock:
                self._admission.admit(owner, configs, active=self._dispatch.active())

    def at_a_time(self, runs: int) -> int:
        """How many runs of a visitor's group of so many train side by side."""
        most = self._dispatch.visitor_running or runs
        return min(most, at_a_time(runs, self.threads, self.slots))

    def place(self, run: Run) -> int | None:
        """The run's place in the queue, counted from 1; None if it does not wait."""
        with self._lock:
            return self._queue.place(run)

    def seconds_to_wait(self, run: Run) -> float | None:
        """Expected seconds until a run of the queue starts; None if it does not wait."""
        with self._lock:
            return self._dispatch.seconds_to_wait(run)

    def measure(self, run: Run) -> str:
        """Have a run measured that has no measures; empty if it will be, else a sentence why not."""
        return self.measurers.ask(run)

    def load(self) -> Load:
        """What it is busy with."""
        with self._lock:
            return self._crew.load(queued=len(self._queue), closed=not self._thread.is_alive())

    def wait_until_warm(self) -> bool:
        """Wait for the first worker that can train at once; false if the engine was closed instead."""
        self._warm.wait()
        return not self._closed.is_set()

    def close(self) -> None:
        """Let running training checkpoint, and end the workers; the queue waits for the next engine."""
        self._closed.set()
        self._warm.set()
        self._changed.set()
        self._thread.join()
        deadline = time.monotonic() + END_WITHIN
        self._crew.finish()
        self._crew.join(deadline)
        self.measurers.close()

    def _keep_going(self) -> None:
        while not self._closed.is_set():
            try:
                with self._lock:
                    self._dispatch.look_after_workers()
                    self._call_the_roll()
                    self._dispatch.start_next()
                    self.measurers.tick(training=bool(self._dispatch.active()))
                    if any(worker.ready for worker in self._crew.workers):
                        self._warm.set()
            except Exception:
                logger.exception("The engine stumbled and goes on")
            self._changed.wait(TICK)
            self._changed.clear()

    def _call_the_roll(self) -> None:
        """Now and then, pause the runs that were left alone."""
        if self._presence and self._alone_after and time.monotonic() >= self._next_roll_call:
            self._next_roll_call = time.monotonic() + ROLL_CALL
            self._dispatch.pause_left_alone(self._presence, self._alone_after)

    def _enqueue(self, run: Run, request: Request) -> Run:
        self._dispatch.enqueue(run, request)
        self._changed.set()
        return run
