"""A run is a folder: reading, listing and naming runs. The pages, the CLI and the engine read here.

    <id>/config.json status.json events.jsonl preview.npz snapshots/000470.npz
         model.safetensors resume.safetensors meta.json request.json

One writer a file: whoever trains writes all but `meta.json` and `request.json`, which belong to
whoever manages the run. Files are written beside and renamed into place; a reader of events
ignores a last line without its newline.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import psutil

from vaelab.config import RunConfig
from vaelab.events import Request
from vaelab.fields import field_spec, read_config
from vaelab.files import write_json

State = Literal[
    "queued", "running", "paused", "finished", "stopped", "diverged", "failed", "interrupted", "damaged"
]
ACTIVE: frozenset[State] = frozenset({"queued", "running", "paused"})
"""States in which more may happen without anyone asking."""

HEARTBEAT = 15.0
"""Seconds without a sign of life after which a writer on another machine counts as dead."""

_ID = re.compile(r"[0-9a-z][0-9a-z-]{1,63}")


class RunNotFound(LookupError):
    """No run, or more than one, fits what was asked for; the text is a sentence for people."""


class RunDamaged(ValueError):
    """A run's folder cannot be read; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Meta:
    """What is known of a run besides its training."""

    created: float
    """Seconds since 1970."""
    owner: str = ""
    name: str = ""
    group: str = ""
    """Runs of one group are one turn in the queue."""
    place: float | None = None
    """Order in the queue, smaller is sooner; None if it does not wait."""
    parent: str = ""
    """Id of the run that this one trains on."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """How a run's training stands, as its writer last said."""

    state: State
    step: int = 0
    epoch: float = 0.0
    steps_per_epoch: int = 0
    images_per_second: float = 0.0
    seconds: float = 0.0
    threads: int = 0
    precision: str = ""
    device: str = ""
    message: str = ""
    host: str = ""
    pid: int = 0
    heartbeat: float = 0.0

    @property
    def active(self) -> bool:
        """Whether more may happen without anyone asking."""
        return self.state in ACTIVE


@dataclass(frozen=True)
class Run:
    """A handle on one run's folder; every look at it reads the folder anew, but for the config."""

    path: Path
    shipped: bool = False
    """Comes with VAE Lab and cannot be changed."""

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.path.name

    @cached_property
    def config(self) -> RunConfig:
        """The settings it was made with.

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
        """Name, owner and place in the queue; raises RunDamaged."""
        values = self._json("meta.json")
        try:
            return Meta(**values)
        except TypeError as error:
            raise RunDamaged(f"Run {self.id} has a meta.json with wrong fields: {error}") from error

    @property
    def title(self) -> str:
        """Its name, or what it is: "VAE · MNIST · 2-D · 10 epochs"."""
        return self.meta.name or describe(self.config)

    def status(self) -> Status:
        """How training stands. One with a place in the queue is queued; a dead writer's is interrupted."""
        if not (self.path / "status.json").exists():
            return Status(state="queued" if self.meta.place is not None else "interrupted")
        try:
            status = Status(**self._json("status.json"))
        except TypeError as error:
            raise RunDamaged(f"Run {self.id} has a status.json with wrong fields: {error}") from error
        if status.state in ("running", "paused") and status.pid and not _alive(status):
            message = "Its training ended without a word. It can be resumed from its last epoch."
            status = replace(status, state="interrupted", message=message)
        waits = status.state not in ("running", "paused") or not status.pid
        return replace(status, state="queued") if waits and self.meta.place is not None else status

    def request(self) -> Request:
        """What is wanted of its training."""
        if not (self.path / "request.json").exists():
            return Request()
        return Request(**self._json("request.json"))

    def snapshot_steps(self) -> list[int]:
        """Steps of which there is a snapshot, in order."""
        return sorted(int(file.stem) for file in (self.path / "snapshots").glob("[0-9]*.npz"))

    def has_model(self) -> bool:
        """Whether there are weights to load."""
        return (self.path / "model.safetensors").exists()

    def set_meta(self, **changes: Any) -> None:
        """Change fields of `meta.json`."""
        write_json(self.path / "meta.json", asdict(replace(self.meta, **changes)))

    def set_request(self, request: Request) -> None:
        """Ask something of its training."""
        write_json(self.path / "request.json", asdict(request))

    def _json(self, name: str) -> dict[str, Any]:
        try:
            values = json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise RunDamaged(f"Run {self.id} has no readable {name}: {error}") from error
        if not isinstance(values, dict):
            raise RunDamaged(f"Run {self.id} has a {name} that is not a JSON object.")
        return values


