"""The recorder writes a run's folder from the events of its training."""

import errno
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from vaelab import events
from vaelab.files import Syncing, drop_drafts, sync, sync_folder, take_lock, write_json, write_whole
from vaelab.runs.arrays import (
    drop_live_decoder,
    drop_snapshots_after,
    read_checkpoint,
    save_checkpoint,
    save_preview,
    save_snapshot,
    thin_snapshots,
)
from vaelab.runs.errors import RunBusy, RunDamaged, Withdrawn, explained
from vaelab.runs.history import History, drop_events_after
from vaelab.runs.life import State, state_after
from vaelab.runs.run import TRAINED, Run
from vaelab.runs.status import Status

LOOK_EVERY = 0.1
"""Seconds between two looks at `request.json`."""
BEAT_EVERY = 0.25
"""Seconds between two signs of life in `status.json`."""
WRITER_ENDS_WITHIN = 2.0
"""Seconds in which a writer that has written how the run ended unlocks its folder."""


class Recorder:
    """The one writer of a run's folder while it trains.

    Parameters
    ----------
    run: the run to record.
    overrule: returns a request that goes before the one in `request.json`, or None.

    Attributes
    ----------
    resume: the checkpoint that training has to go on from; events and snapshots after it are removed.
    changes: of the dials, which training makes again where they are later than the checkpoint.

    Raises
    ------
    RunBusy
        If another process trains the run; the folder is left unchanged.
    RunDamaged, OSError
        If the folder cannot be read or written, which is recorded as the run's end.
    """

    def __init__(self, run: Run, overrule: Callable[[], events.Request | None] = lambda: None) -> None:
        self.run = run
        self._overrule, self._sync = overrule, Syncing()
        self._unsynced: list[Path] = []
        self._request, self._looked, self._beaten = events.Request(), 0.0, 0.0
        self._status = Status(state="running", host=socket.gethostname(), pid=os.getpid())
        self._lock = _locked(run)
        try:
            self.resume = read_checkpoint(run)
            self._drop_after_checkpoint()
            self.changes = [events.Changed(**row) for row in History(run).changed.rows()]
            self._status = replace(self._status, changes=len(self.changes))
            self._log = (run.path / "events.jsonl").open("ab", buffering=0)
            self._beat()
        except (RunDamaged, OSError) as error:
            self._fail(error)
            self._lock.release()
            raise

    def _drop_after_checkpoint(self) -> None:
        """Remove drafts, and the events and snapshots that training will write again."""
        path, resume = self.run.path, self.resume
        for name in ("status.json", *TRAINED):
            drop_drafts(path, name)
        drop_drafts(path / "snapshots")
        if resume:
            self._status = replace(self._status, step=resume.step, epoch=resume.epoch)
        kept = drop_events_after(path / "events.jsonl", resume.step) if resume else b""
        write_whole(path / "events.jsonl", lambda draft: draft.write_bytes(kept))
        (path / "snapshots").mkdir(exist_ok=True)
        drop_snapshots_after(self.run, resume.step if resume else -1)

    def record(self, training: Iterator[events.Event]) -> Iterator[events.Event]:
        """Write every event and pass it on. A failure is recorded as the run's end, then raised."""
        try:
            for event in training:
                self._write(event)
                yield event
        except GeneratorExit:
            self._end(state_after("released"), "Its training was closed.")
            raise
        except Withdrawn:
            reason = "stopped" if self.request().action == "stop" else "released"
            self._end(state_after(reason), "It ended before its training began.")
        except Exception as error:
            self._fail(error)
            raise
        finally:
            self._log.close()
            self._lock.release()

    def request(self) -> events.Request:
        """The present request; from time to time this reads `request.json` and gives a sign of life."""
        now = time.monotonic()
        if now - self._looked >= LOOK_EVERY:
            self._looked = now
            with suppress(RunDamaged):  # a request that cannot be read changes nothing
                self._request = self.run.request()
        if now - self._beaten >= BEAT_EVERY:
            self._beat()
        return self._overrule() or self._request

    def prepare(self, fraction: float, sentence: str) -> None:
        """Show the progress of what comes before the first event, such as a download; raises Withdrawn."""
        self._status = replace(self._status, message=sentence, prepared=fraction)
        if self.request().action in ("stop", "release"):
            raise Withdrawn

    def _write(self, event: events.Event) -> None:
        match event:
            case events.Started():
                self._append(event)
                self._update(steps_per_epoch=event.steps_per_epoch, threads=event.threads,
                             precision=event.precision, device=event.device, message="")  # fmt: skip
            case events.Step():
                self._append(event)
                self._status = replace(self._status, step=event.step, epoch=event.epoch)
            case events.Changed():
                if event not in self.changes:  # one that is made again is in the log already
                    self._append(event)
                    self._status = replace(self._status, changes=self._status.changes + 1)
            case events.Evaluated():
                self._append(event)
                self._status = replace(
                    self._status, step=event.step, epoch=event.epoch, seconds=event.seconds
                )
            case events.Preview():
                self._status = replace(self._status, images_per_second=round(event.images_per_second))
                save_preview(self.run, event)
            case events.Snapshot():
                save_snapshot(self.run, event)
                thin_snapshots(self.run)
                self._unsynced.append(self.run.snapshot_file(event.step))
            case events.Checkpoint():
                self._save(event)
            case events.Paused():
                self._update(state="paused")
            case events.Continued():
                self._update(state="running")
            case events.Finished():
                self._finish(event)

    def _save(self, event: events.Checkpoint) -> None:
        """Write a checkpoint; if the disk has rested, wait until it and all before it are on the disk."""
        if not self._sync.is_due():
            save_checkpoint(self.run, event)
            return
        # The checkpoint comes last: if it is there after a power cut, so is all that belongs before it.
        for snapshot in filter(Path.exists, self._unsynced):  # some may have been thinned out
            self._sync(snapshot)
        self._unsynced.clear()
        self._sync(self.run.path / "snapshots")
        self._sync(self.run.path / "events.jsonl")
        save_checkpoint(self.run, event, self._sync)

    def _finish(self, event: events.Finished) -> None:
        self._status = replace(self._status, step=event.step, epoch=event.epoch, seconds=event.seconds)
        if event.reason != "released":
            self._append(event)
            sync_folder(self.run.path)  # before the status says that the run is over
        self._end(state_after(event.reason, paused=self._status.state == "paused"), event.message)

    def _append(self, event: events.Event) -> None:
        line = json.dumps(events.as_json(event), allow_nan=False).encode() + b"\n"
        if self._log.write(line) != len(line):  # a full disk takes a part of the line
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _update(self, **changes: Any) -> None:
        self._status = replace(self._status, **changes)
        self._beat(durably=True)

    def _beat(self, *, durably: bool = False) -> None:
        self._beaten = time.monotonic()
        self._status = replace(self._status, heartbeat=time.time())
        write_json(self.run.path / "status.json", asdict(self._status), sync if durably else None)

    def _fail(self, error: Exception) -> None:
        # If even this cannot be written, the run counts as interrupted once its writer is gone.
        with suppress(OSError):
            unforeseen = " ".join(str(error).split()) or type(error).__name__
            self._end(state_after("error"), explained(error) or f"Training failed: {unforeseen}")

    def _end(self, state: State, message: str) -> None:
        with suppress(OSError):
            drop_live_decoder(self.run)  # first: the folder of a run that is over does not change any more
        try:
            self._update(state=state, message=message, pid=0)
        except OSError:
            # A disk that is full to the last block has room again for these few bytes.
            (self.run.path / "preview.npz").unlink(missing_ok=True)
            self._update(state=state, message=message, pid=0)


def _locked(run: Run) -> FileLock:
    """Lock the run's folder for its one writer; the system unlocks it when the process ends."""
    if not run.path.is_dir():
        raise RunDamaged(f"Run {run.id} has been deleted.")  # the lock would make the folder anew
    try:
        return take_lock(run.path / ".writer.lock", within=WRITER_ENDS_WITHIN)
    except Timeout as error:
        raise RunBusy(f"Run {run.id} is being trained by another process.") from error
