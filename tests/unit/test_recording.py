"""A run's folder says what its training said, and whatever cuts it short, resuming makes it whole."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vaelab import arrays, events, files, recording
from vaelab.arrays import read_checkpoint, read_snapshot, read_weights
from vaelab.config import RunConfig
from vaelab.datasets import Dataset, DatasetUnavailable
from vaelab.events import Event, Request
from vaelab.history import History
from vaelab.recording import Recorder, RunBusy, Withdrawn
from vaelab.run_folder import Run, RunDamaged
from vaelab.runs import RunStore
from vaelab.training import train

CONFIG = RunConfig(train_size=500, hidden="16", batch_size=100, epochs=3)
ENDLESS = CONFIG.variant(epochs=500)

Training = Callable[[Recorder], Iterator[Event]]


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


@pytest.fixture
def run(store: RunStore) -> Run:
    return store.create(CONFIG)


@pytest.fixture
def training(tiny: Dataset) -> Training:
    """Record a run's training, going on from where it stands; nothing happens until it is iterated."""

    def made(recorder: Recorder) -> Iterator[Event]:
        config = recorder.run.config
        return recorder.record(
            train(config, data=tiny, resume=recorder.resume, request=recorder.request, threads=1)
        )

    return made


def losses(run: Run) -> tuple[dict[str, Any], dict[str, Any]]:
    """Everything that was measured, without the time it took."""
    said = History(run)
    evaluated = {name: column for name, column in said.evaluated.items() if name != "seconds"}
    return dict(said.steps), evaluated


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, tiny: Dataset) -> Run:
    """The run that nothing has cut short."""
    run = RunStore(tmp_path_factory.mktemp("undisturbed")).create(CONFIG)
    for _ in Recorder(run).record(train(CONFIG, data=tiny, threads=1)):
        pass
    return run


def same_run(first: Run, second: Run) -> None:
    """Two runs have measured the same and ended with the same model, bit for bit."""
    assert losses(first) == losses(second)
    assert first.snapshot_steps() == second.snapshot_steps()
    weights, expected = read_weights(first), read_weights(second)
    assert weights.keys() == expected.keys()
    assert all(np.array_equal(weights[name], expected[name]) for name in weights)


def finish(run: Run, training: Training) -> None:
    for _ in training(Recorder(run)):
        pass


# What is written


def test_the_folder_says_what_training_said(run: Run, training: Training) -> None:
    said = list(training(Recorder(run)))
    written = [json.loads(line) for line in (run.path / "events.jsonl").read_text().splitlines()]
    kinds = (events.Started, events.Step, events.Evaluated, events.Finished)
    assert written == [events.as_json(event) for event in said if isinstance(event, kinds)]
    snapshots = [event for event in said if isinstance(event, events.Snapshot)]
    assert run.snapshot_steps() == [event.step for event in snapshots]
    assert all(np.array_equal(read_snapshot(run, event.step).mean, event.mean) for event in snapshots)
    last = [event for event in said if isinstance(event, events.Checkpoint)][-1]
    kept = read_checkpoint(run)
    assert kept is not None
    assert (kept.step, kept.epoch) == (last.step, last.epoch)
    assert all(np.array_equal(kept.resume[name], array) for name, array in last.resume.items())
    assert all(np.array_equal(read_weights(run)[name], array) for name, array in last.model.items())


def test_the_status_says_how_it_stands(run: Run, training: Training) -> None:
    recorder = Recorder(run)
    status = run.status()
    assert (status.state, status.step, status.pid) == ("running", 0, os.getpid())
    for event in training(recorder):
        if isinstance(event, events.Started):
            status = run.status()
            known = (status.threads, status.device, status.steps_per_epoch, status.precision)
            assert known == (1, event.device, event.steps_per_epoch, event.precision)
    status = run.status()
    assert (status.state, status.step, status.epoch, status.pid) == ("finished", 15, 3.0, 0)
    assert status.message == "All 3 epochs are done."
    assert status.seconds == History(run).finished["seconds"]


