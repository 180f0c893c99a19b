"""One run: a handle on its folder, and what its files hold.

    <id>/config.json status.json events.jsonl preview.npz snapshots/000470.npz
         live-decoder.safetensors model.safetensors resume.safetensors meta.json request.json

Each file has one writer: the process that trains writes all files but `meta.json` and `request.json`, which
the engine, or whoever else manages the run, writes. A file is written under another name and then renamed; a
reader of events ignores a last line without its newline.
"""

import json
import re
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from vaelab.config import RunConfig, read_config
from vaelab.events import Request
from vaelab.files import sync, take_lock, write_json
from vaelab.runs.errors import RunDamaged
from vaelab.runs.life import state_of
from vaelab.runs.naming import describe
from vaelab.runs.records import Record, checked
from vaelab.runs.status import Meta, Status, random_part, with_kind

TRAINED = ("resume.safetensors", "model.safetensors", "events.jsonl", "preview.npz")
"""Files that training writes. Copied in this order, the events reach at least to the checkpoint."""

SHORT_ID = 6
"""Letters of an id or of a group's random name that pages show, and that tell the runs of a visitor apart."""

STEERED = "steered by hand"
"""What the name of a run says whose dials were moved while it trained."""

NOT_BEGUN = "Its training has not begun."
WITHOUT_A_WORD = "Its training ended without a word. It can be resumed from its last epoch."


@dataclass(frozen=True)
class Run:
    """A handle on one run's folder; every property but the config is read from the folder each time."""

    path: Path
    shipped: bool = False
    """Whether the run comes with VAE Lab and cannot be changed."""

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.path.name

    @property
    def short_id(self) -> str:
        """The start of the id, as pages show it and links take it."""
        return self.id[:SHORT_ID]

    @property
    def short_group(self) -> str:
        """The group in words, as pages show it: "sweep 3f2a1b"; empty for a single run. Raises RunDamaged."""
        kind, digits = self.meta.kind, random_part(self.meta.group)
        return f"{kind} {digits[:SHORT_ID]}" if kind else ""

    @cached_property
    def config(self) -> RunConfig:
        """The config that the run was made with.

        Raises
        ------
        RunDamaged
            If `config.json` is missing or not a valid config.
        """
        config, problems = read_config(self._json("config.json"))
        if config is None:
            raise RunDamaged(
                f"Run {self.id} has a config.json that is not valid: {' '.join(problems.values())}"
            )
        return config

    @property
    def meta(self) -> Meta:
        """Name, owner, group and place in the queue; raises RunDamaged."""
        return self._checked(Meta, "meta.json", with_kind(self._json("meta.json")))

    @property
    def title(self) -> str:
        """The run's name, or its config in words: "VAE · MNIST · 2-D · 10 epochs"."""
        return self._named(self.meta.name) if self.meta.name else self.in_words

    @property
    def in_words(self) -> str:
        """The run's config in words, which differ for the runs of a sweep."""
        return self._named(describe(self.config, self.meta.axes))

    def _named(self, name: str) -> str:
        """A name of the run, which says so if the run is not what its config alone would have become."""
        try:
            return f"{name} · {STEERED}" if self.status().changes else name
        except RunDamaged:
            return name  # a run with a damaged status has a name, too

    def check(self) -> None:
        """Raise RunDamaged, which says why, if a file that every page needs cannot be read."""
        _ = self.config, self.status(), self.request()

    def has_begun(self) -> bool:
        """Whether the run's training has ever written its status."""
        return (self.path / "status.json").exists()

    def status(self) -> Status:
        """How training stands; raises RunDamaged.

        A run with a place in the queue is queued, and a run whose writer is dead is interrupted.
        """
        meta, begun = self.meta, self.has_begun()
        if begun:
            status = self._checked(Status, "status.json", self._json("status.json"))
        else:
            held_back = self.request().action == "pause"
            status = Status(state="paused" if held_back else "interrupted", message=NOT_BEGUN)
        has_writer = status.has_writer
        lost_writer = status.claims_writer and not has_writer
        message = WITHOUT_A_WORD if lost_writer else status.message
        if meta.note and (status.state == "paused" or lost_writer or not begun):
            message = meta.note
        state = state_of(
            status.state, has_writer=has_writer, lost_writer=lost_writer, waits=meta.place is not None
        )
        return replace(status, state=state, message=message)

    def request(self) -> Request:
        """The request to the run's training; raises RunDamaged."""
        if not (self.path / "request.json").exists():
            return Request()
        return self._checked(Request, "request.json", self._json("request.json"))

    def snapshot_steps(self) -> list[int]:
        """Steps that have a snapshot, in order."""
        files = (self.path / "snapshots").glob("*.npz")
        return sorted(int(file.stem) for file in files if re.fullmatch(r"[0-9]{6,}", file.stem))

    def snapshot_sizes(self) -> dict[int, int]:
        """Bytes of each snapshot by its step, in order; raises OSError if one is removed meanwhile."""
        return {step: self.snapshot_file(step).stat().st_size for step in self.snapshot_steps()}

    def snapshot_file(self, step: int) -> Path:
        """Path of the snapshot of a step, whether it is there or not."""
        return self.path / "snapshots" / f"{step:06d}.npz"

    def has_model(self) -> bool:
        """Whether the run has weights to load."""
        return (self.path / "model.safetensors").exists()

    def set_meta(self, **changes: Any) -> None:
        """Change fields of `meta.json`, for whoever manages the run; safe for several threads and processes.

        Raises
        ------
        PermissionError
            If the run came with VAE Lab.
        RunDamaged
            If there is no `meta.json` to change.
        """
        self.refuse_if_shipped()
        before = self.meta  # this raises if the run was deleted, whose folder the lock would make anew
        if before == replace(before, **changes):
            return
        lock = take_lock(self.path / ".meta.lock")
        try:
            write_json(self.path / "meta.json", asdict(replace(self.meta, **changes)), sync)
        finally:
            lock.release()

    def set_request(self, request: Request) -> None:
        """Write the request to the run's training; raises PermissionError if the run came with VAE Lab."""
        self.refuse_if_shipped()
        write_json(self.path / "request.json", asdict(request), sync)

    def refuse_if_shipped(self) -> None:
        """Raise PermissionError if the run came with VAE Lab."""
        if self.shipped:
            raise PermissionError("A run that comes with VAE Lab cannot be changed.")

    def _checked(self, kind: type[Record], name: str, values: dict[str, Any]) -> Record:
        try:
            return checked(kind, values)
        except ValueError as error:
            raise RunDamaged(f"Run {self.id} has a {name} that is not valid: {error}") from error

    def _json(self, name: str) -> dict[str, Any]:
        try:
            values = json.loads((self.path / name).read_text(encoding="utf-8"))
            json.dumps(
                values, ensure_ascii=False
            ).encode()  # this raises for half a surrogate pair, which no page can show
        except (OSError, ValueError, RecursionError) as error:
            raise RunDamaged(f"Run {self.id} has no readable {name}: {error}") from error
        if not isinstance(values, dict):
            raise RunDamaged(f"Run {self.id} has a {name} that is not a JSON object.")
        return values
