"""How a run stands while a page waits for it, as a short text and in words."""

from __future__ import annotations

from collections.abc import Sequence

from vaelab.runs.errors import RunDamaged
from vaelab.runs.measures import MEASURED, read_measures
from vaelab.runs.run import Run
from vaelab.runs.status import Status
from vaelab.ui.session.state import engine
from vaelab.words import duration

PATH = "standing"
"""The route below `/lab/` that tells how runs stand."""

MOST = 100
"""Runs that are asked for at a time: more than a visitor usually has waiting, and no burden on the server."""

GONE = "gone"
"""How a run stands that is not there, or cannot be read."""


def standing_of_all(runs: Sequence[Run | None]) -> str:
    """How all of them stand, in a text that changes when one of them does."""
    return " ".join(map(_standing_of, runs))


def _standing_of(run: Run | None) -> str:
    try:
        if run is None:
            return GONE
        if is_being_measured(run):
            return "measuring"
        status, request = run.status(), run.request()
        # A run may train an epoch and be paused again between two looks; and whoever has asked it to do so
        # waits for an answer.
        return f"{status.state}-{status.step}-{request.action}-{request.until_epoch}"
    except RunDamaged:
        return GONE


def is_being_measured(run: Run) -> bool:
    """Whether the measures of a run that is over are still to come; asking has an older run measured."""
    try:
        if run.status().state not in MEASURED or read_measures(run) is not None:
            return False
    except RunDamaged:
        return False
    return engine().measure(run) == ""


def waits(status: Status) -> bool:
    """Whether a run is not over, and nothing moves in it."""
    return status.active and status.state != "running"


def words_of(run: Run) -> str:
    """A sentence on a run's place in the queue."""
    place = engine().place(run)
    ahead = "next" if place == 1 else f"number {place}" if place else "starting"
    seconds = engine().seconds_to_wait(run)
    return f"Waiting in the queue: {ahead}{f', begins in {duration(seconds)}' if seconds else ''}."
