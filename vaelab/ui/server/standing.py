"""The route `/lab/standing`: the standing of runs, for a page that waits until one of them changes."""

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from vaelab.ui.session import find_run, standing_of_all, words_of
from vaelab.ui.session.standing import MOST
from vaelab.ui.web.presence import presence
from vaelab.ui.web.visitor import token_of


async def serve_standing(request: Request) -> Response:
    """Answer with the standing of runs, and with a sentence on the first one's place in the queue."""
    ids = request.query_params.get("runs", "").split(",")[:MOST]
    answer = await run_in_threadpool(_answer, ids, token_of(request.cookies))
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def _answer(ids: Sequence[str], visitor: str | None) -> dict[str, str]:
    runs = [find_run(run_id) for run_id in ids]
    for present in filter(None, (visitor, *(run.id for run in runs if run))):
        presence().see(present)
    return {"standing": standing_of_all(runs), "words": words_of(runs[0]) if runs[0] else ""}
