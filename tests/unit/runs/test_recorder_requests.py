"""What is asked of a run while it is recorded or prepared, and that it has one writer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.recorded import ENDLESS, Training, finish, same_run
from vaelab import events
from vaelab.data import Dataset
from vaelab.events import Dials, Event, Request
from vaelab.runs import History, Recorder, Run, RunDamaged, RunStore
from vaelab.runs.arrays import read_checkpoint
from vaelab.runs.errors import RunBusy, Withdrawn
from vaelab.training import train

# Asked while it trains


def train_until_paused(run: Run, training: Training, until: int, then: Request) -> list[Event]:
    """Train, pause after so many epochs, and ask for something else in the pause."""
    run.set_request(Request(until_epoch=until))
    said = []
    for event in training(Recorder(run)):
        said.append(event)
        if isinstance(event, events.Paused):
            assert run.status().state == "paused"
            run.set_request(then)
    return said


def test_stop_ends_it_with_a_last_evaluation(store: RunStore, training: Training) -> None:
    run = store.create(ENDLESS)
    said = []
    for event in training(Recorder(run)):
        said.append(event)
        if isinstance(event, events.Step) and event.step == 3:
            run.set_request(Request(action="stop"))
    end = said[-1]
    assert isinstance(end, events.Finished)
    assert (end.reason, run.status().state) == ("stopped", "stopped")
    assert History(run).evaluated["step"][-1] == end.step == read_checkpoint(run).step


def test_pause_and_resume_change_nothing(run: Run, undisturbed: Run, training: Training) -> None:
    said = train_until_paused(run, training, 1, then=Request())
    names = [events.event_name(event) for event in said if not isinstance(event, events.Preview)]
    assert names.index("paused") + 1 == names.index("continued")
    assert run.status().state == "finished"
    same_run(run, undisturbed)


def test_a_released_pause_is_resumed_exactly(run: Run, undisturbed: Run, training: Training) -> None:
    train_until_paused(run, training, 2, then=Request(action="release"))
    status = run.status()
    assert (status.state, status.epoch, status.pid) == ("paused", 2.0, 0)
    assert status.seconds > 0
    run.set_request(Request())
    recorder = Recorder(run)
    assert (run.status().step, run.status().epoch) == (10, 2.0)
    for _ in training(recorder):
        pass
    same_run(run, undisturbed)


@pytest.mark.parametrize("after", [3, 9, 20])
def test_a_steered_run_is_resumed_exactly_after_it_was_killed(
    after: int, run: Run, tiny: Dataset, training: Training
) -> None:
    """Its events are those of a training of which all changes are known from the start."""
    run.set_request(Request(until_epoch=1, dials=Dials(beta=4.0), change=1))
    recorded = training(Recorder(run))
    for event in recorded:
        if isinstance(event, events.Paused):
            run.set_request(Request(dials=Dials(learning_rate=0.01), change=2))
        if isinstance(event, events.Step) and event.step > 5 and (after := after - 1) == 0:
            break
    recorded.close()
    finish(run, training)
    changes = [events.Changed(**row) for row in History(run).changed.rows()]
    assert [(change.field, change.value, change.step) for change in changes] == [
        ("beta", 4.0, 0), ("beta", None, 5), ("learning_rate", 0.01, 5),
    ]  # fmt: skip
    assert run.status().changes == len(changes)
    assert run.in_words.endswith("steered by hand")
    known = list(train(run.config, data=tiny, changes=changes, request=run.request, threads=1))
    assert [events.as_json(event) for event in known if isinstance(event, events.Step)] == [
        {"event": "step", **row} for row in History(run).steps.rows()
    ]
    assert [event for event in known if isinstance(event, events.Changed)] == changes


def test_a_wish_that_cannot_be_read_changes_nothing(run: Run, undisturbed: Run, training: Training) -> None:
    (run.path / "request.json").write_text("{")
    finish(run, training)
    same_run(run, undisturbed)


def test_of_two_wishes_at_the_same_time_the_later_counts(store: RunStore) -> None:
    """Times of files are too coarse to tell a later file from an earlier one."""
    run = store.create(ENDLESS)
    recorder = Recorder(run)
    for request in (Request(action="pause"), Request(action="stop"), Request()):
        run.set_request(request)
        os.utime(run.path / "request.json", ns=(1, 1))
        recorder._looked = 0.0
        assert recorder.request() == request


def test_who_records_can_overrule_the_wish(store: RunStore, training: Training) -> None:
    run, released = store.create(ENDLESS), Request(action="release")
    run.set_request(Request(action="pause"))
    said = list(training(Recorder(run, lambda: released)))
    assert isinstance(said[-1], events.Finished)
    assert (said[-1].reason, run.status().state) == ("released", "interrupted")


# One writer


def test_a_run_has_one_writer(run: Run, training: Training, monkeypatch) -> None:
    monkeypatch.setattr("vaelab.runs.recorder.WRITER_ENDS_WITHIN", 0.0)
    recorded = training(Recorder(run))
    next(recorded)
    before = {path: path.stat().st_mtime_ns for path in run.path.iterdir()}
    with pytest.raises(RunBusy, match=f"Run {run.id} is being trained by another process"):
        Recorder(run)
    assert {path: path.stat().st_mtime_ns for path in run.path.iterdir()} == before
    recorded.close()
    finish(run, training)
    finish(run, training)


def test_a_deleted_run_is_not_made_anew(store: RunStore, run: Run) -> None:
    store.delete(run)
    with pytest.raises(RunDamaged, match="has been deleted"):
        Recorder(run)
    assert not run.path.exists()


def test_a_run_deleted_while_it_trains_ends(store: RunStore, training: Training) -> None:
    run = store.create(ENDLESS)
    recorded = training(Recorder(run))
    next(recorded)
    store.delete(run)
    with pytest.raises(OSError, match="No such file"):
        list(recorded)
    assert list(store.root.iterdir()) == []


# Before the first event


def preparing(recorder: Recorder, told: list[str]) -> Iterator[Event]:
    """A data set that has to be fetched first, and a look at what the run says meanwhile."""
    for percent in range(0, 100, 10):
        recorder._looked = recorder._beaten = 0.0
        recorder.prepare(percent / 100, f"Fetching, {percent} %")
        told.append(recorder.run.status().message)
    yield from ()


def test_preparations_are_told(run: Run) -> None:
    recorder, told = Recorder(run), []
    list(recorder.record(preparing(recorder, told)))
    assert told == [f"Fetching, {percent} %" for percent in range(0, 100, 10)]


def test_a_message_of_preparations_ends_with_them(run: Run, training: Training) -> None:
    recorder = Recorder(run)
    recorder.prepare(0.5, "Fetching")
    messages = [run.status().message for event in training(recorder) if isinstance(event, events.Step)]
    assert set(messages) == {""}


@pytest.mark.parametrize(("action", "state"), [("stop", "stopped"), ("release", "interrupted")])
def test_preparations_can_be_ended(run: Run, action: Any, state: str) -> None:
    run.set_request(Request(action=action))
    recorder, told = Recorder(run), []
    assert list(recorder.record(preparing(recorder, told))) == []
    assert told == []
    assert (run.status().state, run.status().pid) == (state, 0)
    with pytest.raises(Withdrawn):
        Recorder(run).prepare(0.0, "again")
