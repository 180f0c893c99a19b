"""What twelve large uploads of one visitor cost the server: memory, and what becomes of each."""

from __future__ import annotations

import http.client
import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from urllib.parse import urlsplit

import psutil

from tests.benchmarks.report import Table
from tests.benchmarks.stage import app_server
from tests.support.servers import Server
from tests.support.visitor import Visitor
from vaelab.ui.server.uploads import HEADER

FILES = 12
MEGABYTE = 2**20
SIZE = 80 * MEGABYTE
LOOK_EVERY = 0.02
"""Seconds between two looks at the server's memory."""


def measure() -> Iterator[Table]:
    """Send them one after the other, then all at once, and once more without saying how long they are."""
    with app_server() as server, Visitor(server.url) as visitor:
        visitor.open("runs")
        process = psutil.Process(server.process.pid)
        _settle(server, process)
        rows = [
            _sent(server, visitor.cookie, process, "one after the other", at_once=1, announced=True),
            _sent(server, visitor.cookie, process, "all at once", at_once=FILES, announced=True),
            _sent(server, visitor.cookie, process, "all at once, of unknown length", FILES, announced=False),
        ]
    header = ("sent", "memory before, MiB", "most, MiB", "grown by, MiB (to reach: at most 50)", "answers")
    yield Table(
        f"Uploads: {FILES} files of 80 MB by one visitor, resident memory of the server", header, rows
    )


def _settle(server: Server, process: psutil.Process) -> None:
    """Wait for the imports of the start: a worker is ready, and memory has not grown for three seconds."""
    calm, most, pause = 0, 0, threading.Event()
    while calm < 30:
        now = process.memory_info().rss
        is_calm = now <= most + MEGABYTE and json.loads(_ask(server, "GET", "/lab/health"))["status"] == "ok"
        calm, most = (calm + 1, most) if is_calm else (0, now)
        pause.wait(0.1)


def _sent(
    server: Server, cookie: str, process: psutil.Process, name: str, at_once: int, announced: bool
) -> tuple[str, ...]:
    before, most, over = process.memory_info().rss, 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not over.wait(LOOK_EVERY):
            most = max(most, process.memory_info().rss)

    watching = threading.Thread(target=watch)
    watching.start()
    with ThreadPoolExecutor(at_once) as senders:
        answers = Counter(senders.map(lambda slot: _send(server, cookie, slot, announced), range(FILES)))
    over.set()
    watching.join()
    said = "; ".join(f"{count} × {answer}" for answer, count in answers.items())
    mebibytes = [f"{size / MEGABYTE:.0f}" for size in (before, most, most - before)]
    return (name, *mebibytes, said)


def _send(server: Server, cookie: str, slot: int, announced: bool) -> str:
    """Send one file, each to a slot of its own; the answer in words."""
    headers = {"Cookie": cookie, HEADER: "1"} | ({"Content-Length": str(SIZE)} if announced else {})
    said = json.loads(_ask(server, "PUT", f"/lab/uploads/run/{slot:032x}", headers, _file(), not announced))
    return str(said.get("refusal", "taken"))


def _file() -> Iterator[bytes]:
    """The content of a file, in parts that all senders share."""
    part = bytes(MEGABYTE)
    return (part for _ in range(SIZE // MEGABYTE))


def _ask(
    server: Server,
    method: str,
    path: str,
    headers: Mapping[str, str] = MappingProxyType({}),
    body: Iterator[bytes] | None = None,
    chunked: bool = False,
) -> bytes:
    where = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=300)
    try:
        connection.request(method, path, body, headers, encode_chunked=chunked)
        return connection.getresponse().read()
    finally:
        connection.close()
