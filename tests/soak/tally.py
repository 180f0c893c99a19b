"""What a class did and saw, counted by all of its threads."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import quantiles

from tests.benchmarks.report import Table

LOOK = "look"
SLOWEST = 0.75
"""Seconds that the 95th percentile of clicks may take."""
MOST_GROWTH = 0.1
"""Share by which the server's memory may grow after the warm-up."""

SECRET = re.compile(rb"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
"""Ids of runs and tokens of visitors."""


@dataclass
class Student:
    """What one visitor has, and what the server sent."""

    token: str
    runs: list[str] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)

    def hear(self, data: bytes) -> None:
        """Keep whatever might be an id or a token."""
        self.heard |= {found.decode() for found in SECRET.findall(data)}


@dataclass
class Tally:
    """Counts of all students; safe for several threads."""

    students: list[Student] = field(default_factory=list)
    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Seconds from each press or opened page to the end of its script, by what it was; `LOOK` for what live
    views ask by themselves."""
    reconnects: int = 0
    failures: list[str] = field(default_factory=list)
    """Exceptions that pages showed."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, seconds: float) -> None:
        """Keep how long an interaction took."""
        with self.lock:
            self.taken[kind].append(seconds)

    @property
    def clicks(self) -> list[float]:
        """Seconds of all that visitors did themselves."""
        return [seconds for kind, found in self.taken.items() if kind != LOOK for seconds in found]

    def reconnected(self) -> None:
        """Count a connection that broke."""
        with self.lock:
            self.reconnects += 1

    def failed(self, what: str) -> None:
        """Keep what a page failed with."""
        with self.lock:
            self.failures.append(what)

    def leaks(self) -> set[str]:
        """Ids of runs that were sent to somebody else, and tokens that were sent to anybody."""
        found: set[str] = set()
        tokens = {student.token for student in self.students}
        for student in self.students:
            others = {run for other in self.students if other is not student for run in other.runs}
            found |= student.heard & (others | tokens)
        return found


def is_slow(tally: Tally) -> bool:
    """Whether clicks took longer than they may."""
    return len(tally.clicks) > 1 and _percentile(tally.clicks, 95) > SLOWEST


def has_grown(memory: list[tuple[float, float]]) -> bool:
    """Whether the server's memory grew by more than it may."""
    return any(after / before - 1 >= MOST_GROWTH for before, after in memory)


def _percentile(seconds: list[float], percent: int) -> float:
    return quantiles(seconds, n=100, method="inclusive")[percent - 1]


def share(seconds: list[float], percent: int) -> str:
    """A percentile in seconds, as a cell."""
    if len(seconds) < 2:
        return "–"
    return f"{_percentile(seconds, percent):.2f} s"


def table(title: str, tally: Tally, ended: dict[str, int], memory: list[tuple[float, float]]) -> Table:
    """What came out, beside what was wanted.

    Parameters
    ----------
    ended: how many runs are in each state, "missing" for those that are gone.
    memory: MiB of the server's own process at the start and the end of each stretch between restarts.
    """
    looks = tally.taken[LOOK]
    by_kind = ", ".join(
        f"{kind} {share(found, 50)} and {share(found, 95)}"
        for kind, found in tally.taken.items()
        if kind != LOOK
    )
    asked = sum(len(student.runs) for student in tally.students)
    finished = ended.get("finished", 0)
    lost = {state: count for state, count in ended.items() if state != "finished"}
    growth = ", ".join(
        f"{before:.0f} to {after:.0f} MiB ({after / before - 1:+.0%})" for before, after in memory
    )
    return Table(
        title,
        ("what", "found", "wanted"),
        [
            ("runs asked for, finished", f"{asked}, {finished}", ""),
            ("runs lost", f"{asked - finished} {lost or ''}".strip(), "0"),
            ("clicks and opened pages", f"{len(tally.clicks)}", ""),
            ("their median", share(tally.clicks, 50), ""),
            ("their 95th percentile", share(tally.clicks, 95), f"at most {SLOWEST} s"),
            ("looks of live views, median, 95th percentile",
             f"{len(looks)}, {share(looks, 50)}, {share(looks, 95)}", ""),
            ("connections that broke and came again", f"{tally.reconnects}", ""),
            ("pages that failed", f"{len(tally.failures)}", "0"),
            ("memory of the server between restarts", growth, f"less than {MOST_GROWTH:+.0%}"),
            ("ids or tokens that others saw", f"{len(tally.leaks())}", "0"),
        ],
        (f"Median and 95th percentile of each: {by_kind}.", *tuple(dict.fromkeys(tally.failures))[:5]),
    )  # fmt: skip
