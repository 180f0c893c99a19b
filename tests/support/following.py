"""Following runs of an engine, and comparing what they measure."""

from __future__ import annotations

from typing import Any

from tests.support.waiting import until
from tests.support.warm import running
from vaelab.config import RunConfig
from vaelab.events import Columns
from vaelab.runs import History, Run

SHORT = RunConfig(train_size=500, hidden="16", batch_size=100, epochs=1)
ENDLESS = RunConfig(train_size=500, hidden="16", batch_size=10, epochs=500)
"""Trains until it is told not to: its epochs of 50 steps take minutes altogether."""
COMPARED = 4
"""Epochs of ENDLESS that are compared."""


def workers() -> set[int]:
    """Numbers of this process's living workers."""
    return running("vaelab.workers.train")


def reaches(run: Run, *states: str) -> str:
    return until(lambda: (state := run.status().state) in states and state, run.status)


def trains_on(run: Run, steps: int = 3) -> None:
    """It runs, and gets on."""
    before = run.status().step
    until(lambda: run.status().state == "running" and run.status().step > before + steps, run.status)


def measured(columns: Columns) -> list[dict[str, Any]]:
    return [{name: row[name] for name in row if name != "seconds"} for row in columns.rows()]


def agrees(run: Run, undisturbed: dict[str, list[dict[str, Any]]]) -> None:
    """Its losses of the first epochs are those of the undisturbed run, to the last bit."""
    said = History(run)
    assert [row for row in measured(said.steps) if row["epoch"] <= COMPARED] == undisturbed["step"]
    whole = [row for row in measured(said.evaluated) if row["epoch"] in range(1, COMPARED + 1)]
    assert whole == undisturbed["evaluated"]


def trained_so_far(run: Run) -> None:
    until(lambda: run.status().epoch > COMPARED, run.status)
