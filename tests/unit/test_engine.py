"""Runs train in worker processes in the order of the queue, and no wish and no run is ever lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import takewhile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from tests.unit.waiting import until
from vaelab import engine as engine_module
from vaelab import events
from vaelab.config import RunConfig
from vaelab.engine import PAUSE_HOLDS, TRY_AGAIN, Engine
from vaelab.events import Request
from vaelab.history import History
from vaelab.recording import Recorder
from vaelab.run_folder import Run
from vaelab.runs import RunStore
from vaelab.trained import load_run
from vaelab.training import train

SHORT = RunConfig(train_size=500, hidden="16", batch_size=100, epochs=1)
ENDLESS = RunConfig(train_size=500, hidden="16", batch_size=10, epochs=500)
"""Trains until it is told not to: its epochs of 50 steps take minutes altogether."""
COMPARED = 4
"""Epochs of ENDLESS that are compared."""


def workers() -> set[int]:
    """Numbers of this process's living workers."""
    found = set()
    for child in psutil.Process().children():
        try:
            if "vaelab.worker" in child.cmdline() and child.status() != psutil.STATUS_ZOMBIE:
                found.add(child.pid)
        except psutil.Error:
            continue
    return found


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    return RunStore(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def shared(store: RunStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One engine for most tests, on a machine without a network and with nothing downloaded."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("VAELAB_CACHE", str(tmp_path_factory.mktemp("cache")))
        for scheme in ("http", "https"):
            patched.setenv(f"{scheme}_proxy", "http://127.0.0.1:9")
        made = Engine(store, slots=1, threads=1)
        yield made
        made.close()


@pytest.fixture
def engine(shared: Engine) -> Iterator[Engine]:
    """The engine, with nothing to do before and after a test."""
    yield shared
    for run in shared.store.runs():
        shared.ask(run, "stop")
    until(lambda: not any(run.status().active for run in shared.store.runs()))


def reaches(run: Run, *states: str) -> str:
    return until(lambda: (state := run.status().state) in states and state, run.status)


def trains_on(run: Run, steps: int = 3) -> None:
    """It runs, and gets on."""
    before = run.status().step
    until(lambda: run.status().state == "running" and run.status().step > before + steps, run.status)


def measured(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    names = [name for name in columns if name != "seconds"]
    return [
        dict(zip(names, row, strict=True)) for row in zip(*(columns[name] for name in names), strict=True)
    ]


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, list[dict[str, Any]]]:
    """What ENDLESS measures in this process, on as many threads as the engine gives."""
    said: dict[str, list[dict[str, Any]]] = {"step": [], "evaluated": []}
    training = train(ENDLESS, threads=1)
    for event in takewhile(lambda event: getattr(event, "epoch", 0.0) <= COMPARED, training):
        values = events.as_json(event)
        if (kind := values.pop("event")) in said:
            values.pop("seconds", None)
            said[kind].append(values)
    return said


def agrees(run: Run, undisturbed: dict[str, list[dict[str, Any]]]) -> None:
    """Its losses of the first epochs are those of the undisturbed run, to the last bit."""
    said = History(run)
    assert [row for row in measured(said.steps) if row["epoch"] <= COMPARED] == undisturbed["step"]
    whole = [row for row in measured(said.evaluated) if row["epoch"] in range(1, COMPARED + 1)]
    assert whole == undisturbed["evaluated"]


def trained_so_far(run: Run) -> None:
    until(lambda: run.status().epoch > COMPARED, run.status)


# A run from its start to its end


def test_a_run_gives_exactly_the_losses_of_train(engine: Engine, undisturbed: Any) -> None:
    run = engine.submit(ENDLESS, owner="somebody")
    trained_so_far(run)
    engine.ask(run, "stop")
    reaches(run, "stopped")
    agrees(run, undisturbed)
    assert (run.status().threads, run.meta.owner) == (1, "somebody")
    assert load_run(run).config == ENDLESS


def test_at_no_moment_it_looks_like_a_run_that_nobody_trains(engine: Engine) -> None:
    run, seen = engine.submit(SHORT), [""]

    def look() -> bool:
        state = run.status().state
        seen.extend([state] if seen[-1] != state else [])
        assert seen == ["", *(known for known in ("queued", "running", "finished") if known in seen)]
        return state == "finished"

    until(look, lambda: seen)
    assert run.meta.place is None


def test_a_click_meets_a_worker_that_is_warm(engine: Engine) -> None:
    """The process that trains was there before it was needed, and soon the next one is."""
    before = until(workers)
    first = engine.submit(ENDLESS)
    reaches(first, "running")
    trainer = first.status().pid
    assert trainer in before
    until(lambda: len(workers()) == 2)
    (spare,) = workers() - {trainer}
    engine.ask(first, "stop")
    reaches(first, "stopped")
    assert {trainer, spare} <= workers()


def test_runs_wait_their_turn(engine: Engine) -> None:
    first, second, third = (engine.submit(config) for config in (ENDLESS, SHORT, SHORT))
    reaches(first, "running")
    assert [engine.place(run) for run in (first, second, third)] == [None, 1, 2]
    assert (second.status().state, third.status().state) == ("queued", "queued")
    engine.ask(first, "stop")
    for run in (second, third):
        reaches(run, "finished")
    assert History(second).finished["seconds"] > 0
    assert second.status().heartbeat <= third.status().heartbeat


def test_it_can_begin_with_one_epoch(engine: Engine) -> None:
    run = engine.submit(ENDLESS, until_epoch=1)
    reaches(run, "paused")
    assert run.status().epoch == 1.0


# What can be asked of a run in each state


def test_a_running_run_pauses_goes_on_and_stops(engine: Engine, undisturbed: Any) -> None:
    run = engine.submit(ENDLESS)
    trains_on(run)
    engine.ask(run, "pause")
    reaches(run, "paused")
    paused_at = run.status()
    assert paused_at.has_writer
    engine.ask(run, "epoch")
    until(lambda: run.status().state == "paused" and run.status().epoch > paused_at.epoch, run.status)
    assert run.status().epoch == int(paused_at.epoch) + 1
    engine.ask(run, "resume")
    trained_so_far(run)
    engine.ask(run, "stop")
    reaches(run, "stopped")
    assert History(run).evaluated["step"][-1] == run.status().step
    agrees(run, undisturbed)


def test_a_stopped_run_goes_on_exactly(engine: Engine, undisturbed: Any) -> None:
    run = engine.submit(ENDLESS)
    trains_on(run)
    engine.ask(run, "stop")
    reaches(run, "stopped")
    engine.ask(run, "resume")
    trained_so_far(run)
    engine.ask(run, "stop")
    reaches(run, "stopped")
    agrees(run, undisturbed)


@pytest.fixture
def released(engine: Engine) -> tuple[Run, Run]:
    """A run whose pause was ended for another one, and that other one, in training."""
    paused = engine.submit(ENDLESS)
    trains_on(paused)
    engine.ask(paused, "pause")
    reaches(paused, "paused")
    other = engine.submit(ENDLESS)
    trains_on(other)
    assert (paused.status().state, paused.status().has_writer) == ("paused", False)
    return paused, other


def test_a_released_pause_stops_at_once(engine: Engine, released: tuple[Run, Run]) -> None:
    """Whoever trains need not end first."""
    paused, other = released
    engine.ask(paused, "stop")
    reaches(paused, "stopped")
    assert other.status().state == "running"
    assert History(paused).evaluated["step"][-1] == paused.status().step
    trains_on(other)


def test_a_released_pause_goes_on_for_an_epoch_before_those_that_wait(
    engine: Engine, released: tuple[Run, Run], undisturbed: Any
) -> None:
    paused, other = released
    at = paused.status().epoch
    behind = engine.submit(SHORT)
    engine.ask(paused, "epoch")
    assert (engine.place(paused), engine.place(behind)) == (1, 2)
    assert paused.status().state == "queued"
    engine.ask(other, "stop")
    until(lambda: paused.status().state == "paused" and paused.status().epoch > at, paused.status)
    assert paused.status().epoch == int(at) + 1
    reaches(behind, "finished")
    engine.ask(paused, "resume")
    trained_so_far(paused)
    engine.ask(paused, "stop")
    reaches(paused, "stopped")
    agrees(paused, undisturbed)


@pytest.fixture
def waiting(engine: Engine) -> tuple[Run, Run]:
    """A run that waits and has not begun, and the one it waits for."""
    first, second = engine.submit(ENDLESS), engine.submit(SHORT)
    reaches(first, "running")
    return second, first


def test_stopping_a_run_that_has_not_begun_removes_it(engine: Engine, waiting: tuple[Run, Run]) -> None:
    run, other = waiting
    engine.ask(run, "stop")
    assert engine.place(run) is None
    assert run not in engine.store.runs()
    trains_on(other)


def test_a_run_that_waits_can_be_paused(engine: Engine, waiting: tuple[Run, Run]) -> None:
    run, other = waiting
    behind = engine.submit(SHORT)
    engine.ask(run, "pause")
    assert (run.status().state, engine.place(run), engine.place(behind)) == ("paused", None, 1)
    engine.ask(run, "pause")
    engine.ask(run, "resume")  # at the end: it has not begun, so it has no better right than others
    assert (run.status().state, engine.place(run), engine.place(behind)) == ("queued", 2, 1)
    engine.ask(other, "stop")
    reaches(run, "finished")


def test_a_run_that_waits_can_be_told_to_pause_after_an_epoch(engine: Engine) -> None:
    first, run = engine.submit(ENDLESS), engine.submit(ENDLESS)
    reaches(first, "running")
    engine.ask(run, "epoch")
    assert engine.place(run) == 1
    engine.ask(first, "stop")
    reaches(run, "paused")
    assert run.status().epoch == 1.0


def test_a_paused_run_that_waits_again_can_be_called_back(engine: Engine, released: tuple[Run, Run]) -> None:
    paused, _ = released
    engine.ask(paused, "resume")
    assert paused.status().state == "queued"
    engine.ask(paused, "stop")
    assert (paused.status().state, engine.place(paused)) == ("paused", None)


@pytest.mark.parametrize("action", ["pause", "resume", "epoch", "stop"])
def test_a_run_that_is_over_stays_as_it_is(store: RunStore, engine: Engine, action: Any) -> None:
    run = next((run for run in store.runs() if run.status().state == "finished"), None)
    if run is None:
        run = engine.submit(SHORT)
        reaches(run, "finished")
    before = {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}
    engine.ask(run, action)
    assert engine.place(run) is None
    assert {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()} == before


def test_resuming_in_the_moment_of_the_release_is_never_lost(
    engine: Engine, undisturbed: Any, monkeypatch
) -> None:
    monkeypatch.setattr(engine_module, "PAUSE_HOLDS", 0.0)
    run = engine.submit(ENDLESS)
    for _ in range(5):
        trains_on(run)
        engine.ask(run, "pause")
        reaches(run, "paused")
        engine.ask(run, "resume")
    trained_so_far(run)
    engine.ask(run, "stop")
    reaches(run, "stopped")
    agrees(run, undisturbed)


# What can go wrong


def test_a_killed_worker_leaves_a_run_that_goes_on_exactly(engine: Engine, undisturbed: Any) -> None:
    run, behind = engine.submit(ENDLESS), engine.submit(SHORT)
    until(lambda: run.status().epoch > 1.1, run.status)
    os.kill(run.status().pid, signal.SIGKILL)
    reaches(run, "interrupted")
    assert "resumed from its last epoch" in run.status().message
    reaches(behind, "finished")
    engine.ask(run, "resume")
    trained_so_far(run)
    engine.ask(run, "stop")
    reaches(run, "stopped")
    agrees(run, undisturbed)


def test_a_data_set_that_cannot_be_had_ends_the_run_with_a_sentence(engine: Engine) -> None:
    run = engine.submit(SHORT.variant(dataset="kmnist"))
    reaches(run, "failed")
    assert run.status().message.startswith("KMNIST could not be fetched from http://codh.rois.ac.jp/")
    assert "\n" not in run.status().message


def test_deleted_and_damaged_runs_hold_up_nobody(engine: Engine, waiting: tuple[Run, Run]) -> None:
    deleted, training = waiting
    damaged, unreadable, last = (engine.submit(SHORT) for _ in range(3))
    engine.store.delete(deleted)
    (damaged.path / "meta.json").write_text("{")
    (unreadable.path / "request.json").write_text("{")
    behind = engine.submit(SHORT)
    engine.store.delete(training)
    for run in (last, behind):
        reaches(run, "finished")
    for run in (damaged, unreadable):
        engine.store.delete(run)


def test_a_run_of_another_process_is_asked_and_not_trained(engine: Engine) -> None:
    """As with `python -m vaelab train` in the folder of the app."""
    run = engine.store.create(ENDLESS)
    recorder = Recorder(run)
    for action, wanted in (("pause", "pause"), ("resume", "run"), ("epoch", "run"), ("stop", "stop")):
        engine.ask(run, action)
        assert (engine.place(run), run.status().state) == (None, "running")
        assert run.request().action == wanted
    recorder.record(iter([])).close()
    list(recorder.record(train(ENDLESS, request=recorder.request, threads=1)))
    assert run.status().state == "stopped"


# Trained on


def test_a_run_is_trained_on_in_a_new_one(engine: Engine) -> None:
    parent = engine.submit(SHORT.variant(stop_loss=1000))
    reaches(parent, "finished")
    before = {path: path.read_bytes() for path in parent.path.rglob("*") if path.is_file()}
    child = engine.train_on(parent, 2, owner="somebody")
    assert (child.meta.parent, child.meta.owner) == (parent.id, "somebody")
    reaches(child, "finished")
    assert child.config == parent.config.variant(epochs=3, stop_loss=None)
    said, earlier = History(child), History(parent)
    assert said.evaluated["epoch"] == [1.0, 2.0, 3.0]
    assert said.evaluated["recon"][0] == earlier.evaluated["recon"][0]
    assert child.status().message == "All 3 epochs are done."
    assert {path: path.read_bytes() for path in parent.path.rglob("*") if path.is_file()} == before


def test_why_a_run_cannot_be_trained_on(engine: Engine, store: RunStore) -> None:
    run = engine.submit(SHORT)
    with pytest.raises(ValueError, match="is not over"):
        engine.train_on(run, 1)
    reaches(run, "finished")
    with pytest.raises(ValueError, match=r"^epochs: must be a whole number from 1 to 500, not 501\.$"):
        engine.train_on(run, 500)
    (run.path / "resume.safetensors").unlink()
    with pytest.raises(ValueError, match="without its optimizer's state"):
        engine.train_on(run, 1)
    assert not [other for other in store.runs() if other.meta.parent == run.id]


# Beginning and ending


def test_the_queue_survives_the_server(tmp_path: Path, undisturbed: Any) -> None:
    store, before = RunStore(tmp_path), workers()
    engine = Engine(store, slots=1, threads=1)
    first, second, third = (engine.submit(config) for config in (ENDLESS, SHORT, SHORT))
    trains_on(first)
    engine.ask(third, "pause")
    engine.ask(third, "resume")
    engine.close()
    assert workers() <= before
    assert (first.status().state, first.status().message) == ("interrupted", "Waiting to be resumed.")
    assert [run.status().state for run in (second, third)] == ["queued", "queued"]
    again = Engine(store, slots=2, threads=1)
    try:
        assert [again.place(run) for run in (first, second, third)] == [None, 1, 2]
        again.ask(first, "resume")
        assert again.place(first) == 1
        until(lambda: all(run.status().state == "finished" for run in (second, third)))
        assert first.status().state == "running"  # beside the others: there is room for two
        trained_so_far(first)
    finally:
        again.close()
        again.close()
    agrees(first, undisturbed)
    assert workers() <= before


def test_closing_leaves_no_process_even_one_that_hangs(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(engine_module, "END_WITHIN", 0.5)
    before = workers()
    engine = Engine(RunStore(tmp_path), slots=1, threads=1)
    run = engine.submit(ENDLESS)
    trains_on(run)
    os.kill(run.status().pid, signal.SIGSTOP)
    engine.close()
    assert workers() <= before
    assert run.status().state == "interrupted"
    assert engine_module.END_WITHIN < 10


@pytest.fixture
def clock(monkeypatch) -> SimpleNamespace:
    """The engine's clock, which stands still until the test moves it."""
    made = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(engine_module, "time", SimpleNamespace(monotonic=lambda: made.now))
    return made


def test_workers_that_cannot_begin_are_not_tried_all_the_time(
    tmp_path: Path, monkeypatch, clock: SimpleNamespace
) -> None:
    """As where PyTorch cannot be imported."""
    made: list[Stillborn] = []
    monkeypatch.setattr(
        engine_module, "WorkerProcess", lambda on_change: made.append(Stillborn()) or made[-1]
    )
    engine = Engine(RunStore(tmp_path))
    until(lambda: made)
    engine.close()  # from here on it looks when the test says so
    engine._look_after_workers()
    tried = len(made)
    clock.now += TRY_AGAIN - 1
    engine._look_after_workers()
    assert len(made) == tried
    clock.now += 2
    engine._look_after_workers()
    assert len(made) == tried + 1


# Wishes that cross a worker's answer, with a worker that answers when the test says so


class Puppet:
    """A worker without a process; the test writes what it would write."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self.on_change = on_change
        self.ready, self.started = True, False
        self.run_id: str | None = None
        self.done = False
        self.given: list[str] = []
        self.looks = 0

    def train(self, run: Run, threads: int) -> None:
        """Take a run."""
        self.run_id, self.started, self.done = run.id, False, False
        self.given.append(run.id)

    def take_done(self) -> str | None:
        """Give it back."""
        self.looks += 1
        if not self.done:
            return None
        run_id, self.run_id, self.done = self.run_id, None, False
        return run_id

    def alive(self) -> bool:
        """Live for ever."""
        return True

    def finish(self) -> None:
        """Have nothing to finish."""

    def join(self, deadline: float) -> None:
        """Have nothing to wait for."""


class Stillborn(Puppet):
    """A worker that dies before it is ready."""

    def __init__(self) -> None:
        super().__init__(lambda: None)
        self.ready = False

    def alive(self) -> bool:
        """Be dead."""
        return False


def say(worker: Any, run: Run, state: str, pid: int = os.getpid(), **values: Any) -> None:
    """Write a run's status as the recorder of its worker would."""
    recorder = Recorder(run)
    recorder._update(state=state, pid=pid, **values)
    recorder._log.close()
    recorder._lock.release()
    worker.started = True


def worker_at_work(engine: Engine) -> Any:
    return until(lambda: next((made for made in engine._workers if made.run_id), None))


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
        until(lambda: sum(made.given.count(self.run.id) for made in self.engine._workers) == 2)


@pytest.fixture
def play(tmp_path: Path, monkeypatch) -> Iterator[Play]:
    monkeypatch.setattr(engine_module, "WorkerProcess", Puppet)
    monkeypatch.setattr(engine_module, "TICK", 0.01)
    engine = Engine(RunStore(tmp_path), slots=1)
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
    monkeypatch.setattr(engine_module, "PAUSE_HOLDS", 0.0)
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
    monkeypatch.setattr(engine_module, "PAUSE_HOLDS", 0.0)
    play.looked_again()
    assert play.run.request().action == "run"


def test_a_long_pause_gives_its_worker_back(clock: SimpleNamespace, play: Play) -> None:
    play.says("running")
    play.engine.ask(play.run, "pause")
    play.says("paused")
    play.looked_again()
    clock.now += PAUSE_HOLDS - 1
    play.looked_again()
    assert play.run.request().action == "pause"
    clock.now += 2
    until(lambda: play.run.request().action == "release")


def test_two_short_pauses_are_no_long_one(clock: SimpleNamespace, play: Play) -> None:
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
    other = Engine(play.engine.store, slots=1)
    try:
        say(worker_at_work(other), waiting, "running")
        until(lambda: waiting.meta.place is None)
        play.says("finished", pid=0)
        play.worker.done = True
        until(lambda: play.worker.run_id is None)
        play.looked_again()
        assert play.engine.place(waiting) is None
        assert waiting.id not in [run_id for made in play.engine._workers for run_id in made.given]
    finally:
        other.close()
