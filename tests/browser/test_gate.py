"""What a page of somebody else can do with the app: link to it, and nothing more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page, expect

KNOCK = """async (app) => {
    const loads = (element) => new Promise((resolve) => {
        element.onload = () => resolve("loaded")
        element.onerror = () => resolve("refused")
        document.body.append(element)
    })
    const image = new Image()
    image.src = `${app}/favicon.png?not=kept`
    const script = document.createElement("script")
    script.src = `${app}/lab/components/lib/mount.js`
    const fetched = fetch(`${app}/lab/health`, { credentials: "include" })
        .then(() => "read", () => "refused")
    const sent = fetch(`${app}/lab/uploads/run/0`, { method: "PUT", mode: "cors", body: "x" })
        .then(() => "taken", () => "refused")
    return {
        image: await loads(image),
        script: await loads(script),
        fetched: await fetched,
        sent: await sent,
        socket: await new Promise((resolve) => {
            const socket = new WebSocket(`${app.replace("http", "ws")}/_stcore/stream`, "streamlit")
            socket.onopen = () => resolve("open")
            socket.onerror = () => resolve("refused")
        }),
    }
}"""


class _Foreign(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = b'<!doctype html><title>Foreign</title><link rel="icon" href="data:,"><body>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def foreign() -> Iterator[int]:
    """The port of a server of somebody else on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Foreign) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_foreign_page_can_link_to_the_app_and_no_more(page: Page, server: Any, foreign: int) -> None:
    page.goto(server.url)
    expect(page).to_have_title("Train · VAE Lab")
    for name in ("127.0.0.1", "localhost"):  # first of the same site, whose cookie it sends
        page.goto(f"http://{name}:{foreign}/")
        expect(page).to_have_title("Foreign")
        done = page.evaluate(KNOCK, server.url)
        assert done == dict.fromkeys(("image", "script", "fetched", "sent", "socket"), "refused")
    link = (
        "href => document.body.append(Object.assign(document.createElement('a'), { href, text: 'The app' }))"
    )
    page.evaluate(link, f"{server.url}/glossary")
    page.get_by_role("link", name="The app").click()
    expect(page).to_have_title("Glossary · VAE Lab")
    expect(page.get_by_role("heading", name="Glossary")).to_be_visible()
