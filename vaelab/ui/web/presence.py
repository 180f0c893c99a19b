"""Who watches: connected visitors, the runs that pages follow, and how often these look."""

from __future__ import annotations

from functools import cache

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime.scriptrunner import get_script_run_ctx

from vaelab.engine.liveness import Presence
from vaelab.runs.store import Run
from vaelab.ui.web.pace import Pace
from vaelab.ui.web.visitor import token_of, visitor


@cache
def presence() -> Presence:
    """Who is on this server."""
    return Presence()


@cache
def _pace() -> Pace:
    return Pace()


def next_look(wish: float) -> float:
    """Seconds until this page should look again at what changes: as wished, longer where many pages do."""
    context = get_script_run_ctx()
    if context is not None:
        _pace().look(context.session_id)
    return _pace().between(wish)


def watches(run: Run) -> None:
    """Note that the visitor follows a run; also one whose browser keeps no cookies."""
    presence().see(run.id)
    presence().see(visitor())


class Connections:
    """ASGI middleware that notes which visitors have a page open: each holds one websocket."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the connection on, and count its visitor in for as long as it lasts."""
        who = token_of(HTTPConnection(scope).cookies) if scope["type"] == "websocket" else None
        if who is None:
            await self.app(scope, receive, send)
            return
        presence().arrive(who)
        try:
            await self.app(scope, receive, send)
        finally:
            presence().leave(who)
