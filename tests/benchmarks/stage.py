"""What the measurements of the app need: a server of its own, a Chromium, and runs to wait for."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.support import servers
from tests.support.servers import CHROMIUM_FLAGS, Server, find_chromium
from vaelab.paths import PROJECT
from vaelab.runs import Run

LOOK_EVERY = 0.1
"""Seconds between two looks at a run that is waited for."""
RUN_ENDS_WITHIN = 180.0
"""Seconds that no measured run takes."""


@contextmanager
def app_server(script: Path = PROJECT / "app.py", **environment: str) -> Iterator[Server]:
    """A server of the app, or of another script, with an empty folder of runs; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="vaelab-bench-", ignore_cleanup_errors=True) as folder:
        server = servers.start(Path(folder), script, **environment)
        try:
            servers.wait_until_healthy(server)
            yield server
        finally:
            if server.process.poll() is None:
                server.stop()


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """The machine's own Chromium, without a window; None if there is none."""
    path = find_chromium()
    if path is None:
        yield None
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def newest_run(server: Server) -> Run:
    """The run of a server that was made last."""
    made = (folder / "config.json" for folder in server.runs.glob("[0-9a-f]*"))
    return Run(max(made, key=lambda file: file.stat().st_mtime_ns).parent)


def wait_until_over(run: Run) -> None:
    """Wait until a run is no longer active; raises TimeoutError."""
    deadline = time.monotonic() + RUN_ENDS_WITHIN
    while run.status().active:
        if time.monotonic() > deadline:
            raise TimeoutError(f"The run {run.id} is still {run.status().state}.")
        time.sleep(LOOK_EVERY)


def images_per_second(run: Run) -> float:
    """Training images a second of a finished run, with its evaluations, by its own clock."""
    lines = (run.path / "events.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    started = next(event for event in events if event["event"] == "started")
    last = [event for event in events if event["event"] == "evaluated"][-1]
    return started["train_images"] * last["epoch"] / last["seconds"]
