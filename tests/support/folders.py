"""What lies in a folder."""

from __future__ import annotations

from pathlib import Path


def files_below(folder: Path) -> list[str]:
    """List the files that lie there, without the empty lock files."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    return sorted(str(path.relative_to(folder)) for path in files)
