"""A worker process as the engine sees it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from vaelab.runs import Run

END_WITHIN = 8.0
"""Seconds in which a worker has to checkpoint and end before it is killed."""

THREADS_THAT_YIELD = {"GOMP_SPINCOUNT": "1000", "KMP_BLOCKTIME": "1"}
"""Environment in which PyTorch's threads wait for each other without burning a core for long.

As delivered they spin, so that two programs on the same cores slow each other down several times
over. Read once, before PyTorch is imported.
"""

_PROJECT = Path(__file__).resolve().parent.parent


class WorkerProcess:
    """A `python -m vaelab.worker` that trains one run at a time.

    Parameters
    ----------
    on_change: called, from another thread, when it becomes ready, is done, or has ended.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self.ready = False
        self.run_id: str | None = None
        """The run that it trains now."""
        self._on_change = on_change
        # A process of its own and not multiprocessing: that would start the Streamlit script again.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "vaelab.worker"],
            cwd=_PROJECT,
            env={**THREADS_THAT_YIELD, **os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._listen, name="worker-listener", daemon=True).start()

    def train(self, run: Run, threads: int) -> None:
        """Have it train a run."""
        self.run_id = run.id
        self._say({"run": str(run.path.resolve()), "threads": threads})

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def finish(self) -> None:
        """Ask it to checkpoint and end, by ending its input."""
        if self._process.stdin:
            self._process.stdin.close()

    def join(self) -> None:
        """Wait until it has ended; kill it if it takes too long."""
        try:
            self._process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _say(self, job: dict[str, str | int]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()
        except OSError:
            pass  # it has just died; the listener says so

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            message = json.loads(line)
            self.ready = True
            if "done" in message:
                self.run_id = None
            self._on_change()
        self._process.wait()
        self._on_change()
