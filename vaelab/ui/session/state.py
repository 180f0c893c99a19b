"""What the pages share: the store, the engine, and loaded runs and data, each kept once a process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from vaelab.config.run_config import RunConfig
from vaelab.data.loading import Dataset, load
from vaelab.engine.engine import Engine
from vaelab.paths import EXAMPLES
from vaelab.runs.errors import RunDamaged, RunNotFound
from vaelab.runs.history import History
from vaelab.runs.run import Run
from vaelab.runs.shared import Recordings
from vaelab.runs.store import RunStore, default_root
from vaelab.settings import read_settings
from vaelab.ui.session.visit import visitor
from vaelab.ui.web.presence import presence

if TYPE_CHECKING:  # PyTorch stays off the way to the first page
    from vaelab.analysis.load import TrainedRun
    from vaelab.models.codes import Codes


FIRST_PAGE = 2.5
"""Seconds in which whoever has started the server opens the first page, and needs all cores for it."""


def store() -> RunStore:
    """The runs of this server and the shipped ones."""
    return RunStore(default_root().resolve(), EXAMPLES)


def engine() -> Engine:
    """The one engine of this server, made on first use."""
    return _engine(str(default_root().resolve()))


@st.cache_resource(max_entries=1, show_spinner=False, on_release=Engine.close)
def _engine(root: str) -> Engine:
    return Engine(
        RunStore(Path(root), EXAMPLES), rest=FIRST_PAGE, limits=read_settings(), presence=presence()
    )


def recording_of(config: RunConfig) -> Run | None:
    """A finished run of exactly this recipe that everybody may watch, if there is one."""
    return _recordings(str(default_root().resolve())).of(config)


@st.cache_resource(max_entries=1, show_spinner=False)
def _recordings(root: str) -> Recordings:
    return Recordings(RunStore(Path(root), EXAMPLES))


def end_training() -> None:
    """End the engine's workers, whose runs checkpoint; pages keep it, so that none makes another."""
    engine().close()


def close_engine() -> None:
    """Forget the engine, and end it if that has not been done: its runs checkpoint, its workers end."""
    _engine.clear()


def single_user() -> bool:
    """Whether all runs are one's own: set by `make run`, which only this machine can reach."""
    return read_settings().single_user


def is_own(run: Run) -> bool:
    """Whether this visitor may change the run. Runs of the command line belong to the machine's user."""
    return not run.shipped and (single_user() or run.meta.owner == visitor())


def own_runs() -> list[Run]:
    """The visitor's runs, newest first; damaged ones only where all runs are one's own."""
    if single_user():
        return store().runs()
    return store().runs_of(visitor())


def find_run(run_id: str) -> Run | None:
    """The run of an id, None if there is none or it cannot be read."""
    try:
        run = store().get(run_id)
        run.check()
    except (RunNotFound, RunDamaged):
        return None
    return run


def history(run: Run) -> History:
    """What the run has said so far."""
    kept = _history(str(run.path))
    kept.refresh()
    return kept


@st.cache_resource(max_entries=256, show_spinner=False)
def _history(path: str) -> History:
    return History(Run(Path(path)))


@st.cache_resource(max_entries=4, show_spinner="Loading the images …")
def dataset(name: str) -> Dataset:
    """A data set that is on this machine."""
    return load(name)


def trained(run: Run) -> TrainedRun:
    """The run with its model, as last saved; raises RunDamaged."""
    return _trained(run, saved_at(run))


@st.cache_resource(
    max_entries=12, show_spinner="Loading the model …", hash_funcs={Run: lambda run: str(run.path)}
)
def _trained(run: Run, version: int) -> TrainedRun:
    from vaelab.analysis.load import load_run

    return load_run(run)


def test_codes(run: Run) -> Codes:
    """The posteriors of all test images; raises RunDamaged."""
    return _test_codes(run, saved_at(run))


@st.cache_resource(
    max_entries=12, show_spinner="Encoding the test images …", hash_funcs={Run: lambda run: str(run.path)}
)
def _test_codes(run: Run, version: int) -> Codes:
    from vaelab.models.codes import embed

    return embed(_trained(run, version).model, dataset(run.config.dataset).x_test)


def saved_at(run: Run) -> int:
    """When a run's weights were saved, in nanoseconds; raises RunDamaged."""
    try:
        return (run.path / "model.safetensors").stat().st_mtime_ns
    except OSError as error:
        raise RunDamaged(f"Run {run.id} has no weights.") from error


def snapshot_saved_at(run: Run, step: int) -> int:
    """When a run's snapshot of a step was saved, in nanoseconds; raises RunDamaged."""
    try:
        return run.snapshot_file(step).stat().st_mtime_ns
    except OSError as error:
        raise RunDamaged(f"Run {run.id} has no snapshot of step {step}.") from error


def may_change(run: Run) -> bool:
    """Whether the run is this visitor's; one that cannot say whose it is belongs to a single user."""
    try:
        return is_own(run)
    except RunDamaged:
        return single_user() and not run.shipped
