"""The live view of the Train page: one fragment that follows a run while it is active."""

from functools import partial

import streamlit as st

from vaelab.config import RunConfig
from vaelab.runs import Run, Status
from vaelab.ui.runs.measures import measures_panel
from vaelab.ui.session import find_run, follow, next_look, watches
from vaelab.ui.train.controls import control_row
from vaelab.ui.train.meanwhile import shown_meanwhile
from vaelab.ui.train.outcome import outcome
from vaelab.ui.train.verdict import is_being_compared, verdict
from vaelab.ui.train.views import live_views

EXAMPLE, NOT_YOURS = "finished example", "an example: your run still waits"
"""What stands at the plane of a run that the visitor has not trained."""

EARLY_TICK, TICK = 0.5, 1.0
"""Seconds between two looks at a run that trains: in its first epoch, when most happens, and later on."""


def tick_of(status: Status) -> float | None:
    """Seconds until the next look at a run; None if the run does not train.

    Every look takes a browser some tenths of a second, which training on the same laptop then lacks. Where
    many pages look, each does so less often.
    """
    if status.state != "running":
        return None
    return next_look(EARLY_TICK if status.epoch < 1 else TICK)


def watch(run: Run, config: RunConfig | None) -> None:
    """Draw buttons, progress and views of a run, and follow it while it is active.

    Parameters
    ----------
    config: the recipe of the form; None if it is wrong.
    """
    follow(
        (run, run.status()),
        partial(_look, run.id),
        lambda seen: _draw(*seen, config),
        tick=lambda seen: tick_of(seen[1]) or (TICK if is_being_compared(*seen) else None),
        sign=lambda seen: seen[1].state,
    )


def _look(run_id: str) -> tuple[Run, Status] | None:
    run = find_run(run_id)
    if run is None:
        return None
    watches(run)
    return run, run.status()


def _draw(run: Run, status: Status, config: RunConfig | None) -> None:
    meanwhile = shown_meanwhile(run, status)
    with st.container(key="stage-bar", horizontal=True, vertical_alignment="center", gap="small"):
        control_row(config, run, status)
        outcome(run, status, meanwhile)
        verdict(run, status)
    shown = meanwhile.example if meanwhile else run
    label = NOT_YOURS if meanwhile else EXAMPLE if run.shipped else ""
    live_views(shown, shown.status() if meanwhile else status, label)
    measures_panel(shown)
