"""Who trains when: a queue of runs and the worker processes that take them.

The engine owns `meta.json` and `request.json` of every run below its store and nothing else. A
restarted server finds the queue again. A run's folder says that it waits until its worker says that
it trains, so that at no moment it looks like a run that nobody looks after.
"""

from __future__ import annotations

import logging
import math
import os
import secrets
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal

from vaelab.admission import admit
from vaelab.arrays import read_checkpoint
from vaelab.asking import REVIVES, Action, as_request, rests
from vaelab.config import RunConfig
from vaelab.crew import END_WITHIN, Crew
from vaelab.events import Request
from vaelab.fields import read_config
from vaelab.history import History
from vaelab.measurers import Measurers
from vaelab.queueing import RunQueue
from vaelab.run_folder import Run, RunDamaged
from vaelab.runs import RunNotFound, RunStore
from vaelab.settings import Settings

logger = logging.getLogger(__name__)

PAUSE_HOLDS = 60.0
"""Seconds for which a paused run keeps its worker when nobody waits for it."""
TICK = 0.25
"""Seconds between two looks of the engine at its workers."""


@dataclass(frozen=True)
class Load:
    """What an engine is busy with."""

    workers: int
    """Processes, also those that are being started."""
    running: int
    """Workers that have a run."""
    queued: int
    """Runs that wait for one."""
    ready: bool
    """Whether a worker has all it needs to train."""
    closed: bool
    """Whether it has ended, and will start nothing any more."""


