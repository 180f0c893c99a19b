"""Runs in any state, beside an engine that trains none of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.support.runs_page import Make, idle_worker, make_run


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is queued stays queued, for a visitor who is one of many."""
    monkeypatch.setattr("vaelab.engine.engine.WorkerProcess", idle_worker)
    monkeypatch.delenv("VAELAB_SINGLE_USER", raising=False)


@pytest.fixture
def make(runs: Path) -> Make:
    return partial(make_run, runs)
