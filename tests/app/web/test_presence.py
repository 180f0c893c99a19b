"""Who has a page open is known from the websocket that each holds."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from vaelab.ui.web import presence
from vaelab.ui.web.presence import Connections
from vaelab.ui.web.visitor import COOKIE

ANN = "a" * 32


async def connection(kind: str, cookie: str, inside: Any) -> None:
    """One request or websocket of a visitor, as long as `inside` takes."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await inside()

    scope = {"type": kind, "headers": [(b"cookie", f"{COOKIE}={cookie}".encode())]}
    await Connections(app)(scope, None, None)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    made = presence.Presence()
    monkeypatch.setattr(presence, "presence", lambda: made)


def test_a_visitor_is_there_as_long_as_the_websocket_lasts_also_if_it_breaks() -> None:
    async def works() -> None:
        assert presence.presence().absent(ANN) == 0

    async def breaks() -> None:
        assert presence.presence().absent(ANN) == 0
        raise ConnectionError

    asyncio.run(connection("websocket", ANN, works))
    time.sleep(0.01)
    assert presence.presence().absent(ANN) > 0
    with pytest.raises(ConnectionError):
        asyncio.run(connection("websocket", ANN, breaks))
    assert 0 < presence.presence().absent(ANN) < 5


@pytest.mark.parametrize(("kind", "cookie"), [("http", ANN), ("websocket", "no token"), ("websocket", "")])
def test_neither_requests_nor_strangers_are_counted(kind: str, cookie: str) -> None:
    async def inside() -> None:
        assert presence.presence().absent(cookie) > 0

    time.sleep(0.01)
    asyncio.run(connection(kind, cookie, inside))
