"""Writing of files so that a reader sees the whole old file or the whole new one, and locks."""

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
"""Number of attempts, 20 ms apart, to replace a file that another process reads."""

SYNC_SHARE = 0.01
"""Largest share of the time that `Syncing` waits for the disk."""


def sync(path: Path) -> None:
    """Wait until a file, or the list of a folder's names, is on the disk; raises OSError.

    Without it a power cut loses what was written. Windows cannot open folders, and keeps names by itself.
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
    """Syncs rarely enough to take at most `SYNC_SHARE` of the time: a slow disk needs a second for it."""

    def __init__(self) -> None:
        self._rests_until = 0.0

    def is_due(self) -> bool:
        """Whether enough time has passed since the last sync."""
        return time.monotonic() >= self._rests_until

    def __call__(self, path: Path) -> None:
        """Sync a path, and rest in proportion to the time it took."""
        begun = time.monotonic()
        sync(path)
        now = time.monotonic()
        self._rests_until = max(self._rests_until, begun) + (now - begun) / SYNC_SHARE


def write_whole(
    path: Path, write: Callable[[Path], object], sync: Callable[[Path], None] | None = None
) -> None:
    """Let `write` fill a file beside `path`, then put it in its place.

    With `sync`, a power cut leaves the old or the new file, and after this call the new one. Without it, only
    file systems such as ext4 and btrfs make sure that one of the two is left.

    Raises
    ------
    OSError
        If the file cannot be written, for example on a full disk; `path` then stays as it was.
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
    """Rename a draft, again and again while Windows refuses because a process has the old file open."""
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
    """Take a lock that one process at a time can have; the system releases it when the process ends.

    On a file system without locks, every process gets it. Any thread may release it.

    Raises
    ------
    filelock.Timeout
        If another process keeps it for `within` seconds; a negative number waits for ever.
    """
    lock = FileLock(path, timeout=within, thread_local=False)
    with suppress(NotImplementedError):
        lock.acquire()
    return lock


def drop_drafts(folder: Path, name: str = "*") -> None:
    """Remove drafts that killed writers left; only the one process that writes the file may call it."""
    for draft in folder.glob(f".{name}-*"):
        draft.unlink(missing_ok=True)
