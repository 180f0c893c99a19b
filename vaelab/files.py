"""Writing files so that a reader sees the old one or the new one, never half of either."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any


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
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def write_json(path: Path, values: dict[str, Any]) -> None:
    """Write JSON values; raises OSError."""
    text = json.dumps(values, indent=1, allow_nan=False)
    write_whole(path, lambda draft: draft.write_text(text, encoding="utf-8"))
