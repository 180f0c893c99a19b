"""What a run has said so far: its events, read on from where reading last ended."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from vaelab.runs import Run

Columns = dict[str, list[Any]]
"""Rows of one kind of event, a list a field."""


class History:
    """The events of one run as columns; `refresh` reads what has been appended since.

    Attributes
    ----------
    started, finished: the fields of the newest such event, or None.
    steps, evaluated: all `Step` and `Evaluated` events, a list a field.
    """

    def __init__(self, run: Run) -> None:
        self._file = run.path / "events.jsonl"
        self._identity: int | None = None
        self._forget()
        self.refresh()

    def _forget(self) -> None:
        self.started: dict[str, Any] | None = None
        self.finished: dict[str, Any] | None = None
        self.steps: Columns = defaultdict(list)
        self.evaluated: Columns = defaultdict(list)
        self._offset = 0

    def refresh(self) -> None:
        """Read the lines added since the last call; all of them, if the file was replaced."""
        try:
            with self._file.open("rb") as file:
                identity = self._file.stat().st_ino
                if identity != self._identity:
                    self._forget()
                    self._identity = identity
                file.seek(self._offset)
                added = file.read()
        except FileNotFoundError:
            return
        whole = added[: added.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            self._add(_parsed(line))

    def _add(self, event: dict[str, Any]) -> None:
        kind = event.pop("event", "")
        if kind in ("started", "finished"):
            setattr(self, kind, event)
        elif kind in ("step", "evaluated"):
            columns = self.steps if kind == "step" else self.evaluated
            for name, value in event.items():
                columns[name].append(value)


def _parsed(line: bytes) -> dict[str, Any]:
    """A line's event; an empty one for a line that was torn by a power cut."""
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


def drop_events_after(file: Path, step: int) -> bytes:
    """The lines of an events file up to a step, without any end of the run: what a resumed run keeps."""
    if not file.exists():
        return b""
    kept = []
    for line in file.read_bytes().splitlines(keepends=True):
        event = _parsed(line)
        if event.get("event") in ("started", "step", "evaluated") and event.get("step", 0) <= step:
            kept.append(line)
    return b"".join(kept)
