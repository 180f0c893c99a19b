"""A sweep that was asked to stop says so until its runs have stopped."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from vaelab.ui.sweep.progress import is_stopping


def sweep(*runs: tuple[str, str]) -> Any:
    """A sweep of runs, each with its state and what was last asked of it."""
    return SimpleNamespace(
        runs=[
            SimpleNamespace(request=lambda asked=asked: SimpleNamespace(action=asked)) for _, asked in runs
        ],
        statuses=[SimpleNamespace(active=state in ("queued", "running")) for state, _ in runs],
    )


@pytest.mark.parametrize(
    ("runs", "stopping"),
    [
        ((("running", "stop"), ("running", "stop")), True),
        ((("running", "stop"), ("finished", "run")), True),
        ((("running", "stop"), ("queued", "run")), False),
        ((("running", "run"), ("stopped", "stop")), False),
    ],
)
def test_a_sweep_stops_when_all_that_goes_on_was_asked_to(
    runs: tuple[tuple[str, str], ...], stopping: bool
) -> None:
    assert is_stopping(sweep(*runs)) == stopping
