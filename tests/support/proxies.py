"""A proxy on this machine that counts what programs want of the outside, and never answers."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class CountingProxy(socketserver.ThreadingTCPServer):
    """Keeps the first line of each connection, as `CONNECT example.org:443 HTTP/1.1`, and says nothing."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make programs take this proxy for whatever they ask, this machine included."""
        url = f"http://127.0.0.1:{self.server_address[1]}"
        names = [f"{scheme}_proxy" for scheme in ("http", "https", "all")]
        proxies = {name: url for lower in names for name in (lower, lower.upper())}
        return proxies | {"no_proxy": "", "NO_PROXY": ""}


class _Handler(socketserver.StreamRequestHandler):
    server: CountingProxy

    def handle(self) -> None:
        self.server.asked.append(self.rfile.readline(200).decode("latin-1").strip())
        while self.rfile.readline(200):
            pass


@contextmanager
def counting_proxy() -> Iterator[CountingProxy]:
    """A proxy for as long as the context lasts."""
    with CountingProxy() as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
