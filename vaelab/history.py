"""What a run has said so far: its events, read on from where reading last ended."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from vaelab.run_folder import Run


class Columns(dict[str, list[Any]]):
    """Rows of one kind of event: a list a field, all of one length; empty where there is no field."""

    def __missing__(self, name: str) -> list[Any]:
        return []


class History:
    """The events of one run as columns; `refresh` reads what has been appended since.

    Several threads may share one: a refresh puts new columns in the place of the old ones, which
    stay as they are for whoever is reading them.

    Attributes
    ----------
    started, finished: the fields of the newest such event, or None.
    steps, evaluated: all `Step` and `Evaluated` events, a list a field.
    """

    def __init__(self, run: Run) -> None:
        self._file = run.path / "events.jsonl"
        self._lock = threading.Lock()
        self._forget()
        self.refresh()

    def _forget(self) -> None:
        self.started: dict[str, Any] | None = None
        self.finished: dict[str, Any] | None = None
        self.steps = Columns()
        self.evaluated = Columns()
        self._offset = 0
        self._last_line = b""

    def refresh(self) -> None:
        """Read the lines added since the last call; all of them, if the run was resumed meanwhile."""
        with self._lock:
            added = self._read_on()
            whole = added[: added.rfind(b"\n") + 1]
            lines = whole.splitlines(keepends=True)
            if lines:
                self._offset += len(whole)
                self._last_line = lines[-1]
                self._add([_parsed(line) for line in lines])

    def _read_on(self) -> bytes:
        """What stands behind the last line that was read, if that line still stands where it was."""
        try:
            with self._file.open("rb") as file:
                file.seek(self._offset - len(self._last_line))
                if file.read(len(self._last_line)) != self._last_line:
                    self._forget()
                    file.seek(0)
                return file.read()
        except FileNotFoundError:
            return b""

    def _add(self, events: list[dict[str, Any]]) -> None:
        self.steps = _extended(self.steps, events, "step")
        self.evaluated = _extended(self.evaluated, events, "evaluated")
        for event in events:
            fields = {name: value for name, value in event.items() if name != "event"}
            if event.get("event") == "started":
                self.started = fields
            elif event.get("event") == "finished":
                self.finished = fields


def _extended(columns: Columns, events: list[dict[str, Any]], kind: str) -> Columns:
    rows = [event for event in events if event.get("event") == kind]
    if not rows:
        return columns
    names = dict.fromkeys([*columns, *(name for row in rows for name in row if name != "event")])
    before: list[Any] = [None] * len(next(iter(columns.values()), []))
    return Columns({name: columns.get(name, before) + [row.get(name) for row in rows] for name in names})


def _parsed(line: bytes) -> dict[str, Any]:
    """A line's event; an empty one for a line that was torn by a power cut."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


def drop_events_after(file: Path, step: int) -> bytes:
    """The lines of an events file up to a step, without any end of the run: what a resumed run keeps."""
    if not file.exists():
        return b""
    lines = file.read_bytes().splitlines(keepends=True)
    return b"".join(line for line in lines if line.endswith(b"\n") and _stays(_parsed(line), step))


def _stays(event: dict[str, Any], step: int) -> bool:
    at = event.get("step")
    return event.get("event") in ("started", "step", "evaluated") and isinstance(at, int) and at <= step
