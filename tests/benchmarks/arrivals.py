"""Thirty visitors in the first five seconds in which a server answers, and what one more takes of memory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from math import nan
from statistics import median

import psutil

from tests.benchmarks.report import Table
from tests.benchmarks.stage import app_server
from tests.support.servers import Server
from tests.support.visitor import PageFailed, Visitor

VISITORS = 30
WITHIN = 5.0
"""Seconds after the first answer within which all of them have come, evenly."""
PAGES = ("", "latent-space", "latent-grid", "reconstructions", "compare", "sweep")
MORE = 20
"""Visitors whose memory is measured, beside as many who have come before."""
SETTLED = 2.0
"""Seconds after which a server that nobody asks has put its memory in order."""
MEGABYTE = 1_000_000


def measure() -> Iterator[Table]:
    """How many pages failed and how long they took; what a visitor takes of the server's memory."""
    yield _arrivals()
    yield _memory()


def _arrivals() -> Table:
    with app_server() as server, ThreadPoolExecutor(VISITORS) as visitors:
        begun = time.monotonic()
        seconds = list(visitors.map(lambda number: _visit(server, number, begun), range(VISITORS)))
    drawn = sorted(value for value in seconds if value is not None) or [nan]
    rows = [
        ("visitors", f"{VISITORS}", ""),
        ("pages that failed", f"{seconds.count(None)}", "0"),
        ("seconds until a page is there, median", f"{median(drawn):.1f}", ""),
        ("longest", f"{drawn[-1]:.1f}", ""),
    ]
    title = f"{VISITORS} visitors in the first {WITHIN:g} s after a start"
    return Table(title, ("what", "measured", "wanted"), rows)


def _memory() -> Table:
    """The server has served as many visitors before, so that what is loaded once for all is not counted."""
    rows = []
    with app_server() as server:
        memory = psutil.Process(server.process.pid).memory_info
        for page in PAGES:
            with ExitStack() as visitors:
                sizes = []
                for _ in range(2):
                    for _ in range(MORE):
                        visitors.enter_context(Visitor(server.url)).open(page)
                    time.sleep(SETTLED)
                    sizes.append(memory().rss)
            before, after = sizes
            rows.append(
                (page or "train", f"{before / MEGABYTE:.0f}", f"{(after - before) / MEGABYTE / MORE:.2f}")
            )
    return Table(
        f"Memory of the server for each of {MORE} more visitors (MB of 10⁶ bytes)",
        ("page", "before they came", "for each of them"),
        rows,
    )


def _visit(server: Server, number: int, begun: float) -> float | None:
    """Seconds until the visitor's page is there; None if it fails."""
    time.sleep(max(0.0, begun + WITHIN * number / VISITORS - time.monotonic()))
    try:
        with Visitor(server.url) as visitor:
            return visitor.open(PAGES[number % len(PAGES)]).seconds
    except PageFailed:
        return None
