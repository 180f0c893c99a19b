"""Asking the app for an address as an ASGI server does, without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.routing import Route
from streamlit import config

from vaelab.ui.server.app import middleware, routes

NAVIGATION = {"accept": "text/html,application/xhtml+xml"}


@dataclass
class Answer:
    """What an HTTP client would be told."""

    status: int
    headers: Headers
    body: bytes


def get(url: str, headers: dict[str, str] | None = None, scheme: str = "http") -> Answer:
    """Ask for an address, which is taken as a server passes it on: decoded, and otherwise as it came."""
    return ask("GET", url, headers, scheme=scheme)


def ask(
    method: str,
    url: str,
    headers: dict[str, str] | None = None,
    body: Iterable[bytes | None] = (),
    scheme: str = "http",
) -> Answer:
    """Send a request whose body comes in parts; where a part is None, the connection breaks.

    The body goes on for ever where it is an endless generator; what the app does not read is not asked for.
    """
    app = Starlette(
        routes=[*routes(), Route("/{path:path}", lambda request: HTMLResponse("a page"))],
        middleware=middleware(),
    )
    path, _, query = url.partition("?")
    sent = {"host": f"localhost:{config.get_option('server.port')}"} | (headers or {})
    messages: list[dict[str, Any]] = []
    parts = iter(body)

    async def receive() -> dict[str, Any]:
        part = next(parts, b"")
        if part is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": part, "more_body": bool(part)}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    scope = {
        "type": "http",
        "method": method,
        "scheme": scheme,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }
    # In a thread of its own, because Playwright keeps an event loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, app(scope, receive, send)).result()
    start, *rest = messages
    content = b"".join(message.get("body", b"") for message in rest)
    return Answer(start["status"], Headers(raw=start["headers"]), content)
