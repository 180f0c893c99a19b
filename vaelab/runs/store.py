"""All runs: making, finding, listing and removing them. A run is a folder: see `vaelab.runs.run`."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vaelab.config.run_config import RunConfig
from vaelab.files import sync, sync_folder, write_json
from vaelab.runs.errors import RunDamaged, RunNotFound
from vaelab.runs.run import TRAINED, Run
from vaelab.runs.status import Meta
from vaelab.settings import read_settings

_ID = re.compile(r"[0-9a-z][0-9a-z-]{1,63}")


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

    def create(
        self,
        config: RunConfig,
        *,
        owner: str = "",
        parent: Run | None = None,
        files: Mapping[str, bytes] | None = None,
        **meta: Any,
    ) -> Run:
        """A new run, not started; its id carries 128 random bits.

        Parameters
        ----------
        config: what to train.
        owner: the visitor that it belongs to.
        parent: a run that it goes on from; what that one has recorded is copied.
        files: what it has already, by name, if it was trained elsewhere.
        meta: other fields of `Meta`.

        Raises
        ------
        OSError
            If it cannot be written; nothing is left behind.
        """
        run = Run(self.root / secrets.token_hex(16))
        known = Meta(created=time.time(), owner=owner, parent=parent.id if parent else "", **meta)
        draft = self.root / f".new-{run.id}"
        draft.mkdir(parents=True)
        try:
            if parent:
                _copy_training(parent.path, draft)
            for name, content in (files or {}).items():
                (draft / name).write_bytes(content)
            write_json(draft / "config.json", config.model_dump())
            write_json(draft / "meta.json", asdict(known))
            sync_folder(draft)
            os.replace(draft, run.path)
            sync(self.root)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return run

    def runs(self) -> list[Run]:
        """The runs below `root`, newest first; damaged ones last."""
        return sorted(self.folders(), key=lambda run: _birth(run).created, reverse=True)

    def runs_of(self, owner: str) -> list[Run]:
        """The runs below `root` that belong to a visitor, newest first; no damaged ones."""
        return [run for run in self.runs() if _birth(run).owner == owner]

    def folders(self) -> Iterator[Run]:
        """The runs below `root` in any order: none of their files is read."""
        return self._in(self.root, shipped=False)

    def shipped_runs(self) -> list[Run]:
        """The runs that come with VAE Lab, by name of their folder."""
        return sorted(self._in(self.shipped, shipped=True), key=lambda run: run.id) if self.shipped else []

    def group(self, group: str) -> list[Run]:
        """The runs of a group (twins, a sweep) in the order of their submission; no damaged ones."""
        if not group:
            return []
        found = (run for run in self.folders() if _birth(run).group == group)
        return sorted(found, key=lambda run: _birth(run).created)

    def get(self, run_id: str) -> Run:
        """The run of exactly this id; raises RunNotFound."""
        for root, shipped in ((self.root, False), (self.shipped, True)):
            if root and _ID.fullmatch(run_id) and (root / run_id).is_dir():
                return Run(root / run_id, shipped)
        raise RunNotFound(
            f"There is no run {run_id[:64]!r} here. It may have been deleted, or made elsewhere."
        )

    def get_or_none(self, run_id: str | None) -> Run | None:
        """The run of exactly this id; None if there is none, or no id."""
        try:
            return self.get(run_id) if run_id else None
        except RunNotFound:
            return None

    def find(self, prefix: str) -> Run:
        """The one run whose id starts with `prefix`; raises RunNotFound."""
        found = [run for run in (*self.runs(), *self.shipped_runs()) if run.id.startswith(prefix)]
        exact = [run for run in found if run.id == prefix]
        if len(exact or found) != 1:
            what = f"are {len(found)} runs" if found else "is no run"
            raise RunNotFound(f"There {what} whose id starts with {prefix[:64]!r} in {self.root}.")
        return (exact or found)[0]

    def delete(self, run: Run) -> None:
        """Remove a run's folder. A shipped run stays: raises PermissionError."""
        run.refuse_if_shipped()
        with suppress(FileNotFoundError):  # of one who was quicker
            os.replace(run.path, self.root / f".gone-{run.id}")  # at once: no reader meets half a run
        _BIRTHS.pop(run.path, None)
        for grave in self.root.glob(".gone-*"):  # with those of a server that was killed meanwhile
            shutil.rmtree(grave, ignore_errors=True)

    def _in(self, root: Path | None, *, shipped: bool) -> Iterator[Run]:
        if root and root.is_dir():
            with os.scandir(root) as entries:
                for entry in entries:
                    if _ID.fullmatch(entry.name) and entry.is_dir():
                        yield Run(root / entry.name, shipped)


def _copy_training(source: Path, target: Path) -> None:
    for name in TRAINED:
        if (source / name).exists():
            shutil.copyfile(source / name, target / name)
    if (source / "snapshots").exists():
        shutil.copytree(source / "snapshots", target / "snapshots", ignore=shutil.ignore_patterns(".*"))


@dataclass(frozen=True)
class _Birth:
    """What of a run never changes: read once, because pages ask for lists of runs at every click and look."""

    created: float = 0.0
    owner: str | None = None
    """None of a damaged run."""
    group: str = ""


_BIRTHS: dict[Path, _Birth] = {}


def _birth(run: Run) -> _Birth:
    if run.path not in _BIRTHS:
        try:
            meta = run.meta
        except RunDamaged:
            return _Birth()
        _BIRTHS[run.path] = _Birth(meta.created, meta.owner, meta.group)
    return _BIRTHS[run.path]


def default_root() -> Path:
    """Where runs are kept: `$VAELAB_RUNS`, else `runs` in the working directory."""
    return Path(read_settings().runs)
