"""The standing of runs that a page waits for: a short text that changes with the run, and a sentence."""

from collections.abc import Sequence

from vaelab.runs import MEASURED, Run, RunDamaged, Status, is_measured
from vaelab.ui.session.state import engine
from vaelab.words import duration

PATH = "standing"
"""The route below `/lab/` that answers with the standing of runs."""

MOST = 100
"""Largest number of runs in one request: more than a visitor usually has waiting, and cheap to answer."""

GONE = "gone"
"""The standing of a run that is deleted or damaged."""


def standing_of_all(runs: Sequence[Run | None]) -> str:
    """One text for all runs, which changes when the standing of any of them does."""
    return " ".join(map(_standing_of, runs))


def _standing_of(run: Run | None) -> str:
    try:
        if run is None:
            return GONE
        if is_being_measured(run):
            return "measuring"
        status, request = run.status(), run.request()
        # The state alone is not enough: between two looks a run may train an epoch and pause again, and a
        # request that has been answered changes the buttons.
        return f"{status.state}-{status.step}-{request.action}-{request.until_epoch}"
    except RunDamaged:
        return GONE


def is_being_measured(run: Run) -> bool:
    """Whether the measures of a finished run are being computed; has them computed if nobody did yet."""
    try:
        if run.status().state not in MEASURED or is_measured(run):
            return False
    except RunDamaged:
        return False
    return engine().measure(run) == ""


def waits(status: Status) -> bool:
    """Whether a run is active but does not train: it is queued or paused."""
    return status.active and status.state != "running"


def words_of(run: Run) -> str:
    """A sentence on a run's place in the queue."""
    place = engine().place(run)
    ahead = "next" if place == 1 else f"number {place}" if place else "starting"
    seconds = engine().seconds_to_wait(run)
    return f"Waiting in the queue: {ahead}{f', begins in {duration(seconds)}' if seconds else ''}."
