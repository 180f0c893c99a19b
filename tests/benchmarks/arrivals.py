"""Thirty visitors who come in the first five seconds in which a server answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from math import nan
from statistics import median

from tests.benchmarks.report import Table
from tests.benchmarks.stage import app_server
from tests.support.servers import Server
from tests.support.visitor import PageFailed, Visitor

VISITORS = 30
WITHIN = 5.0
"""Seconds after the first answer within which all of them have come, evenly."""
PAGES = ("", "latent-space", "latent-grid", "reconstructions", "compare", "sweep")


def measure() -> Iterator[Table]:
    """One table: how many pages failed, and how long they took."""
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
    yield Table(
        f"{VISITORS} visitors in the first {WITHIN:g} s after a start", ("what", "measured", "wanted"), rows
    )


def _visit(server: Server, number: int, begun: float) -> float | None:
    """Seconds until the visitor's page is there; None if it fails."""
    time.sleep(max(0.0, begun + WITHIN * number / VISITORS - time.monotonic()))
    try:
        with Visitor(server.url) as visitor:
            return visitor.open(PAGES[number % len(PAGES)]).seconds
    except PageFailed:
        return None
