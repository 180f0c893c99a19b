"""Writing files so that a reader sees the old one or the new one, never half of either; and their names."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

REPLACE_TRIES = 50
"""How often a file that somebody reads is tried to be replaced, 20 ms apart."""


SYNC_SHARE = 0.01
"""Of the time that may go into waiting for the disk while something else is done: see `Syncing`."""


def sync(path: Path) -> None:
    """Wait until a file, or the list of a folder's names, is on the disk; raises OSError.

    What is only written is lost with the power. Systems on which folders cannot be opened
    (Windows) keep their names by themselves.
    """
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Wait until all files of a folder, those of its folders, and their names are on the disk."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            sync_folder(path)
        elif not path.name.startswith("."):  # drafts and locks
            sync(path)
    sync(folder)


class Syncing:
    """Syncs as often as takes at most `SYNC_SHARE` of the time: a disk may take a second for it."""

    def __init__(self) -> None:
        self._rests_until = 0.0

    def is_due(self) -> bool:
        """Whether it has rested long enough since it last synced."""
        return time.monotonic() >= self._rests_until

    def __call__(self, path: Path) -> None:
        """Sync, and rest accordingly."""
        begun = time.monotonic()
        sync(path)
        now = time.monotonic()
        self._rests_until = max(self._rests_until, begun) + (now - begun) / SYNC_SHARE


def write_whole(
    path: Path, write: Callable[[Path], object], sync: Callable[[Path], None] | None = None
) -> None:
    """Let `write` fill a file beside `path`, then put it in its place.

    With `sync`, a power cut leaves the old or the new one, and after this call the new one. Without it
    that is left to the file system: ext4 and btrfs see to the former.

    Raises
    ------
    OSError
        If it cannot be written, say on a full disk; `path` is then as before.
    """
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}{path.suffix}")
    try:
        write(draft)
        if sync:
            sync(draft)
        _put_in_place(draft, path)
        if sync:
            sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _put_in_place(draft: Path, path: Path) -> None:
    """Rename; again if refused, because Windows does so while somebody has the old file open."""
    for _ in range(REPLACE_TRIES - 1):
        try:
            os.replace(draft, path)
            return
        except PermissionError:
            time.sleep(0.02)
    os.replace(draft, path)


def write_json(path: Path, values: dict[str, Any], sync: Callable[[Path], None] | None = None) -> None:
    """Write JSON values, as `write_whole` does; raises OSError."""
    text = json.dumps(values, indent=1, allow_nan=False)
    write_whole(path, lambda draft: draft.write_text(text, encoding="utf-8"), sync)


def take_lock(path: Path, within: float = -1) -> FileLock:
    """A lock that one process at a time has; the system gives it back when the process ends.

    Where the file system has no locks, everybody gets it. Any thread may release it.

    Raises
    ------
    filelock.Timeout
        If another has it for `within` seconds; a negative number waits for ever.
    """
    lock = FileLock(path, timeout=within, thread_local=False)
    with suppress(NotImplementedError):
        lock.acquire()
    return lock


def drop_drafts(folder: Path, name: str = "*") -> None:
    """Remove what writers of a file left that were killed. For the one writer of the file."""
    for draft in folder.glob(f".{name}-*"):
        draft.unlink(missing_ok=True)