def test_nothing_but_the_run_is_left(run: Run, training: Training) -> None:
    finish(run, training)
    assert sorted(path.name for path in run.path.iterdir()) == [
        ".writer.lock", "config.json", "events.jsonl", "meta.json", "model.safetensors", "preview.npz",
        "resume.safetensors", "snapshots", "status.json",
    ]  # fmt: skip


def test_two_runs_of_one_config_write_the_same(run: Run, undisturbed: Run, training: Training) -> None:
    finish(run, training)
    same_run(run, undisturbed)


# Cut short


@pytest.mark.parametrize("after", range(0, 30, 3))
def test_closed_after_any_event_it_is_interrupted_and_resumed_exactly(
    run: Run, undisturbed: Run, training: Training, after: int
) -> None:
    recorded = training(Recorder(run))
    for _ in range(after):
        next(recorded)
    recorded.close()
    # What was never begun has nothing to say of its end: its writer is simply gone.
    assert after == 0 or run.status().state == "interrupted"
    finish(run, training)
    assert run.status().state == "finished"
    same_run(run, undisturbed)


def test_a_resumed_run_shows_nothing_that_is_still_to_come(run: Run, training: Training) -> None:
    recorded = training(Recorder(run))
    next(event for event in recorded if isinstance(event, events.Snapshot) and event.step == 10)
    recorded.close()
    assert run.snapshot_steps()[-1] == 10
    recorder = Recorder(run)
    assert recorder.resume is not None
    assert (recorder.resume.step, run.status().step, run.status().epoch) == (5, 5, 1.0)
    assert run.snapshot_steps()[-1] == History(run).steps["step"][-1] == 5
    list(recorder.record(iter([])))


class Cut(Exception):
    """A process that ends between two system calls."""


WRITES = 2 + 2 + 3 * (1 + 2)
"""The files of a checkpoint, of two early snapshots, and of a snapshot and a checkpoint an epoch."""


@pytest.mark.parametrize("at", range(WRITES))
def test_killed_at_any_write_it_is_resumed_exactly(
    run: Run, undisturbed: Run, training: Training, monkeypatch, at: int
) -> None:
    """From one moment on nothing that is written reaches the disk, not even how the run ended."""
    replace, left = os.replace, [None] * at

    def until_killed(source: Path, target: Path) -> None:
        by_the_clock = target.name in ("status.json", "preview.npz", "events.jsonl")
        if killed or (not by_the_clock and not left):
            killed.append(target.name)
            raise Cut
        if not by_the_clock:
            left.pop()
        replace(source, target)

    killed: list[str] = []
    recorder = Recorder(run)
    with monkeypatch.context() as patched:
        patched.setattr(files.os, "replace", until_killed)
        with pytest.raises(Cut):
            list(training(recorder))
    finish(run, training)
    same_run(run, undisturbed)


def test_drafts_of_a_killed_writer_are_removed(run: Run, undisturbed: Run, training: Training) -> None:
    (run.path / "snapshots").mkdir()
    drafts = [".model.safetensors-0011.safetensors", ".status.json-aa.json", "snapshots/.000001.npz-bb.npz"]
    for draft in drafts:
        (run.path / draft).write_bytes(b"half")
    finish(run, training)
    assert not any((run.path / draft).exists() for draft in drafts)
    same_run(run, undisturbed)


def test_a_torn_last_line_is_made_anew(run: Run, undisturbed: Run, training: Training) -> None:
    recorded = training(Recorder(run))
    for event in recorded:
        if isinstance(event, events.Step) and event.step == 8:
            break
    recorded.close()
    with (run.path / "events.jsonl").open("ab") as log:
        log.write(b'{"event": "step", "step": 9, "rec')
    finish(run, training)
    same_run(run, undisturbed)


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
    names = [events.event_name(event) for event in said]
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
    monkeypatch.setattr(recording, "WRITER_ENDS_WITHIN", 0.0)
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


# Failures


