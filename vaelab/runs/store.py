"""The store of all runs makes, finds, lists and deletes them; `vaelab.runs.run` describes a run's folder."""

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

from vaelab.config import RunConfig
from vaelab.files import sync, sync_folder, write_json
from vaelab.runs.errors import RunDamaged, RunNotFound
from vaelab.runs.run import TRAINED, Run
from vaelab.runs.status import Meta
from vaelab.settings import read_settings

_ID = re.compile(r"[0-9a-z][0-9a-z-]{1,63}")
_BIRTHS: dict[Path, _Birth] = {}
"""The results of `_birth` by the run's folder."""


class RunStore:
    """All runs below a folder, and those that are shipped with VAE Lab.

    Parameters
    ----------
    root: folder in which runs are made; it is made with the first run.
    shipped: folder of the shipped runs, which are finished and never changed.
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
        """Make a new run, which is not started; its id has 128 random bits.

        Parameters
        ----------
        config: the config to train.
        owner: the visitor whom the run belongs to.
        parent: the run that the new one goes on from; the files of its training are copied.
        files: contents of the run's files by name, if it was trained elsewhere.
        meta: other fields of `Meta`.

        Raises
        ------
        OSError
            If the run cannot be written; nothing of it is kept.
        """
        run = Run(self.root / secrets.token_hex(16))
        values = asdict(Meta(created=time.time(), owner=owner, parent=parent.id if parent else "", **meta))
        draft = self.root / f".new-{run.id}"
        draft.mkdir(parents=True)
        try:
            if parent:
                _copy_training(parent.path, draft)
            for name, content in (files or {}).items():
                (draft / name).write_bytes(content)
            write_json(draft / "config.json", config.model_dump())
            write_json(draft / "meta.json", values)
            sync_folder(draft)
            os.replace(draft, run.path)
            sync(self.root)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return run

    def runs(self) -> list[Run]:
        """The runs below `root`, the newest first, damaged runs last."""
        return sorted(self.folders(), key=lambda run: _birth(run).created, reverse=True)

    def runs_of(self, owner: str) -> list[Run]:
        """The runs of a visitor below `root`, the newest first, without damaged runs."""
        return [run for run in self.runs() if _birth(run).owner == owner]

    def folders(self) -> Iterator[Run]:
        """The runs below `root` in any order; this reads none of their files."""
        return self._in(self.root, shipped=False)

    def shipped_runs(self) -> list[Run]:
        """The runs that come with VAE Lab, in the order of their ids."""
        return sorted(self._in(self.shipped, shipped=True), key=lambda run: run.id) if self.shipped else []

    def group(self, group: str) -> list[Run]:
        """The runs of a group (twins, a sweep) in the order of their submission, without damaged runs."""
        members = [run for run in self.folders() if group and _birth(run).group == group]
        return sorted(members, key=lambda run: _birth(run).created)

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
        runs = [run for run in (*self.runs(), *self.shipped_runs()) if run.id.startswith(prefix)]
        matching = [run for run in runs if run.id == prefix] or runs
        if len(matching) != 1:
            what = f"are {len(runs)} runs" if runs else "is no run"
            raise RunNotFound(f"There {what} whose id starts with {prefix[:64]!r} in {self.root}.")
        return matching[0]

    def delete(self, run: Run) -> None:
        """Delete a run's folder; raises PermissionError if the run is shipped."""
        run.refuse_if_shipped()
        with suppress(FileNotFoundError):  # another process has just deleted the run
            os.replace(
                run.path, self.root / f".gone-{run.id}"
            )  # in one step, so that nobody reads half a run
        _BIRTHS.pop(run.path, None)
        for remains in self.root.glob(".gone-*"):  # with those of a server that was killed while deleting
            shutil.rmtree(remains, ignore_errors=True)

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
    """The parts of a run's `Meta` that never change, read once: pages list runs several times a second."""

    created: float = 0.0
    owner: str | None = None
    """None for a damaged run."""
    group: str = ""


def _birth(run: Run) -> _Birth:
    if run.path not in _BIRTHS:
        try:
            meta = run.meta
        except RunDamaged:
            return _Birth()
        _BIRTHS[run.path] = _Birth(meta.created, meta.owner, meta.group)
    return _BIRTHS[run.path]


def default_root() -> Path:
    """The folder of runs: `$VAELAB_RUNS`, else `runs` in the working directory."""
    return Path(read_settings().runs)
