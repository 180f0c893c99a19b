"""The power goes: what the disk then holds is a run that is whole, or goes on as if nothing had happened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.recorded import CONFIG, Training, finish, same_run
from vaelab import files
from vaelab.export.bundle import bundle
from vaelab.runs import Recorder, Run, RunStore
from vaelab.runs.arrays import read_checkpoint


class Disk:
    """What of a folder is on the disk, by what was synced: contents of files, and names in folders.

    A file that takes the place of another one is on the disk before its name is, as ext4 and btrfs
    have it. All else is lost unless it was synced.
    """

    def __init__(self, root: Path, patched: pytest.MonkeyPatch) -> None:
        self.root = root
        self._contents: dict[int, bytes] = {}
        self._names: dict[Path, dict[str, int]] = {}
        self._folders: dict[int, Path] = {}
        self._fsync, self._replace = os.fsync, os.replace
        patched.setattr(files.os, "fsync", self.fsync)
        patched.setattr(files.os, "replace", self.replace)

    def fsync(self, handle: int) -> None:
        """Note what is on the disk from now on."""
        self._fsync(handle)
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        if path.is_dir():
            self._names[path] = {entry.name: entry.stat().st_ino for entry in path.iterdir()}
            self._folders[path.stat().st_ino] = path
        else:
            self._contents[path.stat().st_ino] = path.read_bytes()

    def replace(self, source: Path, target: Path) -> None:
        """Rename, and note what the file system does by itself."""
        was_folder = Path(source).is_dir()
        if Path(target).exists() and not was_folder:
            self._contents[Path(source).stat().st_ino] = Path(source).read_bytes()
        self._replace(source, target)
        if was_folder:  # what is in it has not changed by having another name
            for path in [path for path in self._names if path.is_relative_to(source)]:
                moved = Path(target) / path.relative_to(source)
                self._names[moved] = self._names.pop(path)
                self._folders[moved.stat().st_ino] = moved

    def after_a_power_cut(self, target: Path) -> None:
        """Write what would be there."""
        self._write(self.root, target)

    def _write(self, folder: Path, target: Path) -> None:
        target.mkdir()
        for name, inode in self._names.get(folder, {}).items():
            if inode in self._folders:
                self._write(self._folders[inode], target / name)
            else:
                (target / name).write_bytes(self._contents.get(inode, b""))


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    if not Path("/proc/self/fd").exists():
        pytest.skip("Which file is synced can be seen only where there is /proc.")
    (tmp_path / "runs").mkdir()
    return Disk(tmp_path / "runs", monkeypatch)


@pytest.fixture
def always_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files.Syncing, "is_due", lambda _: True)


def cut(disk: Disk, folder: Path) -> Run:
    """The one run that is left."""
    disk.after_a_power_cut(folder)
    (run,) = RunStore(folder).runs()
    return run


def test_a_run_that_was_just_made_is_there(disk: Disk, tmp_path: Path) -> None:
    made = RunStore(disk.root).create(CONFIG, name="Mine", files={"events.jsonl": b"x\n"})
    left = cut(disk, tmp_path / "after")
    assert (left.id, left.config, left.meta) == (made.id, CONFIG, made.meta)
    assert (left.path / "events.jsonl").read_bytes() == b"x\n"


def test_a_run_that_says_it_is_finished_is_whole(
    disk: Disk, undisturbed: Run, training: Training, tmp_path: Path
) -> None:
    run = RunStore(disk.root).create(CONFIG)
    finish(run, training)
    run.set_meta(name="Mine")
    left = cut(disk, tmp_path / "after")
    assert left.status().state == "finished"
    assert left.meta.name == "Mine"
    same_run(left, undisturbed)
    assert bundle(left) == bundle(run)


@pytest.mark.usefixtures("always_due")
@pytest.mark.parametrize("epoch", [0, 1, 2])
def test_a_run_cut_short_goes_on_from_its_last_epoch(
    disk: Disk, undisturbed: Run, training: Training, tmp_path: Path, epoch: int
) -> None:
    run = RunStore(disk.root).create(CONFIG)
    recorded = training(Recorder(run))
    for event in recorded:
        if getattr(event, "step", 0) > 5 * epoch:  # past its checkpoint
            break
    left = cut(disk, tmp_path / "after")
    recorded.close()
    assert read_checkpoint(left).step == 5 * epoch
    finish(left, training)
    same_run(left, undisturbed)


def test_what_is_replaced_is_on_the_disk_before_its_name(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    path, order = disk.root / "weights.bin", []
    replace = disk.replace

    def noted(source: Path, target: Path) -> None:
        order.append("named")
        replace(source, target)

    monkeypatch.setattr(files.os, "replace", noted)

    def sync(path: Path) -> None:
        files.sync(path)
        order.append("folder" if path.is_dir() else "content")

    files.write_whole(path, lambda draft: draft.write_bytes(b"x"), sync)
    assert order == ["content", "named", "folder"]


def test_syncing_takes_no_more_than_its_share(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A clock that only a disk, which takes a second, and the training in between move on."""
    now = 0.0

    def slow(_: Path) -> None:
        nonlocal now
        now += 1.0

    monkeypatch.setattr(files, "sync", slow)
    monkeypatch.setattr(files.time, "monotonic", lambda: now)
    syncing, synced = files.Syncing(), 0
    for _ in range(10_000):
        if syncing.is_due():
            syncing(tmp_path)
            syncing(tmp_path)
            synced += 2
        now += 0.5
    assert 0 < synced <= files.SYNC_SHARE * now + 2
