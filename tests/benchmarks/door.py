"""How long the clicks of a visitor take while a page of somebody else opens one websocket after another."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from statistics import median

from tests.benchmarks.report import Table
from tests.benchmarks.stage import app_server
from tests.support.proxies import counting_proxy
from tests.support.strangers import handshake
from tests.support.visitor import Visitor

SECONDS = 20
A_SECOND = 8
"""Handshakes."""
WANTED = 0.3
"""Seconds of a click, median."""
FOREIGN = "http://foreign.example"


def measure() -> Iterator[Table]:
    """One table: a visitor's clicks alone, and while strangers knock."""
    with (
        counting_proxy() as proxy,
        app_server(**proxy.environment) as server,
        Visitor(server.url) as visitor,
    ):
        visitor.open("reconstructions", "run=vae-2d")
        alone = _clicks(visitor)
        stop, answers = threading.Event(), Counter[str]()
        with ThreadPoolExecutor(1) as thread:
            thread.submit(_knock, server.url, stop, answers)
            beset = _clicks(visitor)
            stop.set()
        asked = len(proxy.asked)
    rows = [
        ("nobody knocks", *_figures(alone), ""),
        (f"{A_SECOND} foreign handshakes a second", *_figures(beset), f"at most {WANTED}"),
    ]
    said = ", ".join(f"{count} times {answer}" for answer, count in sorted(answers.items()))
    notes = (f"The handshakes were answered {said}. Requests to the outside: {asked}; wanted: 0.",)
    header = ("meanwhile", "clicks", "median (s)", "longest (s)", "wanted median (s)")
    yield Table(f"Clicks of a visitor for {SECONDS} s, while pages of others knock", header, rows, notes)


def _clicks(visitor: Visitor) -> list[float]:
    """Seconds of each click, one after the other."""
    end, seconds = time.monotonic() + SECONDS, []
    while time.monotonic() < end:
        seconds.append(visitor.change("view_seed", double_value=len(seconds) % 50 + 1).seconds)
        time.sleep(0.1)  # a hand is no quicker
    return seconds


def _knock(url: str, stop: threading.Event, answers: Counter[str]) -> None:
    """Begin the handshakes of `SECONDS` at their pace, however long each takes, and count the answers."""
    with ThreadPoolExecutor(SECONDS * A_SECOND) as threads:

        def note(answered: Future[int]) -> None:
            error = answered.exception()
            answers[type(error).__name__ if error else str(answered.result())] += 1

        due = time.monotonic()
        for _ in range(SECONDS * A_SECOND):
            if stop.wait(max(0.0, due - time.monotonic())):
                break
            threads.submit(handshake, url, FOREIGN).add_done_callback(note)
            due += 1 / A_SECOND


def _figures(seconds: list[float]) -> tuple[str, str, str]:
    return str(len(seconds)), f"{median(seconds):.3f}", f"{max(seconds):.3f}"
