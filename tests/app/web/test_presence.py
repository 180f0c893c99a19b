"""Who has a page open is known from the websocket that each holds."""

from __future__ import annotations

import asyncio
import gc
import time
import weakref
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


def test_one_page_more_than_the_most_is_refused_until_another_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(presence, "MOST_PAGES", 2)

    async def visits() -> None:
        closed, answers = asyncio.Event(), []

        async def page(scope: Any, receive: Any, send: Any) -> None:
            await closed.wait()

        async def receive() -> dict[str, str]:
            return {"type": "websocket.connect"}

        async def send(message: dict[str, Any]) -> None:
            answers.append(message)

        connections = Connections(page)
        scope = {"type": "websocket", "headers": []}
        open_pages = [asyncio.create_task(connections(scope, receive, send)) for _ in range(2)]
        await asyncio.sleep(0)  # both have begun
        await connections(scope, receive, send)
        assert answers == [{"type": "websocket.close", "code": 1013}]
        closed.set()
        await asyncio.gather(*open_pages)
        await connections(scope, receive, send)
        assert len(answers) == 1

    asyncio.run(visits())


def test_memory_of_connections_that_have_ended_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "CLEAR_AFTER", 3)
    held = []

    class Message:
        """What a connection leaves behind: it refers to itself."""

        def __init__(self) -> None:
            self.itself = self
            held.append(weakref.ref(self))

    async def page(scope: Any, receive: Any, send: Any) -> None:
        Message()

    async def visits() -> None:
        connections = Connections(page)
        for _ in range(3):
            await connections({"type": "websocket", "headers": []}, None, None)  # type: ignore[arg-type]

    gc.collect()
    gc.disable()
    try:
        asyncio.run(visits())
        assert [message() for message in held] == [None] * 3
    finally:
        gc.enable()
