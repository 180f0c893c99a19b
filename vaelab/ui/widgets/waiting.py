"""Pages on which nothing moves: the browser asks how runs stand, and a script runs when that has changed.

Such an answer takes the server a millisecond or two, drawing a page some thirty; and many runs may wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from vaelab.networks.sizes import duration
from vaelab.runs.measures import MEASURED, read_measures
from vaelab.runs.store import Run, RunDamaged, Status
from vaelab.ui.session.state import engine, find_run
from vaelab.ui.web.assets import lab_path
from vaelab.ui.web.presence import presence
from vaelab.ui.web.visitor import token_of
from vaelab.ui.widgets.components import component, rerun_only

PATH = "standing"
MOST = 100
"""Runs that are asked for at a time: more than a visitor usually has waiting, and no burden on the server."""
GONE = "gone"


def wait_for(runs: Sequence[Run], *, key: str, name: str = "") -> None:
    """Run the script, or the fragment that this is called in, again when one of the runs stands otherwise.

    Parameters
    ----------
    runs: those that are not looked at by themselves. Without any, nothing is drawn.
    key: Streamlit's key of the element.
    name: of a single run, to be shown with its place in the queue; empty to show nothing.
    """
    followed = runs[:MOST]
    if not followed:
        return
    query = urlencode({"runs": ",".join(run.id for run in followed)})
    component("waiting")(
        key=key,
        height="content",
        data={
            "address": f"{lab_path()}/{PATH}?{query}",
            "standing": _standing(followed),
            "name": name,
            "words": words_of(followed[0]) if name else "",
        },
        on_changed_change=rerun_only,
    )


async def serve_standing(request: Request) -> Response:
    """Answer with how some runs stand, and with the words for the first of them if it waits."""
    ids = request.query_params.get("runs", "").split(",")[:MOST]
    answer = await run_in_threadpool(_answer, ids, token_of(request.cookies))
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def _answer(ids: Sequence[str], visitor: str | None) -> dict[str, str]:
    runs = [find_run(run_id) for run_id in ids]
    for who in (visitor, *(run.id for run in runs if run)):
        if who:
            presence().see(who)
    return {"standing": _standing(runs), "words": words_of(runs[0]) if runs[0] else ""}


def _standing(runs: Sequence[Run | None]) -> str:
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
