"""Wishes that cross a worker's answer are never lost: with workers that answer when the test says so."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import Clock
from tests.support.following import ENDLESS, SHORT
from tests.support.puppets import Puppet, Stillborn, say
from tests.support.waiting import until
from vaelab.engine import Engine, scheduler
from vaelab.engine.pool import TRY_AGAIN
from vaelab.engine.scheduler import PAUSE_HOLDS
from vaelab.events import Request
from vaelab.runs import RunStore


def worker_at_work(engine: Engine) -> Any:
    return until(lambda: next((made for made in engine._scheduler.pool.workers if made.run_id), None))


class Play:
    """An engine with one puppet that holds a run, and what the puppet's run is made to look like."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.run = engine.submit(ENDLESS)
        self.worker = worker_at_work(engine)

    def says(self, state: str, pid: int = os.getpid(), **values: Any) -> None:
        """Have the run's worker write its status."""
        say(self.worker, self.run, state, pid, **values)

    def looked_again(self) -> None:
        """Wait until the engine has looked at everything anew, twice."""
        before = self.worker.looks
        until(lambda: self.worker.looks > before + 2)

    def is_given_again(self) -> None:
        """Wait until some worker has the run a second time."""
        until(lambda: sum(made.given.count(self.run.id) for made in self.engine._scheduler.pool.workers) == 2)


@pytest.fixture
def play(tmp_path: Path, monkeypatch, watch: Clock) -> Iterator[Play]:
    monkeypatch.setattr("vaelab.engine.engine.TICK", 0.01)
    engine = Engine(RunStore(tmp_path), slots=1, start_worker=Puppet, clock=watch)
    yield Play(engine)
    engine.close()


def test_a_run_waits_until_its_worker_has_its_folder(play: Play) -> None:
    assert (play.run.status().state, play.engine.place(play.run)) == ("queued", None)
    play.looked_again()
    assert play.run.status().state == "queued"
    play.says("running")
    until(lambda: play.run.meta.place is None)
    assert play.run.status().state == "running"


def pause_and_release(play: Play, monkeypatch) -> None:
    """Up to the moment in which the worker has read that it is to release its paused run."""
    play.says("running")
    play.engine.ask(play.run, "pause")
    play.says("paused", epoch=1.5)
    monkeypatch.setattr(scheduler, "PAUSE_HOLDS", 0.0)
    until(lambda: play.run.request().action == "release")


@pytest.mark.parametrize(("action", "wanted"), [("resume", "run"), ("epoch", "run"), ("stop", "stop")])
def test_a_wish_too_late_for_a_worker_is_done_by_the_next(
    play: Play, monkeypatch, action: Any, wanted: str
) -> None:
    pause_and_release(play, monkeypatch)
    play.engine.ask(play.run, action)
    play.says("paused", pid=0, epoch=1.5)
    play.worker.done = True
    play.is_given_again()
    assert play.run.request().action == wanted
    assert play.run.request().until_epoch == (2 if action == "epoch" else None)


def test_a_pause_too_late_for_a_worker_stays_a_pause(play: Play, monkeypatch) -> None:
    pause_and_release(play, monkeypatch)
    play.engine.ask(play.run, "pause")
    play.says("paused", pid=0, epoch=1.5)
    play.worker.done = True
    until(lambda: play.worker.run_id is None)
    play.looked_again()
    assert (play.run.status().state, play.engine.place(play.run)) == ("paused", None)
    assert play.worker.given == [play.run.id]


@pytest.mark.parametrize("already_stopped", [True, False])
def test_resuming_in_the_moment_of_the_stop_resumes(play: Play, already_stopped: bool) -> None:
    play.says("running")
    play.engine.ask(play.run, "stop")
    if already_stopped:
        play.says("stopped", pid=0)
        play.engine.ask(play.run, "resume")
    else:
        play.engine.ask(play.run, "resume")
        play.says("stopped", pid=0)
    play.worker.done = True
    play.is_given_again()


@pytest.mark.parametrize(("action", "wanted"), [("resume", "run"), ("stop", "stop")])
def test_a_wish_before_the_death_of_the_worker_was_noticed_is_done_by_the_next(
    play: Play, action: Any, wanted: str
) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        pass
    play.says("running", pid=dead.pid)
    until(lambda: play.run.meta.place is None)
    assert play.run.status().state == "interrupted"
    play.engine.ask(play.run, action)
    play.worker.done = True
    play.is_given_again()
    assert play.run.status().state == "queued"
    assert play.run.request().action == wanted


def test_a_resume_that_the_worker_has_not_read_yet_is_not_taken_back(play: Play, monkeypatch) -> None:
    play.says("running")
    play.engine.ask(play.run, "pause")
    play.says("paused", epoch=1.5)
    play.engine.ask(play.run, "resume")
    monkeypatch.setattr(scheduler, "PAUSE_HOLDS", 0.0)
    play.looked_again()
    assert play.run.request().action == "run"


def test_a_long_pause_gives_its_worker_back(clock: Clock, play: Play) -> None:
    play.says("running")
    play.engine.ask(play.run, "pause")
    play.says("paused")
    play.looked_again()
    clock.now += PAUSE_HOLDS - 1
    play.looked_again()
    assert play.run.request().action == "pause"
    clock.now += 2
    until(lambda: play.run.request().action == "release")


def test_two_short_pauses_are_no_long_one(clock: Clock, play: Play) -> None:
    """Not even if the first one ended with the worker."""
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        pass
    play.says("running")
    play.engine.ask(play.run, "pause")
    play.says("paused")
    play.looked_again()
    with play.engine._lock:  # both at once
        play.says("paused", pid=dead.pid)
        play.worker.done = True
    until(lambda: play.worker.run_id is None)
    clock.now += PAUSE_HOLDS + 1
    play.engine.ask(play.run, "resume")
    play.is_given_again()
    play.worker = worker_at_work(play.engine)
    with play.engine._lock:
        play.run.set_request(Request(action="pause"))
        play.says("paused")
    play.looked_again()
    assert play.run.request().action == "pause"


def test_two_servers_on_one_folder_train_each_run_once(play: Play) -> None:
    play.says("running")
    until(lambda: play.run.meta.place is None)
    waiting = play.engine.submit(SHORT)
    other = Engine(play.engine.store, slots=1, start_worker=Puppet)
    try:
        say(worker_at_work(other), waiting, "running")
        until(lambda: waiting.meta.place is None)
        play.says("finished", pid=0)
        play.worker.done = True
        until(lambda: play.worker.run_id is None)
        play.looked_again()
        assert play.engine.place(waiting) is None
        pool = play.engine._scheduler.pool
        assert waiting.id not in [run_id for made in pool.workers for run_id in made.given]
    finally:
        other.close()


def test_workers_that_cannot_begin_are_not_tried_all_the_time(tmp_path: Path, clock: Clock) -> None:
    """As where PyTorch cannot be imported."""
    made: list[Stillborn] = []
    engine = Engine(
        RunStore(tmp_path), start_worker=lambda on_change: made.append(Stillborn()) or made[-1], clock=clock
    )
    until(lambda: made)
    engine.close()  # from here on it looks when the test says so
    engine._scheduler.look_after_workers()
    tried = len(made)
    clock.now += TRY_AGAIN - 1
    engine._scheduler.look_after_workers()
    assert len(made) == tried
    clock.now += 2
    engine._scheduler.look_after_workers()
    assert len(made) == tried + 1
