"""Presence on the server: connected visitors, the runs that pages follow, and how often pages look."""

import ctypes
import gc
import threading
import time
from contextlib import suppress
from functools import cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from vaelab.engine.presence import Presence
from vaelab.ui.web.visitor import token_of

STEPS = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Allowed seconds between two looks; few values, because a page is drawn anew when its value changes."""

A_LOOK = 0.1
"""Seconds between the looks of all pages together. A look takes the server some 30 ms, during which clicks on
all pages wait: with this value, a click waits one time in three however many pages look."""

REMEMBERED = 2.5 * STEPS[-1]
"""Seconds after its last look for which a page counts as watching."""


@cache
def presence() -> Presence:
    """The visitors of this server and the runs that they follow."""
    return Presence()


MOST_PAGES = 300
"""Pages that can be open at once: each may hold a message of `server.maxMessageSize` in memory."""

CLEAR_AFTER = 20
"""Ended connections after which their memory is collected. A message that was broken off stays in a cycle of
objects, which Python's own collector would leave there for hours, because it counts objects and not bytes."""


class Connections:
    """ASGI middleware that knows which visitors have a page open: each holds one websocket.

    It refuses more than `MOST_PAGES` of them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._open = self._ended = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the connection on, and count it and its visitor in for as long as it lasts."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        if self._open >= MOST_PAGES:
            await receive()
            await send({"type": "websocket.close", "code": 1013})  # try again later, which Streamlit does
            return
        who = token_of(HTTPConnection(scope).cookies)
        self._open += 1
        if who:
            presence().arrive(who)
        try:
            await self.app(scope, receive, send)
        finally:
            if who:
                presence().leave(who)
            self._open -= 1
            self._ended += 1
            if self._ended % CLEAR_AFTER == 0:
                await run_in_threadpool(_clear_memory)


def _clear_memory() -> None:
    gc.collect()
    with suppress(OSError, AttributeError):  # only the C library of most Linux systems has it
        ctypes.CDLL(None).malloc_trim(0)


class Pace:
    """The pages that look again and again, with the time of their last look; safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked: dict[str, float] = {}

    def look(self, page: str) -> None:
        """Note that a page looks now."""
        now = time.monotonic()
        with self._lock:
            self._looked = {name: last for name, last in self._looked.items() if now - last < REMEMBERED}
            self._looked[page] = now

    def between(self, wish: float) -> float:
        """Seconds from a look to the next: one of `STEPS`, and at least `wish` if that is below the last."""
        least = max(wish, A_LOOK * len(self._looked))
        return next((step for step in STEPS if step >= least), STEPS[-1])


@cache
def pace() -> Pace:
    """The pace of the pages of this server."""
    return Pace()
