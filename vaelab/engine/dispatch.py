"""The runs that wait are given to workers and taken back, and what is asked of a run finds it anywhere.

A run is in the queue, with a worker, or with nobody; this is where it goes from one to the other.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from vaelab.engine.estimates import Waits
from vaelab.engine.liveness import Presence, Stillness
from vaelab.engine.measuring import Measurers
from vaelab.engine.pool import Crew
from vaelab.engine.processes import WorkerProcess
from vaelab.engine.queue import RunQueue
from vaelab.events import Request
from vaelab.runs.errors import RunDamaged, RunNotFound
from vaelab.runs.life import LIFE, Action, Effect, goes_on, request_of, rests, stage_of
from vaelab.runs.run import Run
from vaelab.runs.store import RunStore

logger = logging.getLogger(__name__)

HUNG = "Its training gave no sign of life for {time} and was ended. It can be resumed from its last epoch."
LEFT_ALONE = "Nobody was here to watch for {time}, so it was paused. It can be resumed where it was."

PAUSE_HOLDS = 60.0
"""Seconds for which a paused run keeps its worker when nobody waits for it."""


class Dispatch:
    """A queue and a crew, and the runs between them; not safe for several threads.

    Parameters
    ----------
    store: where the runs are.
    crew: the workers.
    measurers: told when the training of a run has ended.
    threads: of the processor, for a run that says nothing of its own.
    capacity: threads of all runs that train at once.
    hung_minutes: without a sign of life after which a worker is ended.
    visitor_running: turns of a visitor that train at once; 0 for as many as there is room for.
    """

    def __init__(
        self, store: RunStore, crew: Crew, measurers: Measurers, *, threads: int, capacity: int,
        hung_minutes: float, visitor_running: int,
    ) -> None:  # fmt: skip
        self.store = store
        self.queue = RunQueue(store)
        self.crew = crew
        self._measurers = measurers
        self._threads = threads
        self._capacity = capacity
        self._paused_since: dict[str, float] = {}
        self._asked_too_late: dict[str, Action] = {}
        self._hung_minutes = hung_minutes
        self.visitor_running = visitor_running
        self._stillness = Stillness()
        self._waits = Waits(store, threads)

    # Asked from outside

    def enqueue(self, run: Run, request: Request, *, first: bool = False) -> None:
        """Have a run wait for a worker, `first` among its visitor's; what is to be ended comes before all."""
        run.set_request(request)
        self._waits.forget(run)
        self.queue.add(run, first=first, at_once=request.action == "stop")

    def ask(self, run: Run, action: Action) -> None:
        """Do what `Engine.ask` promises."""
        effect, request = self.effect(run, action), request_of(action, run.status().epoch)
        if run.meta.note:
            run.set_meta(note="")
        match effect:
            case "worker":
                run.set_request(request)
            case "later":
                self._asked_too_late[run.id] = action
            case "stay" | "last":
                self.enqueue(run, request)
            case "first" | "at once":
                self.enqueue(run, request, first=True)
            case "hold":
                run.set_request(request)
                self._leave_queue(run)
            case "leave":
                self._leave_queue(run)
            case "delete":
                if run in self.queue:
                    self._leave_queue(run)
                self.store.delete(run)

    def effect(self, run: Run, action: Action) -> Effect:
        """What `ask` would do."""
        status = run.status()
        stage = stage_of(
            status.state,
            begun=run.has_begun(),
            has_writer=status.has_writer,
            waits=run in self.queue,
            let_go=run.id in self.crew.run_ids,
        )
        return LIFE[stage].effect(action)

    def end(self, runs: Iterable[Run]) -> None:
        """Stop runs for good: also one that had begun and waits to go on ends, instead of being paused."""
        for run in runs:
            try:
                self.ask(run, "end")
            except (RunDamaged, OSError):  # the others are to end all the same
                logger.exception("A run cannot be stopped.", extra={"run": run.id})

    def pause_left_alone(self, presence: Presence, minutes: float) -> None:
        """Pause the runs whose visitor is gone and that nobody watches.

        Not those of a sweep, which one leaves alone on purpose, nor those of nobody, which were begun
        from a program.
        """
        for run_id in self.active():
            run = self._known(run_id)
            if run is None or presence.absent(run_id) < 60 * minutes:
                continue
            try:
                meta, state = run.meta, run.status().state
                alone = meta.owner and presence.absent(meta.owner) >= 60 * minutes
                if alone and meta.kind != "sweep" and state in ("running", "queued"):
                    logger.info("Paused: its visitor is gone.", extra={"run": run.id})
                    self.ask(run, "pause")
                    run.set_meta(note=LEFT_ALONE.format(time=_in_words(minutes)))
            except (RunDamaged, OSError):
                logger.exception("Run %s cannot be looked after", run.id)

    def seconds_to_wait(self, run: Run) -> float | None:
        """Expected seconds until a run of the queue starts; None if it does not wait."""
        if run not in self.queue:
            return None
        return self._waits.seconds(
            running=self.crew.run_ids,
            ahead=self.queue.before(run),
            threads=run.meta.threads or self._threads,
            capacity=self._capacity,
        )

    def active(self) -> set[str]:
        """Ids of the runs that wait or are with a worker."""
        return self.queue.ids | self.crew.run_ids

    # What is done at every look

    def look_after_workers(self) -> None:
        """Look after the runs of all workers; keep a spare one warm."""
        for worker in self.crew.workers:
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
        self._end_hung_workers()
        self.crew.renew(needed=bool(self.queue))

    def start_next(self) -> None:
        """Give the first runs of the queue to workers, as far as there is room."""
        while (run := self.queue.head(self._with_enough())) is not None:
            # One that has begun goes on with the threads it had; another machine may have had more of them.
            threads = run.status().threads or run.meta.threads or self._threads
            fits = self.crew.threads + min(threads, self._capacity) <= self._capacity
            # A run that only has to be ended does not wait for others to be trained.
            if not self.crew.idle or not (fits or run.request().action == "stop"):
                return
            self.queue.pop(run)
            self._waits.forget(run)
            self.crew.idle[0].train(run, threads)

    def _with_enough(self) -> set[str]:
        """Visitors who have as many turns training as they may; twins are one."""
        if not self.visitor_running or not self.queue:
            return set()
        turns = set()
        for run in filter(None, map(self._known, self.crew.run_ids)):
            with suppress(RunDamaged):
                turns.add((run.meta.owner, run.meta.group if run.meta.kind == "twins" else run.id))
        count = Counter(owner for owner, _ in turns)
        return {owner for owner, having in count.items() if having >= self.visitor_running}

    def _end_hung_workers(self) -> None:
        """Kill the workers that have shown no sign of life for too long; the next look finds them dead.

        An honest one gives several a second, also while it evaluates or fetches data. Without any it
        may read PyTorch from a slow disk, unpack a data set or wait for a disk: none takes minutes.
        """
        for worker in self.crew.workers:
            run = self._known(worker.run_id)
            if not worker.alive() or (worker.ready and not worker.run_id):
                self._stillness.forget(worker)
            elif self._stillness.of(worker, _sign_of_life(worker, run)) > 60 * self._hung_minutes:
                logger.error("A worker hangs and is ended.", extra={"run": worker.run_id or ""})
                self._stillness.forget(worker)
                if run is not None:
                    with suppress(RunDamaged, OSError):
                        run.set_meta(note=HUNG.format(time=_in_words(self._hung_minutes)))
                worker.kill()

    def _let_go(self, run: Run) -> None:
        """After a worker is done with a run: do what was asked of it too late for this worker."""
        self._paused_since.pop(run.id, None)
        run.set_meta(place=None)
        self._waits.learn(run)
        action = self._asked_too_late.pop(run.id, None)
        status, request = run.status(), run.request()
        if action:
            self.ask(run, action)
        elif goes_on(status.state, request, status.epoch):
            self.enqueue(run, request, first=True)
        else:
            self._measurers.training_ended(run)

    def _release_if_paused(self, run: Run) -> None:
        status, request = run.status(), run.request()
        # Where it is asked to go on, its worker just has not noticed yet: that wish must not be lost.
        if status.state != "paused" or not rests(request, status.epoch):
            self._paused_since.pop(run.id, None)
            return
        since = self._paused_since.setdefault(run.id, time.monotonic())
        if time.monotonic() - since > PAUSE_HOLDS or self.queue:
            run.set_request(replace(request, action="release"))

    def _known(self, run_id: str | None) -> Run | None:
        try:
            return self.store.get(run_id) if run_id else None
        except RunNotFound:
            return None

    def _leave_queue(self, run: Run) -> None:
        self.queue.remove(run)
        self._waits.forget(run)


def _in_words(minutes: float) -> str:
    return f"{minutes:g} minute{'' if minutes == 1 else 's'}"


def _sign_of_life(worker: WorkerProcess, run: Run | None) -> tuple[object, ...]:
    """What changes as long as a worker lives that has something to do."""
    heartbeat = 0.0
    if run is not None:
        with suppress(RunDamaged):
            heartbeat = run.status().heartbeat
    return worker.ready, worker.started, worker.run_id, heartbeat
