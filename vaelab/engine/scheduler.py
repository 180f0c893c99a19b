"""The scheduler decides which run trains when; it owns the queue, the pool of workers, limits and estimates.

A run is in the queue, with a worker, or with neither; this module moves it from one to the other.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from vaelab.config import RunConfig
from vaelab.engine.backends import StartWorker
from vaelab.engine.estimates import WaitEstimates
from vaelab.engine.hung_workers import HungWorkers
from vaelab.engine.limits import LimitCheck, visitors_at_limit
from vaelab.engine.measuring import MeasuringQueue
from vaelab.engine.pool import Pool
from vaelab.engine.presence import LEFT_ALONE, LeftAlone, Presence
from vaelab.engine.queue import RunQueue
from vaelab.events import Dials, Request
from vaelab.runs import Action, Run, RunDamaged, RunStore
from vaelab.runs.life import LIFE, Effect, goes_on, request_of, rests, stage_of
from vaelab.settings import Settings
from vaelab.words import counted

logger = logging.getLogger(__name__)

PAUSE_HOLDS = 60.0
"""Seconds for which a paused run keeps its worker when nobody waits for it."""


class Scheduler:
    """Moves runs between the queue and the pool of workers; not safe for several threads.

    Parameters
    ----------
    start: starts a worker.
    capacity: processor threads of all runs that train at once.
    on_change: called, from other threads, when there is something to do for `look`.

    The other parameters are those of `Engine`.
    """

    def __init__(
        self, store: RunStore, start: StartWorker, *, threads: int, capacity: int, rest: float,
        limits: Settings | None, presence: Presence | None, on_change: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:  # fmt: skip
        settings = limits or Settings()
        self.store = store
        self.queue = RunQueue(store)
        self.pool = Pool(start, capacity + 1, rest, on_change, clock)
        self.measuring = MeasuringQueue(on_change)
        self.visitor_running = 0 if limits is None or settings.single_user else settings.visitor_running
        """Most turns of one visitor that train at once; 0 for no limit."""
        self._limit_check = LimitCheck(store, limits) if limits else None
        self._estimates = WaitEstimates(store, threads)
        self._threads = threads
        self._capacity = capacity
        self._clock = clock
        self._hung = HungWorkers(settings.hung_minutes, clock)
        # A visitor who works alone at this machine leaves runs to themselves on purpose.
        self._left_alone = LeftAlone(
            None if settings.single_user else presence, settings.orphan_minutes, clock
        )
        self._paused_since: dict[str, float] = {}
        self._asked_too_late: dict[str, Action] = {}

    # Asked from outside

    def admit(self, owner: str, configs: Sequence[RunConfig] = ()) -> None:
        """Check that there is room for new runs: raises LimitReached if not."""
        if self._limit_check:
            self._limit_check.admit(owner, configs, active=self.active())

    def submit(
        self, configs: Sequence[RunConfig], request: Request | None, *, owner: str, **meta: Any
    ) -> list[Run]:
        """Queue new runs, all or none, with a request to each; `meta` are other fields of `Meta`.

        Raises
        ------
        LimitReached
            If there is no room for all of them.
        OSError
            If not all of them can be written; then none is kept.
        """
        self.admit(owner, configs)
        runs: list[Run] = []
        try:
            for index, config in enumerate(configs):
                place = self.queue.next_place + index
                runs.append(self.store.create(config, owner=owner, place=place, **meta))
                if request:
                    runs[-1].set_request(request)
            self.queue.add(*runs)
        except OSError:
            for run in runs:
                self.store.delete(run)
            raise
        return runs

    def ask(self, run: Run, action: Action) -> None:
        """Do what a visitor asks for, as `Engine.ask` describes it."""
        effect, _ = self._answer(run, action)
        if self._limit_check and effect in ("last", "first"):
            self._limit_check.admit_again(run.meta.owner, self.active())
        self._carry_out(run, action)

    def steer(self, run: Run, dials: Dials) -> None:
        """Set a run's dials, as `Engine.steer` describes it."""
        if run.has_begun() and run.status().active:
            request = run.request()
            run.set_request(replace(request, dials=dials, change=request.change + 1))

    def end(self, runs: Iterable[Run]) -> None:
        """Stop all runs of a group, also those that wait to go on; those that have not begun are removed."""
        for run in runs:
            try:
                self._carry_out(run, "end")
            except (RunDamaged, OSError):  # the others are to end all the same
                logger.exception("A run cannot be stopped.", extra={"run": run.id})

    def seconds_to_wait(self, run: Run) -> float | None:
        """Expected seconds until a run of the queue starts; None if it does not wait."""
        if run not in self.queue:
            return None
        return self._estimates.seconds(
            running=self.pool.run_ids,
            ahead=self.queue.before(run),
            threads=run.meta.threads or self._threads,
            capacity=self._capacity,
        )

    def active(self) -> set[str]:
        """Ids of the runs that wait or are with a worker."""
        return self.queue.ids | self.pool.run_ids

    # What is done about a request

    def _answer(self, run: Run, action: Action) -> tuple[Effect, Request]:
        """What the table of a run's life prescribes for an action, and the request for a worker."""
        status = run.status()
        stage = stage_of(
            status.state,
            begun=run.has_begun(),
            has_writer=status.has_writer,
            waits=run in self.queue,
            worker_gone=run.id in self.pool.run_ids,
        )
        return LIFE[stage].effect(action), request_of(action, status.epoch, run.request())

    def _carry_out(self, run: Run, action: Action) -> None:
        effect, request = self._answer(run, action)
        if run.meta.note:
            run.set_meta(note="")
        match effect:
            case "worker":
                run.set_request(request)
            case "later":
                self._asked_too_late[run.id] = action
            case "stay" | "last":
                self._enqueue(run, request)
            case "first" | "at once":
                self._enqueue(run, request, first=True)
            case "hold":
                run.set_request(request)
                self._leave_queue(run)
            case "leave":
                self._leave_queue(run)
            case "delete":
                if run in self.queue:
                    self._leave_queue(run)
                self.store.delete(run)

    def _enqueue(self, run: Run, request: Request, *, first: bool = False) -> None:
        """Have a run wait, `first` of its visitor's runs; a run to be stopped comes before all others."""
        run.set_request(request)
        self._estimates.forget(run)
        self.queue.add(run, first=first, at_once=request.action == "stop")

    def _leave_queue(self, run: Run) -> None:
        self.queue.remove(run)
        self._estimates.forget(run)

    # What is done at every look

    def look(self) -> None:
        """Look after all workers, pause runs that were left alone, and start runs if there is room."""
        self.look_after_workers()
        self._pause_runs_left_alone()
        self.start_next()
        self.measuring.tick(training=bool(self.active()))

    def look_after_workers(self) -> None:
        """Look after the runs of all workers, end workers that hang, and keep a spare one ready."""
        for worker in self.pool.workers:
            done = worker.take_done()
            run = self.store.get_or_none(done or worker.run_id)
            if run is None:
                continue
            try:
                if done:
                    self._take_back(run)
                elif worker.started:
                    run.set_meta(place=None)
                    self._release_if_paused(run)
            except (RunDamaged, OSError):
                logger.exception("Run %s cannot be looked after", run.id)
        self._hung.end(self.pool.workers, self.store)
        self.pool.renew(needed=bool(self.queue))

    def start_next(self) -> None:
        """Give the first runs of the queue to workers, as far as there is room."""
        while self.queue:
            training = filter(None, map(self.store.get_or_none, self.pool.run_ids))
            run = self.queue.head(resting=visitors_at_limit(training, self.visitor_running))
            if run is None:
                return
            # A run that has begun keeps its number of threads, which another machine may have chosen larger.
            threads = run.status().threads or run.meta.threads or self._threads
            fits = self.pool.threads + min(threads, self._capacity) <= self._capacity
            # A run that only has to be stopped does not wait for others to be trained.
            if not self.pool.idle or not (fits or run.request().action == "stop"):
                return
            self.queue.pop(run)
            self._estimates.forget(run)
            self.pool.idle[0].train(run, threads)

    def _pause_runs_left_alone(self) -> None:
        if not self._left_alone.is_due():
            return
        for run in filter(None, map(self.store.get_or_none, self.active())):
            try:
                if self._left_alone.has(run):
                    logger.info("Paused: its visitor is gone.", extra={"run": run.id})
                    self._carry_out(run, "pause")
                    run.set_meta(note=LEFT_ALONE.format(time=counted(self._left_alone.minutes, "minute")))
            except (RunDamaged, OSError):
                logger.exception("Run %s cannot be looked after", run.id)

    def _take_back(self, run: Run) -> None:
        """Take a run back from a worker that is done with it, and do what came too late for that worker."""
        self._paused_since.pop(run.id, None)
        run.set_meta(place=None)
        self._estimates.learn(run)
        action = self._asked_too_late.pop(run.id, None)
        status, request = run.status(), run.request()
        if action:
            self._carry_out(run, action)
        elif goes_on(status.state, request, status.epoch):
            self._enqueue(run, request, first=True)
        else:
            self.measuring.training_ended(run)

    def _release_if_paused(self, run: Run) -> None:
        """Free the worker of a paused run if another run waits, or after `PAUSE_HOLDS` seconds."""
        status, request = run.status(), run.request()
        # A request to go on that the worker has not noticed yet must not be overwritten.
        if status.state != "paused" or not rests(request, status.epoch):
            self._paused_since.pop(run.id, None)
            return
        since = self._paused_since.setdefault(run.id, self._clock())
        if self._clock() - since > PAUSE_HOLDS or self.queue:
            run.set_request(replace(request, action="release"))
