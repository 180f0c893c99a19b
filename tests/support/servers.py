"""Servers of the app in processes of their own, and the machine's Chromium."""

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
from dataclasses import dataclass
from pathlib import Path

import psutil

from vaelab.paths import PROJECT

COMPONENTS_APP = PROJECT / "tests" / "support" / "apps" / "components_app.py"
"""A script with charts and pictures and nothing else, in all that surrounds the app."""

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
START_SECONDS = 60
STOP_SECONDS = 40


def find_chromium() -> str | None:
    """Path of the machine's Chromium: `$CHROMIUM`, or the first of the usual names."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


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


def start(folder: Path, script: Path = PROJECT / "app.py", port: int = 0, **environment: str) -> Server:
    """Start a server, on a free port if none is given; its runs and its log are in `folder`."""
    log, runs = folder / "log", folder / "runs"
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    # Port 0 is a free one, which the log then names.
    command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
    variables = {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(PROJECT), "VAELAB_RUNS": str(runs)}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=PROJECT, env=os.environ | variables | environment, stdout=stream, stderr=stream
        )
    return Server(url="", runs=runs, log=log, process=process)


def wait_until_healthy(server: Server) -> None:
    """Wait until it answers, and set its address; raises RuntimeError with the log if it does not."""
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
    raise RuntimeError(f"The server did not start:\n{server.log.read_text()}")


def _is_healthy(url: str) -> bool:
    # Straight to this machine: `urlopen` keeps the proxy of its first use, which a test may have set.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{url}/_stcore/health", timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
