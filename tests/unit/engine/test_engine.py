"""Runs train in worker processes in the order of the queue, whatever happens to one of them."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.support.following import ENDLESS, SHORT, agrees, reaches, trained_so_far, trains_on, workers
from tests.support.waiting import until
from vaelab.analysis.load import load_run
from vaelab.engine import Engine
from vaelab.engine.engine import WORKERS_END_WITHIN
from vaelab.engine.pool import Pool
from vaelab.runs import History, Recorder, Run, RunStore
from vaelab.runs.measures import FILE
from vaelab.settings import Settings
from vaelab.training import train

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
    before = _recorded(parent)
    child = engine.train_on(parent, 2, owner="somebody")
    assert (child.meta.parent, child.meta.owner) == (parent.id, "somebody")
    reaches(child, "finished")
    assert child.config == parent.config.variant(epochs=3, stop_loss=None)
    said, earlier = History(child), History(parent)
    assert said.evaluated["epoch"].tolist() == [1.0, 2.0, 3.0]
    assert said.evaluated["recon"][0] == earlier.evaluated["recon"][0]
    assert child.status().message == "All 3 epochs are done."
    assert _recorded(parent) == before


def _recorded(run: Run) -> dict[Path, bytes]:
    """All that its training has written; the measures come when they come."""
    return {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file() and path.name != FILE}


def test_why_a_run_cannot_be_trained_on(engine: Engine, store: RunStore) -> None:
    run = engine.submit(SHORT)
    with pytest.raises(ValueError, match="is not over"):
        engine.train_on(run, 1)
    reaches(run, "finished")
    with pytest.raises(ValueError, match=r"^Epochs: must be a whole number from 1 to 500, not 501\.$"):
        engine.train_on(run, 500)
    (run.path / "resume.safetensors").unlink()
    with pytest.raises(ValueError, match="without its optimizer's state"):
        engine.train_on(run, 1)
    assert not [other for other in store.runs() if other.meta.parent == run.id]


# Beginning and ending


def test_the_queue_survives_the_server(tmp_path: Path, undisturbed: Any, monkeypatch) -> None:
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
    with monkeypatch.context() as nobody:
        nobody.setattr(Pool, "idle", [])  # is there to train yet
        again = Engine(store, threads=1, limits=Settings(server_running=2))
        places = [again.place(run) for run in (first, second, third)]
        again.ask(first, "resume")
        places.append(again.place(first))
    try:
        assert places == [None, 1, 2, 1]
        until(lambda: all(run.status().state == "finished" for run in (second, third)))
        assert first.status().state == "running"  # beside the others: there is room for two
        trained_so_far(first)
    finally:
        again.close()
        again.close()
    agrees(first, undisturbed)
    assert workers() <= before


def test_closing_leaves_no_process_even_one_that_hangs(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("vaelab.engine.engine.WORKERS_END_WITHIN", 0.5)
    before = workers()
    engine = Engine(RunStore(tmp_path), slots=1, threads=1)
    run = engine.submit(ENDLESS)
    trains_on(run)
    os.kill(run.status().pid, signal.SIGSTOP)
    engine.close()
    assert workers() <= before
    assert run.status().state == "interrupted"
    assert WORKERS_END_WITHIN < 10
