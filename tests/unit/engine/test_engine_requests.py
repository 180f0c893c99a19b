"""What can be asked of a run in each state, and that nothing of it changes what is measured."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.following import ENDLESS, SHORT, agrees, reaches, trained_so_far, trains_on
from tests.support.waiting import until
from vaelab.engine import Engine, scheduler
from vaelab.events import Dials
from vaelab.runs import History, Run, RunStore


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


def test_dials_are_moved_while_it_trains_and_stay_through_a_pause(engine: Engine) -> None:
    run = engine.submit(ENDLESS)
    trains_on(run)
    engine.steer(run, Dials(beta=8.0))
    until(lambda: History(run).changed.last.get("value") == 8.0, run.status)
    engine.ask(run, "pause")
    reaches(run, "paused")
    engine.ask(run, "resume")
    trains_on(run)
    assert History(run).steps.last["beta"] == 8.0
    engine.steer(run, Dials())
    until(lambda: History(run).steps.last["beta"] == ENDLESS.beta, run.status)
    assert [row["value"] for row in History(run).changed.rows()] == [8.0, None]
    assert run.config == ENDLESS
    with pytest.raises(ValueError, match="beta"):
        engine.steer(run, Dials(beta=-1.0))


def test_a_run_that_is_over_takes_no_change(engine: Engine) -> None:
    run = engine.submit(SHORT)
    reaches(run, "finished")
    before = {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}
    engine.steer(run, Dials(beta=8.0))
    assert {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()} == before


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
    trains_on(paused)  # to stop it while it waits would only take it out of the queue
    trained_so_far(paused)
    engine.ask(paused, "stop")
    reaches(paused, "stopped")
    agrees(paused, undisturbed)


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
    monkeypatch.setattr(scheduler, "PAUSE_HOLDS", 0.0)
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
