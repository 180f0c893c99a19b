"""Workers that hang are ended, and runs that were left alone are paused."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import Clock
from tests.support.following import ENDLESS, agrees, reaches, trained_so_far, trains_on
from tests.support.puppets import Puppet, say
from tests.support.waiting import until
from vaelab.engine import Engine
from vaelab.engine.hung_workers import UNSEEN, Stillness
from vaelab.engine.presence import Presence
from vaelab.runs import Run, RunStore
from vaelab.settings import Settings

HALF_AN_HOUR = 1800.0


@pytest.fixture
def time() -> Clock:
    """The clock of all that watches, which stands still until the test moves it."""
    return Clock(1000.0)


def test_stillness_begins_anew_with_every_new_sign(time: Clock) -> None:
    still = Stillness(time)
    assert still.of("a", 1) == 0
    time.now += 5
    assert (still.of("a", 1), still.of("b", 1)) == (5, 0)
    assert still.of("a", 2) == 0
    time.now += 5
    still.forget("a")
    assert (still.of("a", 2), still.of("b", 1)) == (0, 5)


def test_a_time_in_which_nobody_looked_is_no_stillness(time: Clock) -> None:
    still = Stillness(time)
    still.of("a", 1)
    time.now += 10 * HALF_AN_HOUR
    assert still.of("a", 1) == UNSEEN
    time.now += 1
    assert still.of("a", 1) == UNSEEN + 1


def test_presence_counts_pages_and_remembers_when_the_last_one_went(time: Clock) -> None:
    there = Presence(time)
    time.now += 3
    assert there.absent("ann") == 3
    there.arrive("ann")
    there.arrive("ann")
    there.leave("ann")
    time.now += 7
    assert there.absent("ann") == 0
    there.leave("ann")
    time.now += 2
    assert (there.absent("ann"), there.absent("ben")) == (2, 12)
    there.see("ben")
    assert there.absent("ben") == 0


# A worker that hangs


def test_a_worker_that_hangs_is_ended_and_its_run_resumes(
    engine: Engine, undisturbed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = engine.submit(ENDLESS)
    trains_on(run)
    pid = run.status().pid
    os.kill(pid, signal.SIGSTOP)
    monkeypatch.setattr(engine._scheduler._hung, "minutes", 2 / 60)
    reaches(run, "interrupted")
    assert "no sign of life" in run.status().message
    monkeypatch.setattr(engine._scheduler._hung, "minutes", 10)
    engine.ask(run, "resume")
    trained_so_far(run)
    assert run.status().pid not in (0, pid)
    engine.ask(run, "stop")
    reaches(run, "stopped")
    assert run.meta.note == ""
    agrees(run, undisturbed)


class Stage:
    """An engine on one puppet, which the test moves with the clock."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, time: Clock, limits: Settings) -> None:
        monkeypatch.setattr("vaelab.engine.engine.TICK", 0.01)
        self.presence = Presence(time)
        self.engine = Engine(
            RunStore(root), slots=1, threads=1, limits=limits, presence=self.presence,
            start_worker=Puppet, clock=time,
        )  # fmt: skip
        self.killed: list[Puppet] = []
        monkeypatch.setattr(Puppet, "kill", lambda worker: self.killed.append(worker), raising=False)

    def submit(self, owner: str) -> Run:
        """Queue a run that does not end."""
        return self.engine.submit(ENDLESS, owner=owner)

    def works_on(self, run: Run) -> Any:
        """The worker that has the run."""
        return until(
            lambda: next((w for w in self.engine._scheduler.pool.workers if w.run_id == run.id), None)
        )

    def looks(self) -> None:
        """Wait until the engine has looked at everything after what the test did last."""
        worker: Any = self.engine._scheduler.pool.workers[0]
        before = worker.looks
        until(lambda: worker.looks > before + 1)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, time: Clock) -> Iterator[Callable[..., Stage]]:
    made: list[Stage] = []

    def make(**limits: Any) -> Stage:
        made.append(Stage(tmp_path, monkeypatch, time, replace(Settings(), **limits)))
        return made[-1]

    yield make
    for each in made:
        each.engine.close()


def lets_pass(seconds: int, time: Clock, play: Stage) -> None:
    """Let time pass while the engine looks."""
    for _ in range(0, seconds, 5):
        time.now += 5
        play.looks()


def test_neither_signs_of_life_nor_idleness_are_hanging(stage: Callable[..., Stage], time: Clock) -> None:
    play = stage(orphan_minutes=0, hung_minutes=1)
    run = play.submit("ann")
    worker = play.works_on(run)
    for _ in range(4):
        say(worker, run, "running")
        lets_pass(40, time, play)
    assert play.killed == []
    lets_pass(30, time, play)
    assert play.killed == [worker]
    assert "for 1 minute and" in run.meta.note


# Runs that were left alone


def test_a_run_whose_visitor_is_gone_is_paused_and_goes_on_when_asked(
    stage: Callable[..., Stage], time: Clock
) -> None:
    play = stage(orphan_minutes=30, hung_minutes=10**6)
    run = play.submit("ann")
    waiting = play.submit("ben")
    worker = play.works_on(run)
    say(worker, run, "running")
    play.presence.arrive("ann")
    play.presence.see("ben")
    time.now += HALF_AN_HOUR - 1
    play.looks()
    assert (run.request().action, waiting.status().state) == ("run", "queued")
    time.now += 10
    until(lambda: "30 minutes" in waiting.status().message)
    assert waiting.status().state == "paused"
    assert run.request().action == "run"
    play.presence.leave("ann")
    time.now += HALF_AN_HOUR
    until(lambda: run.request().action == "pause")
    say(worker, run, "paused")
    until(lambda: "30 minutes" in run.status().message)
    play.presence.arrive("ann")
    play.engine.ask(run, "resume")
    assert (run.request().action, run.meta.note) == ("run", "")


def test_what_somebody_watches_and_what_is_left_alone_on_purpose_goes_on(
    stage: Callable[..., Stage], time: Clock
) -> None:
    play = stage(orphan_minutes=30, hung_minutes=10**6)
    watched, of_nobody = play.submit("ann"), play.submit("")
    sweep = play.engine.submit_group([ENDLESS, ENDLESS], owner="ann", kind="sweep", axes=["seed"])
    left = play.submit("ann")
    time.now += HALF_AN_HOUR
    play.presence.see(watched.id)
    until(lambda: left.meta.note)
    assert left.status().state == "paused"
    assert [run.meta.note for run in (watched, of_nobody, *sweep)] == [""] * 4
    assert all(run.request().action == "run" for run in (watched, of_nobody, *sweep))


@pytest.mark.parametrize("limits", [{"orphan_minutes": 0}, {"single_user": True}])
def test_where_one_works_alone_nothing_is_paused(
    stage: Callable[..., Stage], time: Clock, limits: dict[str, Any]
) -> None:
    play = stage(hung_minutes=10**6, **limits)
    run, waiting = play.submit("ann"), play.submit("ann")
    play.works_on(run)
    time.now += 100 * HALF_AN_HOUR
    play.looks()
    assert (run.request().action, waiting.status().state) == ("run", "queued")
