"""Objects that all pages of the process share: the store, the engine, and loaded runs and data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from vaelab.config import RunConfig
from vaelab.data import Dataset, load
from vaelab.engine import Engine
from vaelab.paths import EXAMPLES
from vaelab.runs import History, Run, RunDamaged, RunNotFound, RunStore, default_root
from vaelab.runs.recordings import Recordings
from vaelab.settings import read_settings
from vaelab.ui.session.visits import visitor
from vaelab.ui.web.intake import Intake
from vaelab.ui.web.presence import presence

if TYPE_CHECKING:  # the first page does not wait for PyTorch
    from vaelab.analysis.load import TrainedRun
    from vaelab.models.codes import Codes

FIRST_PAGE = 2.5
"""Seconds after the start for which the engine's workers leave all cores to the first page."""


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


def intake() -> Intake:
    """The files that browsers have sent to this server; first use deletes those of an earlier server."""
    return _intake(str(default_root().resolve()))


@st.cache_resource(max_entries=1, show_spinner=False)
def _intake(root: str) -> Intake:
    made = Intake(Path(root) / ".uploads", read_settings(), presence())
    made.empty()
    return made


def recording_of(config: RunConfig) -> Run | None:
    """A finished run of exactly this config that every visitor may watch, if there is one."""
    return _recordings(str(default_root().resolve())).of(config)


@st.cache_resource(max_entries=1, show_spinner=False)
def _recordings(root: str) -> Recordings:
    return Recordings(RunStore(Path(root), EXAMPLES))


def end_training() -> None:
    """End the engine's workers, which save their runs; it stays, so that no page makes another engine."""
    engine().close()


def close_engine() -> None:
    """Forget the engine, and end its workers if `end_training` has not done so."""
    _engine.clear()


def single_user() -> bool:
    """Whether all runs belong to the one user of a server that only this machine can reach (`make run`)."""
    return read_settings().single_user


def is_own(run: Run) -> bool:
    """Whether the run belongs to this visitor. Runs of the command line belong to a single user."""
    return not run.shipped and (single_user() or run.meta.owner == visitor())


def may_change(run: Run) -> bool:
    """The same as `is_own` for runs that may be damaged: one without a readable owner is a single user's."""
    try:
        return is_own(run)
    except RunDamaged:
        return single_user() and not run.shipped


def own_runs() -> list[Run]:
    """The visitor's runs, newest first; damaged ones only for a single user."""
    return store().runs() if single_user() else store().runs_of(visitor())


def find_run(run_id: str) -> Run | None:
    """The run with this id; None if there is none or it cannot be read."""
    try:
        run = store().get(run_id)
        run.check()
    except (RunNotFound, RunDamaged):
        return None
    return run


def history(run: Run) -> History:
    """The events of a run so far."""
    run_history = _history(str(run.path))
    run_history.refresh()
    return run_history


@st.cache_resource(max_entries=256, show_spinner=False)
def _history(path: str) -> History:
    return History(Run(Path(path)))


@st.cache_resource(max_entries=4, show_spinner="Loading the images …")
def dataset(name: str) -> Dataset:
    """A data set that is on this machine."""
    return load(name)


def trained(run: Run) -> TrainedRun:
    """The run with its model as last saved; raises RunDamaged."""
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


def saved_at(run: Run, step: int | None = None) -> int:
    """When a run's weights, or its snapshot of a step, were saved, in nanoseconds; raises RunDamaged."""
    file = run.path / "model.safetensors" if step is None else run.snapshot_file(step)
    try:
        return file.stat().st_mtime_ns
    except OSError as error:
        missing = "weights" if step is None else f"snapshot of step {step}"
        raise RunDamaged(f"Run {run.id} has no {missing}.") from error
