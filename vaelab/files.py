"""Writing files so that a reader sees the old one or the new one, never half of either; and their names."""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

REPLACE_TRIES = 50
"""How often a file that somebody reads is tried to be replaced, 20 ms apart."""


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside `path`, then put it in its place.

    Raises
    ------
    OSError
        If it cannot be written, say on a full disk; `path` is then as before.
    """
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}{path.suffix}")
    try:
        write(draft)
        _put_in_place(draft, path)
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


def write_json(path: Path, values: dict[str, Any]) -> None:
    """Write JSON values; raises OSError."""
    text = json.dumps(values, indent=1, allow_nan=False)
    write_whole(path, lambda draft: draft.write_text(text, encoding="utf-8"))


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


def slug(title: str) -> str:
    """A title as a part of a file's name: small letters and digits with hyphens between, `run` if none."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "run"
