"""A failure is a run's end in a sentence, and costs nothing of what was saved."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.recorded import BY_THE_CLOCK, WRITES, Training, contents, finish, same_run
from vaelab import files
from vaelab.data import DatasetUnavailable
from vaelab.events import Event
from vaelab.runs import Recorder, Run, RunDamaged, RunStore, arrays, read_weights
from vaelab.runs.arrays import read_checkpoint
from vaelab.runs.summary import summarise


def no_space(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("name", ["model.safetensors", "resume.safetensors", "000010.npz", "preview.npz"])
def test_a_full_disk_ends_the_run_and_leaves_what_was_saved(
    run: Run, undisturbed: Run, training: Training, monkeypatch, name: str
) -> None:
    """The disk is full when a file is to be written in the second epoch."""

    def full(path: Path, write: Callable[[Path], object], *sync: Any) -> None:
        late = read_checkpoint(run) is not None and read_checkpoint(run).step >= 5
        files.write_whole(path, no_space if late and path.name == name else write, *sync)

    recorder = Recorder(run)
    if name == "preview.npz":  # comes by the clock, so it is made to come with every step
        monkeypatch.setattr("vaelab.training.pictures.Previewer.due", lambda *_: True)
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


@pytest.mark.parametrize("at", range(WRITES))
def test_a_disk_that_is_full_at_any_write_ends_the_run_and_costs_no_other(
    store: RunStore, run: Run, undisturbed: Run, training: Training, monkeypatch, at: int
) -> None:
    earlier = store.create(run.config)
    finish(earlier, training)
    before = contents(earlier)
    left = [None] * at

    def full(path: Path, write: Callable[[Path], object], *sync: Any) -> None:
        if path.name not in BY_THE_CLOCK:
            if not left:
                write = no_space
            else:
                left.pop()
        files.write_whole(path, write, *sync)

    recorder = Recorder(run)
    with monkeypatch.context() as patched:
        patched.setattr(arrays, "write_whole", full)
        with pytest.raises(OSError, match="No space left"):
            list(training(recorder))
    summary = summarise(run)
    assert (summary.status.state, summary.status.message) == ("failed", FULL)
    assert contents(earlier) == before
    finish(run, training)
    same_run(run, undisturbed)


def test_a_disk_that_turns_out_to_be_full_at_the_end_ends_the_run_in_a_sentence(
    run: Run, undisturbed: Run, training: Training, monkeypatch
) -> None:
    """Some file systems find room for what was written only when it has to be on the disk."""
    recorder = Recorder(run)
    with monkeypatch.context() as patched:
        patched.setattr("vaelab.runs.recorder.sync_folder", no_space)
        with pytest.raises(OSError, match="No space left"):
            list(training(recorder))
    assert (run.status().state, run.status().message) == ("failed", FULL)
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

    def full(path: Path, values: dict[str, Any], *sync: Any) -> None:
        if (run.path / "preview.npz").exists():
            no_space()
        files.write_json(path, values, *sync)

    monkeypatch.setattr("vaelab.runs.recorder.BEAT_EVERY", float("inf"))
    recorder = Recorder(run)
    monkeypatch.setattr("vaelab.runs.recorder.write_json", full)
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
