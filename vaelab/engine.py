"""Who trains when: a queue of runs and the worker processes that take them.

The engine owns `meta.json` and `request.json` of every run below its store and nothing else. The
queue is kept in the runs themselves (`Meta.place`), so that a restarted server finds it again.
"""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from dataclasses import replace
from typing import Literal

from vaelab.arrays import read_checkpoint
from vaelab.config import RunConfig
from vaelab.events import Request
from vaelab.processes import WorkerProcess
from vaelab.runs import Run, RunDamaged, RunStore

logger = logging.getLogger(__name__)

Action = Literal["pause", "resume", "epoch", "stop"]

PAUSE_HOLDS = 60.0
"""Seconds for which a paused run keeps its worker when nobody waits for it."""

TICK = 0.25
"""Seconds between two looks of the engine at its workers."""


class Engine:
    """Trains the runs of a store in worker processes, in the order of the queue.

    Parameters
    ----------
    store: where the runs are.
    slots: how many train at once.
    threads: of the processor, for each of them.
    """

    def __init__(self, store: RunStore, slots: int | None = None, threads: int | None = None) -> None:
        cores = os.cpu_count() or 1
        self.store = store
        self.slots = slots or max(1, cores // 4)
        self.threads = threads or max(1, cores // self.slots)
        self._lock = threading.RLock()
        self._queue = _found_waiting(store)
        self._workers: list[WorkerProcess] = []
        self._paused_since: dict[str, float] = {}
        self._closed = threading.Event()
        self._changed = threading.Event()
        threading.Thread(target=self._keep_going, name="engine", daemon=True).start()

    # Asked by pages

    def submit(
        self, config: RunConfig, *, owner: str = "", until_epoch: int | None = None, **meta: str
    ) -> Run:
        """Queue a new run; `until_epoch` pauses it there, `meta` are other fields of `Meta`."""
        run = self.store.create(config, owner=owner, **meta)
        return self._enqueue(run, Request(until_epoch=until_epoch))

    def train_on(self, parent: Run, epochs: int, *, owner: str = "") -> Run:
        """Queue a new run that goes on from the end of another for more epochs.

        Raises
        ------
        ValueError
            If the parent has nothing to go on from, or there would be too many epochs.
        """
        if read_checkpoint(parent) is None:
            raise ValueError("This run was kept without its optimizer's state, so it cannot be trained on.")
        config = parent.config.variant(epochs=parent.config.epochs + epochs)
        run = self.store.create(config, owner=owner, parent=parent.id)
        self.store.copy_training(parent, run)
        return self._enqueue(run, Request())

    def ask(self, run: Run, action: Action) -> None:
        """Pause a run, let it go on (for one epoch, or to its end), or stop it.

        Stopping a run that has not begun removes it.
        """
        with self._lock:
            status = run.status()
            held = self._worker_of(run) is not None
            if action == "stop" and run.id in self._queue:
                self._leave_queue(run)
                return
            until = math.floor(status.epoch) + 1 if action == "epoch" else None
            wanted: Literal["run", "pause", "stop"] = "run"
            if action in ("pause", "stop"):
                wanted = "pause" if action == "pause" else "stop"
            request = Request(action=wanted, until_epoch=until)
            if held or action == "pause":
                run.set_request(request)
            else:
                self._enqueue(run, request, first=True)

    def place(self, run: Run) -> int | None:
        """The run's place in the queue, counted from 1; None if it does not wait."""
        with self._lock:
            return self._queue.index(run.id) + 1 if run.id in self._queue else None

    def close(self) -> None:
        """Let running training checkpoint, and end the workers."""
        self._closed.set()
        self._changed.set()
        with self._lock:
            for worker in self._workers:
                worker.finish()
        for worker in self._workers:
            worker.join()

    # What the engine does by itself

    def _keep_going(self) -> None:
        while not self._closed.is_set():
            try:
                with self._lock:
                    self._look_after_workers()
                    self._start_next()
            except Exception:
                logger.exception("The engine stumbled and goes on")
            self._changed.wait(TICK)
            self._changed.clear()

    def _look_after_workers(self) -> None:
        """Forget workers that ended; keep a spare one warm; free those of long pauses."""
        self._workers = [worker for worker in self._workers if worker.alive()]
        if all(worker.run_id for worker in self._workers) and len(self._workers) <= self.slots:
            self._workers.append(WorkerProcess(self._changed.set))
        for worker in self._workers:
            if worker.run_id:
                self._release_if_paused(worker.run_id)

    def _release_if_paused(self, run_id: str) -> None:
        run = self.store.get(run_id)
        if run.status().state != "paused":
            self._paused_since.pop(run_id, None)
            return
        since = self._paused_since.setdefault(run_id, time.monotonic())
        if time.monotonic() - since > PAUSE_HOLDS or self._queue:
            run.set_request(replace(run.request(), action="release"))

    def _start_next(self) -> None:
        while self._queue:
            idle = next((worker for worker in self._workers if worker.ready and not worker.run_id), None)
            busy = sum(1 for worker in self._workers if worker.run_id)
            if idle is None or busy >= self.slots:
                return
            run = self.store.get(self._queue.pop(0))
            idle.train(run, self.threads)
            run.set_meta(place=None)

    def _worker_of(self, run: Run) -> WorkerProcess | None:
        return next((worker for worker in self._workers if worker.run_id == run.id), None)

    def _enqueue(self, run: Run, request: Request, *, first: bool = False) -> Run:
        with self._lock:
            run.set_request(request)
            if run.id not in self._queue:
                self._queue.insert(0 if first else len(self._queue), run.id)
            for place, run_id in enumerate(self._queue):
                self.store.get(run_id).set_meta(place=float(place))
        self._changed.set()
        return run

    def _leave_queue(self, run: Run) -> None:
        self._queue.remove(run.id)
        if (run.path / "status.json").exists():
            run.set_meta(place=None)
        else:
            self.store.delete(run)


def _found_waiting(store: RunStore) -> list[str]:
    """Ids of the runs that an earlier engine left in its queue, in order."""
    waiting: list[tuple[float, float, str]] = []
    for run in store.runs():
        try:
            meta = run.meta
        except RunDamaged:
            continue
        if meta.place is not None:
            waiting.append((meta.place, meta.created, run.id))
    return [run_id for _, _, run_id in sorted(waiting)]
