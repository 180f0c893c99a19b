"""How often a page looks at a run."""

from __future__ import annotations

from typing import get_args

from vaelab.runs import Status
from vaelab.runs.life import State
from vaelab.ui.train.live import tick_of


def test_only_a_run_that_trains_is_looked_at_again_and_a_young_one_more_often() -> None:
    for state in get_args(State):
        young, old = (tick_of(Status(state=state, epoch=epoch)) for epoch in (0.0, 100.0))
        if state == "running":
            assert young is not None
            assert old is not None
            assert 0 < young < old
        else:
            assert young is old is None
