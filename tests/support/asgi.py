"""Asking the app for an address as an ASGI server does, without a network."""

from __future__ import annotations

import asyncio
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
    app = Starlette(
        routes=[*routes(), Route("/", lambda request: HTMLResponse("a page"))], middleware=middleware()
    )
    path, _, query = url.partition("?")
    sent = {"host": f"localhost:{config.get_option('server.port')}"} | (headers or {})
    messages: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "scheme": scheme,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }
    # In a thread of its own, because Playwright keeps an event loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, app(scope, receive, send)).result()
    start, *rest = messages
    body = b"".join(message.get("body", b"") for message in rest)
    return Answer(start["status"], Headers(raw=start["headers"]), body)
