"""A run's folder says what its training said, and whatever cuts it short, resuming makes it whole."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.support.recorded import BY_THE_CLOCK, CONFIG, WRITES, Training, finish, same_run
from vaelab import events, files
from vaelab.runs import History, Recorder, Run, RunStore, read_weights
from vaelab.runs.arrays import FEWEST, read_checkpoint, read_snapshot, thin_snapshots

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


def test_few_snapshots_are_kept_and_the_same_ones_when_it_is_resumed(
    store: RunStore, training: Training, monkeypatch
) -> None:
    monkeypatch.setattr("vaelab.runs.recorder.thin_snapshots", partial(thin_snapshots, most_bytes=1))
    config = CONFIG.variant(epochs=20)
    resumed, whole = store.create(config), store.create(config)
    recorded = training(Recorder(resumed))
    next(event for event in recorded if isinstance(event, events.Snapshot) and event.epoch == 12)
    recorded.close()
    for each in (resumed, whole):
        finish(each, training)
        assert (each.snapshot_steps()[0], each.snapshot_steps()[-1]) == (1, 100)
        assert len(each.snapshot_steps()) == FEWEST
    same_run(resumed, whole)


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


@pytest.mark.parametrize("at", range(WRITES))
def test_killed_at_any_write_it_is_resumed_exactly(
    run: Run, undisturbed: Run, training: Training, monkeypatch, at: int
) -> None:
    """From one moment on nothing that is written reaches the disk, not even how the run ended."""
    replace, left = os.replace, [None] * at

    def until_killed(source: Path, target: Path) -> None:
        by_the_clock = target.name in BY_THE_CLOCK
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
