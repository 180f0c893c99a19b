"""`python -m tests.soak`: thirty visitors for ten minutes against one server, while faults are injected.

Every minute one worker is killed amid its work, and half way the server is: it starts again on the same
folder and port. At the end every run that was asked for has to be there and finished.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import psutil

from tests.benchmarks.report import heading
from tests.soak.student import Lesson, state_of
from tests.soak.tally import Tally, has_grown, is_slow, table
from tests.support import servers
from tests.support.servers import Server
from vaelab.runs import Run, RunStore

KILL_EVERY = 60.0
"""Seconds between two workers that are killed."""
WARM_UP = 0.4
"""Share of a stretch between restarts after which its memory is measured first: in two minutes of five every
student has been on most pages, so that what pages load once has been loaded."""
SAMPLED = 0.1
"""Share of a stretch over which memory is measured, for a median: it comes and goes with what is computed."""
DRAIN = 240.0
"""Seconds after the lesson in which the runs that are left have to be finished."""
UNFINISHED = frozenset({"queued", "running", "paused", "interrupted"})
MIB = 2**20


def main() -> int:
    """Run the lesson, print the table; whether nothing was lost, leaked or failed, as an exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--visitors", type=int, default=30)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vaelab-soak-", ignore_cleanup_errors=True) as folder:
        tally, ended, memory, killed = _lesson(Path(folder), asked.visitors, 60 * asked.minutes)
    title = (
        f"{asked.visitors} visitors for {asked.minutes:g} minutes, {killed} workers killed, "
        "the server killed and started again"
    )
    found = table(title, tally, ended, memory)
    print(heading(), found.markdown(), sep="\n")
    lost = sum(count for state, count in ended.items() if state != "finished")
    return 1 if lost or tally.leaks() or tally.failures or is_slow(tally) or has_grown(memory) else 0


def _lesson(
    folder: Path, visitors: int, seconds: float
) -> tuple[Tally, dict[str, int], list[tuple[float, float]], int]:
    server = _start(folder)
    port = urlsplit(server.url).port or 0
    tally, over = Tally(), threading.Event()
    lessons = [Lesson(number, server.url, server.runs, tally, over) for number in range(visitors)]
    for lesson in lessons:
        lesson.start()
    memory, killed = [], 0
    for stretch in range(2):
        grown, dead = _stretch(server, seconds / 2)
        memory.append(grown)
        killed += dead
        if stretch == 0:
            _kill(server)
            server = _start(folder, port)
    over.set()
    for lesson in lessons:
        lesson.join()
    for student in tally.students:  # one whose connection broke amid the press has not heard of its run
        student.runs[:] = [run.id for run in RunStore(server.runs).runs_of(student.token)]
    ended = _drain(server, lessons)
    server.stop()
    return tally, ended, memory, killed


def _start(folder: Path, port: int = 0) -> Server:
    server = servers.start(folder, port=port)
    servers.wait_until_healthy(server)
    return server


def _stretch(server: Server, seconds: float) -> tuple[tuple[float, float], int]:
    """Let time pass and kill workers; memory after the warm-up and at the end, and how many were killed."""
    began, killed = time.monotonic(), 0
    samples: list[tuple[float, float]] = []
    next_kill = began + min(KILL_EVERY, seconds / 2)
    while (passed := time.monotonic() - began) < seconds:
        time.sleep(0.5)
        samples.append((passed / seconds, _memory(server)))
        if time.monotonic() >= next_kill:
            next_kill += KILL_EVERY
            killed += _kill_a_worker(server)
    before, after = (
        median(memory for share, memory in samples if begin <= share < begin + SAMPLED)
        for begin in (WARM_UP, 1 - SAMPLED)
    )
    return (before, after), killed


def _memory(server: Server) -> float:
    """MiB of the server's own process: its workers come and go."""
    return psutil.Process(server.process.pid).memory_info().rss / MIB


def _kill_a_worker(server: Server) -> bool:
    """Kill the worker that has computed most lately: one at work."""
    workers = []
    for child in psutil.Process(server.process.pid).children():
        with suppress(psutil.Error):
            if "vaelab.workers.train" in child.cmdline():
                workers.append(child)
    if workers:
        max(workers, key=lambda worker: worker.cpu_percent(0.5)).kill()
    return bool(workers)


def _kill(server: Server) -> None:
    """Kill server and workers at once, as a power cut does."""
    children = psutil.Process(server.process.pid).children(recursive=True)
    for process in (psutil.Process(server.process.pid), *children):
        with suppress(psutil.Error):
            process.kill()
    server.process.wait()
    psutil.wait_procs(children, timeout=servers.STOP_SECONDS)


def _drain(server: Server, lessons: list[Lesson]) -> dict[str, int]:
    """Have what is left go on, and wait for it; how many runs are in each state at last."""
    deadline = time.monotonic() + DRAIN
    while True:
        states = Counter(
            state_of(Run(server.runs / run)) for lesson in lessons for run in lesson.student.runs
        )
        if not states.keys() & UNFINISHED or time.monotonic() > deadline:
            for run in (Run(server.runs / run) for lesson in lessons for run in lesson.student.runs):
                if (state := state_of(run)) != "finished":
                    print(run.id, state, "" if state in ("missing", "damaged") else run.status().message)
            return dict(states)
        for lesson in lessons:
            lesson.resume()
        time.sleep(2.0)


if __name__ == "__main__":
    sys.exit(main())
