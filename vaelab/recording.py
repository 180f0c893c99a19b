"""Writing a run's folder from the events of its training."""

from __future__ import annotations

import json
import logging
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from vaelab import events
from vaelab.arrays import drop_snapshots_after, save_checkpoint, save_preview, save_snapshot
from vaelab.files import write_json, write_whole
from vaelab.history import drop_events_after
from vaelab.runs import Run, State, Status

logger = logging.getLogger(__name__)

LOOK_EVERY = 0.1
"""Seconds between two looks at `request.json`."""
BEAT_EVERY = 0.25
"""Seconds between two signs of life in `status.json`."""

_STATE_AFTER: dict[str, State] = {
    "epochs": "finished", "stop_loss": "finished", "stopped": "stopped", "diverged": "diverged",
}  # fmt: skip


class Recorder:
    """The one writer of a run's folder while it trains.

    Parameters
    ----------
    run: the folder.
    resume: the checkpoint that training goes on from; what was recorded after it is dropped.
    """

    def __init__(self, run: Run, resume: events.Checkpoint | None = None) -> None:
        self.run = run
        self._request, self._looked, self._beaten, self._seen = events.Request(), 0.0, 0.0, 0
        self.asked: events.Request | None = None
        """Set by whoever records to overrule `request.json`, say on Ctrl-C."""
        self._status = Status(state="running", host=socket.gethostname(), pid=os.getpid(),
                              step=resume.step if resume else 0)  # fmt: skip
        kept = drop_events_after(run.path / "events.jsonl", resume.step) if resume else b""
        write_whole(run.path / "events.jsonl", lambda draft: draft.write_bytes(kept))
        (run.path / "snapshots").mkdir(exist_ok=True)
        drop_snapshots_after(run, resume.step if resume else -1)
        self._log = (run.path / "events.jsonl").open("ab", buffering=0)
        self._beat()

    def record(self, training: Iterator[events.Event]) -> Iterator[events.Event]:
        """Write every event and pass it on. A failure is recorded as the run's end, then raised."""
        try:
            for event in training:
                self._write(event)
                yield event
        except GeneratorExit:
            self._end("interrupted", "Its training was closed.")
            raise
        except Exception as error:
            logger.exception("Run %s failed", self.run.id)
            self._end("failed", _sentence(error))
            raise
        finally:
            self._log.close()

    def request(self) -> events.Request:
        """What is wanted now: looks at `request.json` and gives a sign of life, both now and then."""
        now = time.monotonic()
        if now - self._looked >= LOOK_EVERY:
            self._looked = now
            self._look()
        if now - self._beaten >= BEAT_EVERY:
            self._beat()
        return self.asked or self._request

    def _look(self) -> None:
        try:
            changed = (self.run.path / "request.json").stat().st_mtime_ns
        except FileNotFoundError:
            return
        if changed != self._seen:
            self._request, self._seen = self.run.request(), changed

    def _write(self, event: events.Event) -> None:
        match event:
            case events.Started():
                self._append(event)
                self._update(steps_per_epoch=event.steps_per_epoch, threads=event.threads,
                             precision=event.precision, device=event.device)  # fmt: skip
            case events.Step() | events.Evaluated():
                self._append(event)
                self._status = replace(self._status, step=event.step, epoch=event.epoch)
            case events.Preview():
                self._status = replace(self._status, images_per_second=round(event.images_per_second))
                save_preview(self.run, event)
            case events.Snapshot():
                save_snapshot(self.run, event)
            case events.Checkpoint():
                save_checkpoint(self.run, event)
            case events.Paused():
                self._update(state="paused")
            case events.Continued():
                self._update(state="running")
            case events.Finished(reason="released"):
                self._end("paused" if self._status.state == "paused" else "interrupted", event.message)
            case events.Finished():
                self._append(event)
                self._status = replace(self._status, seconds=event.seconds)
                self._end(_STATE_AFTER[event.reason], event.message)

    def _append(self, event: events.Event) -> None:
        self._log.write(json.dumps(events.as_json(event), allow_nan=False).encode() + b"\n")

    def _update(self, **changes: Any) -> None:
        self._status = replace(self._status, **changes)
        self._beat()

    def _beat(self) -> None:
        self._beaten = time.monotonic()
        self._status = replace(self._status, heartbeat=time.time())
        write_json(self.run.path / "status.json", asdict(self._status))

    def _end(self, state: State, message: str) -> None:
        try:
            self._update(state=state, message=message, pid=0)
        except OSError:
            logger.exception("Run %s ended as %s, which could not be written", self.run.id, state)


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == 28:
        return "The disk is full. What was saved before stays; make room and resume."
    if isinstance(error, MemoryError):
        return "There is not enough memory for this recipe. A smaller batch or network helps."
    return f"Training failed: {error}"
