"""The history of a run: its events as columns, read from where the last reading ended."""

import json
import math
import threading
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from vaelab import events
from vaelab.runs.errors import RunDamaged
from vaelab.runs.records import LARGEST_NUMBER, checked
from vaelab.runs.run import Run
from vaelab.words import with_minus

_NEEDED: dict[str, list[tuple[str, bool]]] = {
    name: [(field.name, "None" not in str(field.type)) for field in fields(kind) if "list" not in field.type]
    for name, kind in (("step", events.Step), ("evaluated", events.Evaluated))
}
"""The number fields of an event, each with whether it has to be there."""

_WHOLE: dict[str, type[events.Event]] = {
    "started": events.Started, "changed": events.Changed, "finished": events.Finished,
}  # fmt: skip
"""Events of which there are few, and which are checked field by field."""


class History:
    """The events of one run as columns; `refresh` reads the events that were appended since.

    Several threads may share one history: a refresh replaces the columns by new ones, and the old columns
    stay unchanged for whoever is reading them. Lines that are not a valid event are skipped.

    Attributes
    ----------
    started, finished: the fields of the newest such event, or None.
    steps, changed, evaluated: all `Step`, `Changed` and `Evaluated` events.
    """

    def __init__(self, run: Run) -> None:
        self._file = run.path / "events.jsonl"
        try:
            self._has_kl: bool | None = run.config.traits.has_kl
        except RunDamaged:
            self._has_kl = None
        self._lock = threading.Lock()
        self._forget()
        self.refresh()

    @property
    def moved_dials(self) -> set[str]:
        """The fields whose dials were moved while the run trained."""
        return {row["field"] for row in self.changed.rows()}

    def _forget(self) -> None:
        self.started: dict[str, Any] | None = None
        self.finished: dict[str, Any] | None = None
        self.steps = self.changed = self.evaluated = events.Columns()
        self._offset = 0
        self._last_line = b""

    def refresh(self) -> None:
        """Read the lines added since the last call; all of them, if the run was resumed meanwhile."""
        with self._lock:
            added = self._read_on()
            lines = added[: added.rfind(b"\n") + 1].splitlines(keepends=True)
            if lines:
                self._offset += sum(map(len, lines))
                self._last_line = lines[-1]
                self._add([event for event in map(_parsed, lines) if _is_sound(event, self._has_kl)])

    def _read_on(self) -> bytes:
        """The file's text after the last line that was read; all of it if that line is no longer there."""
        try:
            with self._file.open("rb") as file:
                file.seek(self._offset - len(self._last_line))
                if file.read(len(self._last_line)) != self._last_line:
                    self._forget()
                    file.seek(0)
                return file.read()
        except OSError:
            return b""

    def _add(self, added: list[dict[str, Any]]) -> None:
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in (*_WHOLE, *_NEEDED)}
        for event in added:
            rows[event["event"]].append({name: value for name, value in event.items() if name != "event"})
        self.steps = self.steps.extended(rows["step"])
        self.changed = self.changed.extended(rows["changed"])
        self.evaluated = self.evaluated.extended(rows["evaluated"])
        self.started = rows["started"][-1] if rows["started"] else self.started
        self.finished = rows["finished"][-1] if rows["finished"] else self.finished


def _parsed(line: bytes) -> dict[str, Any]:
    """The event of a line; an empty one for a line without an event, such as one torn by a power cut."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


def _is_sound(event: dict[str, Any], has_kl: bool | None) -> bool:
    """Whether an event can be computed with and drawn: its numbers are there, and a KL if the model has one.

    Faster than `checked`, because there are thousands of events.
    """
    name = str(event.get("event"))
    if name in _WHOLE:
        return _is_valid(_WHOLE[name], event)
    needed = _NEEDED.get(name)
    if needed is None or type(event.get("step")) is not int:
        return False
    if has_kl is not None and (event.get("kl") is not None) != has_kl:
        return False
    return all(_is_number(event.get(field), must) for field, must in needed) and all(
        _are_numbers(event.get(field)) for field in ("kl_per_dim", "aggregate_variance")
    )


def _are_numbers(values: Any) -> bool:
    """Whether a field with a number per latent dimension has numbers only, or is empty."""
    return values is None or (isinstance(values, list) and all(_is_number(value, True) for value in values))


def _is_number(value: Any, must: bool) -> bool:
    if value is None:
        return not must
    return type(value) in (int, float) and abs(value) <= LARGEST_NUMBER


def _is_valid(kind: type[events.Event], event: dict[str, Any]) -> bool:
    try:
        checked(kind, event)
    except ValueError:
        return False
    return True


def drop_events_after(file: Path, step: int) -> bytes:
    """The lines of an events file that a run resumed at a step keeps: up to it, and without an end.

    Changes of the dials stay, also later ones: training makes them again.
    """
    if not file.exists():
        return b""
    lines = file.read_bytes().splitlines(keepends=True)
    return b"".join(line for line in lines if line.endswith(b"\n") and _stays(_parsed(line), step))


def _stays(event: dict[str, Any], step: int) -> bool:
    if event.get("event") == "changed":
        return True
    at = event.get("step")
    return event.get("event") in ("started", "step", "evaluated") and isinstance(at, int) and at <= step


@dataclass(frozen=True)
class StepLosses:
    """The losses of a run at a step, in nats per image, as far as they were recorded."""

    step: int
    epoch: float
    split: str
    """`test` if the step was evaluated, else `training`; empty if nothing was recorded."""
    recon: float | None = None
    kl: float | None = None
    """None for a model without a KL."""

    @property
    def name(self) -> str:
        """Name of the step: `step 16` within the first epoch, `epoch 3` from its end on."""
        return f"step {self.step:,}" if self.epoch < 1 else f"epoch {self.epoch:.6g}"

    @property
    def losses(self) -> str:
        """The losses in words; empty if nothing was recorded."""
        if self.recon is None:
            return ""
        if self.kl is None:
            return f"{self.split} reconstruction {_nats(self.recon)} nats per image"
        total = _nats(self.recon + self.kl)
        return (
            f"{self.split} reconstruction {_nats(self.recon)} + KL {_nats(self.kl)} = {total} nats per image"
        )


def losses_at(history: History, step: int, steps_per_epoch: int) -> StepLosses:
    """The losses of a run at a step.

    Training losses are averages over the few steps since they were last recorded.
    """
    epoch = step / steps_per_epoch
    for split, rows in (("test", history.evaluated), ("training", history.steps)):
        steps = rows["step"]
        index = int(np.searchsorted(steps, step))
        if index < len(steps) and (split == "training" or steps[index] == step):
            recon, kl = (float(rows[name][index]) for name in ("recon", "kl"))
            return StepLosses(step, epoch, split, recon, None if math.isnan(kl) else kl)
    return StepLosses(step, epoch, "")


def _nats(value: float) -> str:
    return with_minus(f"{value:.1f}")