def no_space(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("name", ["model.safetensors", "resume.safetensors", "000010.npz", "preview.npz"])
def test_a_full_disk_ends_the_run_and_leaves_what_was_saved(
    run: Run, undisturbed: Run, training: Training, monkeypatch, name: str
) -> None:
    """The disk is full when a file is to be written in the second epoch."""

    def full(path: Path, write: Callable[[Path], object]) -> None:
        late = read_checkpoint(run) is not None and read_checkpoint(run).step >= 5
        files.write_whole(path, no_space if late and path.name == name else write)

    recorder = Recorder(run)
    if name == "preview.npz":  # comes by the clock, so it is made to come with every step
        monkeypatch.setattr("vaelab.preview.Previewer.due", lambda *_: True)
    with monkeypatch.context() as patched:
        patched.setattr(arrays, "write_whole", full)
        with pytest.raises(OSError, match="No space left"):
            list(training(recorder))
    status = run.status()
    assert status.state == "failed"
    assert status.message == FULL
    assert read_checkpoint(run).step >= 5
    assert read_weights(run).keys() == read_weights(undisturbed).keys()
    assert not [path for path in run.path.rglob(".*") if path.name != ".writer.lock"]
    finish(run, training)
    same_run(run, undisturbed)


def test_an_event_that_does_not_fit_is_no_event(
    run: Run, undisturbed: Run, training: Training, monkeypatch
) -> None:
    """The last bytes of a disk take the first half of a line."""
    recorder = Recorder(run)
    log = recorder._log

    class Cramped:
        def write(self, line: bytes) -> int:
            return log.write(line[:10] if b'"evaluated", "step": 10' in line else line)

        def close(self) -> None:
            log.close()

    recorder._log = Cramped()
    with pytest.raises(OSError, match="No space left"):
        list(training(recorder))
    assert run.status().state == "failed"
    finish(run, training)
    same_run(run, undisturbed)


def test_a_disk_that_is_full_to_the_last_block_still_takes_the_last_word(
    run: Run, training: Training, monkeypatch
) -> None:
    """There is room again once the preview, which is made anew anyway, is given up."""

    def full(path: Path, values: dict[str, Any]) -> None:
        if (run.path / "preview.npz").exists():
            no_space()
        files.write_json(path, values)

    monkeypatch.setattr(recording, "BEAT_EVERY", float("inf"))
    recorder = Recorder(run)
    monkeypatch.setattr(recording, "write_json", full)
    list(training(recorder))
    assert run.status().state == "finished"
    assert not (run.path / "preview.npz").exists()


FULL = "The disk is full. What was saved before stays; make room and resume."
NO_MEMORY = "There is not enough memory for this recipe. A smaller batch or network helps."
FAILURES = [
    (DatasetUnavailable("KMNIST could not be fetched."), "KMNIST could not be fetched."),
    (OSError(errno.EDQUOT, "Disk quota exceeded"), FULL),
    (MemoryError(), NO_MEMORY),
    (RuntimeError("DefaultCPUAllocator: can't allocate memory"), NO_MEMORY),
    (RuntimeError("two\nlines"), "Training failed: two lines"),
    (KeyError(), "Training failed: KeyError"),
]


@pytest.mark.parametrize(("error", "sentence"), FAILURES)
def test_a_failure_is_the_runs_end_and_is_raised(run: Run, error: Exception, sentence: str) -> None:
    def failing() -> Iterator[Event]:
        raise error
        yield

    with pytest.raises(type(error)):
        list(Recorder(run).record(failing()))
    assert (run.status().state, run.status().message, run.status().pid) == ("failed", sentence, 0)
    Recorder(run).record(iter([]))  # and it has let go of the folder


def test_a_checkpoint_that_cannot_be_read_ends_the_run_and_costs_nothing(
    run: Run, training: Training
) -> None:
    finish(run, training)
    (run.path / "resume.safetensors").write_bytes(b"torn")
    before = {name: (run.path / name).read_bytes() for name in ("events.jsonl", "model.safetensors")}
    with pytest.raises(RunDamaged):
        Recorder(run)
    assert run.status().state == "failed"
    assert "no readable resume.safetensors" in run.status().message
    assert {name: (run.path / name).read_bytes() for name in before} == before
    assert run.snapshot_steps()[-1] == 15


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
