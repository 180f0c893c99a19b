"""A real Chromium, and real servers of the app, for the tests in this folder."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 30_000
"""Milliseconds to wait for what must come; the machine may be busy."""
START_SECONDS = 60
STOP_SECONDS = 40


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the machine's Chromium; skips the tests without one, and fails them in CI."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        sentence = "There is no Chromium on this machine; install one, or name it in CHROMIUM."
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new visitor's page; the test fails if any script on it failed."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@dataclass
class Server:
    """A running server: its address, its folder of runs, and its log."""

    url: str
    runs: Path
    log: Path
    process: subprocess.Popen[bytes]

    def stop(self, wish: signal.Signals = signal.SIGTERM) -> None:
        """Ask the server to end, as `kill` or Ctrl-C does, and wait until nothing of it is left."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(wish)
        self.process.wait(STOP_SECONDS)
        _, left = psutil.wait_procs(children, timeout=STOP_SECONDS)
        for child in left:
            child.kill()
        assert left == [], f"The server left processes behind: {left}"


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start servers that live until the end of all tests, if a test does not stop them before.

    Call it with the script to run (the app itself by default) and environment variables.
    """
    started: list[Server] = []

    def start(script: Path = ROOT / "app.py", **environment: str) -> Server:
        folder = tmp_path_factory.mktemp("server")
        server = _start(script, folder, environment)
        started.append(server)
        _wait_until_healthy(server)
        return server

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture(scope="session")
def server(start_server: Callable[..., Server]) -> Server:
    """The app itself, with an empty folder of runs that all tests of a session share."""
    return start_server()


def _start(script: Path, folder: Path, environment: dict[str, str]) -> Server:
    log, runs = folder / "log", folder / "runs"
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    # Port 0 is a free one, which the log then names.
    command += ["--server.address", "127.0.0.1", "--server.port", "0"]
    variables = {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT), "VAELAB_RUNS": str(runs)}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | variables | environment, stdout=stream, stderr=stream
        )
    return Server(url="", runs=runs, log=log, process=process)


def _wait_until_healthy(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if address := re.search(r"URL: (http://\S+)", server.log.read_text()):
            server.url = address[1]
            if _is_healthy(server.url):
                return
        try:
            server.process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    server.process.kill()
    pytest.fail(f"The server did not start:\n{server.log.read_text()}")


def _is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
