"""Whatever happens to a writer, a reader finds a whole file: the old one or the new one."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import Timeout

from vaelab import files
from vaelab.files import drop_drafts, take_lock, write_json, write_whole
from vaelab.paths import PROJECT
from vaelab.runs.run import TRAINED

LETTERS = [letter * 200_000 for letter in "abc"]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def half_of(text: str) -> Callable[[Path], None]:
    """A write that fails in the middle, as on a full disk."""

    def write(draft: Path) -> None:
        draft.write_text(text[: len(text) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return write


@pytest.mark.parametrize("before", [None, "what was there"])
def test_a_write_that_fails_leaves_everything_as_it_was(tmp_path: Path, before: str | None) -> None:
    path = tmp_path / "weights.bin"
    if before is not None:
        path.write_text(before)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, half_of("what was to come"))
    assert names_in(tmp_path) == ([] if before is None else ["weights.bin"])
    assert before is None or path.read_text() == before


def test_a_reader_keeps_what_it_has_opened(tmp_path: Path) -> None:
    path = tmp_path / "preview.npz"
    path.write_text("old")
    with path.open() as reader:
        write_whole(path, lambda draft: draft.write_text("new"))
        assert reader.read() == "old"
    assert path.read_text() == "new"


def test_readers_never_meet_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "shared.txt"
    path.write_text(LETTERS[0])
    ended = threading.Event()

    def write() -> None:
        for turn in range(60):
            write_whole(path, lambda draft, turn=turn: draft.write_text(LETTERS[turn % 3]))
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = {path.read_text()}
    while not ended.is_set():
        seen.add(path.read_text())
    writer.join()
    assert seen <= set(LETTERS)


def refusing(times: int) -> Callable[[Path, Path], None]:
    """`os.replace` as on Windows while a process reads the file: the first calls fail."""
    replace, refusals = os.replace, iter(range(times))

    def try_to_replace(source: Path, target: Path) -> None:
        if next(refusals, None) is not None:
            raise PermissionError(errno.EACCES, "is open in another program")
        replace(source, target)

    return try_to_replace


@pytest.mark.parametrize("times", [1, 3])
def test_a_file_that_is_read_is_replaced_once_it_can_be(tmp_path: Path, monkeypatch, times: int) -> None:
    monkeypatch.setattr(os, "replace", refusing(times))
    write_json(tmp_path / "status.json", {"step": 7})
    assert names_in(tmp_path) == ["status.json"]


def test_a_file_that_can_never_be_replaced_is_told(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "status.json").write_text("{}")
    monkeypatch.setattr(files, "REPLACE_TRIES", 2)
    monkeypatch.setattr(os, "replace", refusing(1_000))
    with pytest.raises(PermissionError):
        write_json(tmp_path / "status.json", {"step": 7})
    assert names_in(tmp_path) == ["status.json"]
    assert (tmp_path / "status.json").read_text() == "{}"


def test_json_comes_back_as_it_was(tmp_path: Path) -> None:
    values = {"name": "ä “b”\n", "number": 0.1 + 0.2, "none": None, "list": [1, 2]}
    write_json(tmp_path / "meta.json", values)
    assert json.loads((tmp_path / "meta.json").read_text(encoding="utf-8")) == values


def test_json_has_no_numbers_that_other_readers_refuse(tmp_path: Path) -> None:
    write_json(tmp_path / "meta.json", {"created": 1})
    with pytest.raises(ValueError, match="Out of range"):
        write_json(tmp_path / "meta.json", {"created": float("nan")})
    assert json.loads((tmp_path / "meta.json").read_text()) == {"created": 1}


def test_only_drafts_of_the_file_are_dropped(tmp_path: Path) -> None:
    for name in (*TRAINED, "meta.json", ".meta.json-1234.json", ".writer.lock"):
        (tmp_path / name).touch()
    (tmp_path / ".events.jsonl-0a1b2c3d.jsonl").touch()
    drop_drafts(tmp_path, "events.jsonl")
    assert names_in(tmp_path) == sorted([*TRAINED, "meta.json", ".meta.json-1234.json", ".writer.lock"])


def test_what_a_killed_writer_leaves_is_dropped(tmp_path: Path) -> None:
    killed = """if True:
        import os, pathlib, sys
        from vaelab.files import write_whole
        write_whole(pathlib.Path(sys.argv[1]), lambda draft: draft.write_text("half") and os._exit(9))
    """
    path = tmp_path / "events.jsonl"
    assert subprocess.run([sys.executable, "-c", killed, str(path)], cwd=PROJECT).returncode == 9
    assert len(names_in(tmp_path)) == 1
    assert not path.exists()
    drop_drafts(tmp_path, "events.jsonl")
    assert names_in(tmp_path) == []


def test_a_lock_has_one_holder(tmp_path: Path) -> None:
    lock = take_lock(tmp_path / "lock")
    with pytest.raises(Timeout):
        take_lock(tmp_path / "lock", within=0)
    lock.release()
    take_lock(tmp_path / "lock", within=0).release()


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    hold = "import sys, vaelab.files as f; l = f.take_lock(sys.argv[1]); print('held', flush=True); input()"
    arguments = [sys.executable, "-c", hold, str(tmp_path / "lock")]
    with subprocess.Popen(
        arguments, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Timeout):
            take_lock(tmp_path / "lock", within=0)
        holder.send_signal(signal.SIGKILL)
    take_lock(tmp_path / "lock", within=0).release()


def test_where_there_are_no_locks_everybody_gets_one(tmp_path: Path, monkeypatch) -> None:
    def without(*_: object) -> None:
        raise NotImplementedError("FileSystem does not appear to support flock")

    monkeypatch.setattr("filelock.FileLock._acquire", without)
    take_lock(tmp_path / "lock", within=0)
    take_lock(tmp_path / "lock", within=0)