def _alive(status: Status) -> bool:
    if status.host == socket.gethostname():
        try:
            return psutil.Process(status.pid).create_time() <= status.heartbeat + 1
        except psutil.Error:
            return False
    return time.time() - status.heartbeat < HEARTBEAT


def describe(config: RunConfig) -> str:
    """A config in a few words: model, data set, latent dimension and epochs."""
    dataset = field_spec("dataset").labels[config.dataset]
    epochs = "1 epoch" if config.epochs == 1 else f"{config.epochs} epochs"
    return f"{config.model.upper()} · {dataset} · {config.latent_dim}-D · {epochs}"


class RunStore:
    """All runs below a folder, and those that are shipped.

    Parameters
    ----------
    root: where runs are made; created with the first one.
    shipped: a folder of finished runs that are shown and never changed.
    """

    def __init__(self, root: Path, shipped: Path | None = None) -> None:
        self.root = root
        self.shipped = shipped

    def create(self, config: RunConfig, *, owner: str = "", **meta: Any) -> Run:
        """A new run, not started; its id carries 128 random bits. `meta` are other fields of `Meta`."""
        run = Run(self.root / secrets.token_hex(16))
        draft = self.root / f".new-{run.id}"
        draft.mkdir(parents=True)
        write_json(draft / "config.json", config.model_dump())
        write_json(draft / "meta.json", asdict(Meta(created=time.time(), owner=owner, **meta)))
        os.replace(draft, run.path)
        return run

    def runs(self) -> list[Run]:
        """The runs below `root`, newest first; damaged ones last."""
        return sorted(self._in(self.root, shipped=False), key=_created, reverse=True)

    def shipped_runs(self) -> list[Run]:
        """The runs that come with VAE Lab, by name of their folder."""
        return sorted(self._in(self.shipped, shipped=True), key=lambda run: run.id) if self.shipped else []

    def get(self, run_id: str) -> Run:
        """The run of exactly this id; raises RunNotFound."""
        for root, shipped in ((self.root, False), (self.shipped, True)):
            if root and _ID.fullmatch(run_id) and (root / run_id).is_dir():
                return Run(root / run_id, shipped)
        raise RunNotFound(
            f"There is no run {run_id[:64]!r} here. It may have been deleted, or made elsewhere."
        )

    def find(self, prefix: str) -> Run:
        """The one run whose id starts with `prefix`; raises RunNotFound."""
        found = [run for run in (*self.runs(), *self.shipped_runs()) if run.id.startswith(prefix)]
        exact = [run for run in found if run.id == prefix]
        if len(exact or found) != 1:
            why = f"{len(found)} runs" if found else "no run"
            raise RunNotFound(f"There is {why} whose id starts with {prefix[:64]!r} in {self.root}.")
        return (exact or found)[0]

    def copy_training(self, source: Run, target: Run) -> None:
        """Give a new run what another has recorded, so that it can go on from there."""
        for name in ("events.jsonl", "model.safetensors", "resume.safetensors", "preview.npz"):
            if (source.path / name).exists():
                shutil.copyfile(source.path / name, target.path / name)
        if (source.path / "snapshots").exists():
            shutil.copytree(source.path / "snapshots", target.path / "snapshots")

    def delete(self, run: Run) -> None:
        """Remove a run's folder. A shipped run stays: raises PermissionError."""
        if run.shipped:
            raise PermissionError("A run that comes with VAE Lab cannot be deleted.")
        grave = self.root / f".gone-{run.id}"
        os.replace(run.path, grave)  # at once, so that no reader meets half a run
        shutil.rmtree(grave, ignore_errors=True)

    def _in(self, root: Path | None, *, shipped: bool) -> Iterator[Run]:
        if root and root.is_dir():
            for path in root.iterdir():
                if _ID.fullmatch(path.name) and path.is_dir():
                    yield Run(path, shipped)


def _created(run: Run) -> float:
    try:
        return run.meta.created
    except RunDamaged:
        return 0.0


def default_root() -> Path:
    """Where runs are kept: `$VAELAB_RUNS`, else `runs` in the working directory."""
    return Path(os.environ.get("VAELAB_RUNS") or "runs")