def default_slots() -> int:
    """How many runs train at once that are no group: one for every four cores, at least one."""
    return max(1, (os.cpu_count() or 1) // 4)


class Engine:
    """Trains the runs of a store in worker processes, in the order of the queue.

    A run starts when as many processor threads are free as it takes; there are slots x threads.

    Parameters
    ----------
    store: where the runs are.
    slots: how many train at once, if each is alone.
    threads: of the processor, for each of them; the runs of a group share them.
    rest: seconds until the first worker is started, unless a run waits for it.
    limits: of a visitor and of the server; left out, there are none.
    """

    def __init__(
        self,
        store: RunStore,
        slots: int | None = None,
        threads: int | None = None,
        rest: float = 0.0,
        limits: Settings | None = None,
    ) -> None:
        self.store = store
        self.limits = limits
        self.slots = slots or default_slots()
        self.threads = threads or max(1, (os.cpu_count() or 1) // self.slots)
        self.capacity = self.slots * self.threads
        self._lock = threading.RLock()
        self._queue = RunQueue(store)
        self._paused_since: dict[str, float] = {}
        self._asked_too_late: dict[str, Action] = {}
        self._closed = threading.Event()
        self._warm = threading.Event()
        self._changed = threading.Event()
        self._crew = Crew(self.capacity + 1, rest, self._changed.set)
        self.measurers = Measurers(self._changed.set)
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
            self._admit(owner, [config])
            run = self.store.create(config, owner=owner, place=float(len(self._queue)), **meta)
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
        group = f"{kind}-{secrets.token_hex(16)}"
        threads = max(1, self.threads // len(configs))
        runs: list[Run] = []
        with self._lock:
            self._admit(owner, configs)
            try:
                for place, config in enumerate(configs, len(self._queue)):
                    run = self.store.create(
                        config,
                        owner=owner,
                        place=float(place),
                        group=group,
                        axes=tuple(axes),
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
            for run in self.store.group(group):
                with suppress(RunDamaged):
                    if run in self._queue and run.has_begun():
                        run.set_request(Request(action="stop"))
                    else:
                        self.ask(run, "stop")

    def train_on(self, parent: Run, epochs: int, *, owner: str = "") -> Run:
        """Queue a new run that goes on from the end of another for more epochs.

        A parent that ended at its `stop_loss` hands everything on but that.

        Raises
        ------
        ValueError
            If the parent is not over, has nothing to go on from, there would be too many epochs, or
            there is no room for another run.
        """
        if parent.status().active:
            raise ValueError("This run is not over: stop it, or let it end, before it is trained on.")
        checkpoint = read_checkpoint(parent)
        if checkpoint is None:
            raise ValueError("This run was kept without its optimizer's state, so it cannot be trained on.")
        changes: dict[str, Any] = {"epochs": math.ceil(checkpoint.epoch) + epochs}
        if (History(parent).finished or {}).get("reason") == "stop_loss":
            changes["stop_loss"] = None
        config, problems = read_config({**parent.config.model_dump(), **changes})
        if config is None:
            raise ValueError(" ".join(problems.values()))
        threads, place = parent.status().threads, float(len(self._queue))
        with self._lock:
            self._admit(owner, [config])
            run = self.store.create(config, owner=owner, parent=parent, place=place, threads=threads)
            return self._enqueue(run, Request())

    def ask(self, run: Run, action: Action) -> None:
        """Pause a run, let it go on (for one epoch, or to its end), or stop it.

        Pausing or stopping a run in the queue takes it out again; one that has not begun is then
        paused, or removed. What makes no sense in the run's state, such as pausing one that has
        ended meanwhile, does nothing.
        """
        with self._lock:
            status = run.status()
            if run in self._queue and action in ("pause", "stop"):
                self._leave_queue(run, action)
            elif status.has_writer or status.state == "queued":
                run.set_request(as_request(action, status))
            elif self._crew.holds(run.id):
                # Its worker has let go of it, or died, and is about to say so.
                self._asked_too_late[run.id] = action
            elif action == "stop" and not run.has_begun():
                self.store.delete(run)
            elif status.state in REVIVES[action]:
                self._enqueue(run, as_request(action, status), first=run.has_begun())

    def place(self, run: Run) -> int | None:
        """The run's place in the queue, counted from 1; None if it does not wait."""
        with self._lock:
            return self._queue.place(run)

    def measure(self, run: Run) -> str:
        """Have a run measured that has no measures; empty if it will be, else a sentence why not."""
        return self.measurers.ask(run)

    def load(self) -> Load:
        """What it is busy with."""
        with self._lock:
            workers = [worker for worker in self._crew.workers if worker.alive()]
            return Load(
                workers=len(workers),
                running=sum(1 for worker in workers if worker.run_id),
                queued=len(self._queue),
                ready=any(worker.ready for worker in workers),
                closed=not self._thread.is_alive(),
            )

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

    # What the engine does by itself

    def _keep_going(self) -> None:
        while not self._closed.is_set():
            try:
                with self._lock:
                    self._look_after_workers()
                    self._start_next()
                    self.measurers.tick(
                        bool(self._queue) or any(worker.run_id for worker in self._crew.workers)
                    )
            except Exception:
                logger.exception("The engine stumbled and goes on")
            self._changed.wait(TICK)
            self._changed.clear()

    def _look_after_workers(self) -> None:
        """Look after the runs of all workers; keep a spare one warm."""
        for worker in self._crew.workers:
            done = worker.take_done()
            run = self._known(done or worker.run_id)
            if run is None:
                continue
            try:
                if done:
                    self._let_go(run)
                elif worker.started:
                    run.set_meta(place=None)
                    self._release_if_paused(run)
            except (RunDamaged, OSError):
                logger.exception("Run %s cannot be looked after", run.id)
        if any(worker.ready for worker in self._crew.workers):
            self._warm.set()
        self._crew.renew(needed=bool(self._queue))

    def _let_go(self, run: Run) -> None:
        """After a worker is done with a run: do what was asked of it too late for this worker."""
        self._paused_since.pop(run.id, None)
        run.set_meta(place=None)
        action = self._asked_too_late.pop(run.id, None)
        status, request = run.status(), run.request()
        released = status.state == "paused" and request.action in ("run", "stop")
        stopped = status.state == "stopped" and request.action == "run"
        if action:
            self.ask(run, action)
        elif (released or stopped) and not rests(request, status):
            self._enqueue(run, request, first=True)
        else:
            self.measurers.training_ended(run)

    def _release_if_paused(self, run: Run) -> None:
        status, request = run.status(), run.request()
        # Where it is asked to go on, its worker just has not noticed yet: that wish must not be lost.
        if status.state != "paused" or not rests(request, status):
            self._paused_since.pop(run.id, None)
            return
        since = self._paused_since.setdefault(run.id, time.monotonic())
        if time.monotonic() - since > PAUSE_HOLDS or self._queue:
            run.set_request(replace(request, action="release"))

    def _start_next(self) -> None:
        while (run := self._queue.head()) is not None:
            # One that has begun goes on with the threads it had; another machine may have had more of them.
            threads = run.status().threads or run.meta.threads or self.threads
            fits = self._crew.threads + min(threads, self.capacity) <= self.capacity
            # A run that only has to be ended does not wait for others to be trained.
            if not self._crew.idle or not (fits or run.request().action == "stop"):
                return
            self._queue.pop()
            self._crew.idle[0].train(run, threads)

    def _admit(self, owner: str, configs: Sequence[RunConfig]) -> None:
        if self.limits:
            admit(self.store, self.limits, owner, configs)

    def _known(self, run_id: str | None) -> Run | None:
        try:
            return self.store.get(run_id) if run_id else None
        except RunNotFound:
            return None

    def _enqueue(self, run: Run, request: Request, *, first: bool = False) -> Run:
        with self._lock:
            run.set_request(request)
            self._queue.add(run, first=first)
        self._changed.set()
        return run

    def _leave_queue(self, run: Run, action: Action) -> None:
        if not run.has_begun() and action == "pause":
            run.set_request(Request(action="pause"))
        self._queue.remove(run)
        if not run.has_begun() and action == "stop":
            self.store.delete(run)
