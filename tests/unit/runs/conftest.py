"""Runs to record, and the one that nothing has disturbed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.old_runs import FOLDER
from tests.support.recorded import CONFIG, Training
from vaelab.data import Dataset
from vaelab.events import Event
from vaelab.runs import Recorder, Run, RunStore
from vaelab.training import train


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


@pytest.fixture
def run(store: RunStore) -> Run:
    return store.create(CONFIG)


@pytest.fixture
def training(tiny: Dataset) -> Training:
    """Record a run's training, going on from where it stands; nothing happens until it is iterated."""

    def made(recorder: Recorder) -> Iterator[Event]:
        config = recorder.run.config
        return recorder.record(
            train(
                config,
                data=tiny,
                resume=recorder.resume,
                changes=recorder.changes,
                request=recorder.request,
                threads=1,
            )
        )

    return made


@pytest.fixture(scope="package")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, tiny: Dataset) -> Run:
    """The run that nothing has cut short."""
    run = RunStore(tmp_path_factory.mktemp("undisturbed")).create(CONFIG)
    for _ in Recorder(run).record(train(CONFIG, data=tiny, threads=1)):
        pass
    return run


@pytest.fixture
def old_store(tmp_path: Path) -> RunStore:
    """A store of the runs of tests/data/runs, with every file as it was written."""
    shutil.copytree(FOLDER, tmp_path / "runs")
    return RunStore(tmp_path / "runs")
