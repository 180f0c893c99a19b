"""Workers and measurers as processes of this machine, and how many processors they may use."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from vaelab.paths import PROJECT
from vaelab.runs import Run

THREADS_THAT_YIELD = {"GOMP_SPINCOUNT": "1000", "KMP_BLOCKTIME": "1"}
"""Environment in which PyTorch's threads wait for each other without burning a core for long.

By default they spin, so that two programs on the same cores slow each other down several times
over. The threads read it once, before PyTorch is imported.
"""

MEMORY_THAT_STAYS = {"MALLOC_TRIM_THRESHOLD_": "268435456", "MALLOC_MMAP_THRESHOLD_": "33554432"}
"""Environment in which the C library keeps up to 256 MiB that a training step has freed for the next step.

By default glibc hands large pieces back to the system every step, and a convolutional step spends a
quarter of its time on getting them anew, page by page. glibc reads it once, at the start of a process.
"""

_QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""Limit of a container: microseconds of processor time per period, and the period; "max" for no limit."""


class Child:
    """A Python module as a process of its own. Messages are lines of JSON; the process ends with its input.

    Parameters
    ----------
    module: the module to run.
    priority: by how much its priority is lower than that of this process, on the scale of Unix from 1 to 19.
    hear: called, from another thread, with every message of the process.
    on_end: called, from that thread, when the process has ended.
    """

    def __init__(
        self,
        module: str,
        priority: int,
        hear: Callable[[dict[str, Any]], None],
        on_end: Callable[[], None],
    ) -> None:
        self._hear, self._on_end = hear, on_end
        # A process of its own and not multiprocessing: that would start the Streamlit script again.
        # In a session of its own, because Ctrl-C in the terminal goes to all processes of a session.
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=PROJECT,
            env={**THREADS_THAT_YIELD, **MEMORY_THAT_STAYS, **os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        _lower_priority(self._process.pid, priority)
        threading.Thread(target=self._listen, name=f"{module}-listener", daemon=True).start()

    def say(self, job: dict[str, str | int]) -> None:
        """Send the process a message."""
        assert self._process.stdin is not None
        with suppress(OSError):  # the process has just died, which the listener reports
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def finish(self) -> None:
        """Ask the process to put things in order and end, by ending its input."""
        with suppress(OSError):  # the process has just died and left a message unread
            if self._process.stdin:
                self._process.stdin.close()

    def kill(self) -> None:
        """End the process even if it no longer reads messages."""
        self._process.kill()

    def join(self, deadline: float) -> None:
        """Wait until it has ended; kill it at `deadline`, a time of `time.monotonic`."""
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._hear(json.loads(line))
        self._process.wait()
        self._on_end()


class WorkerProcess(Child):
    """The `Worker` that is a process: a `python -m vaelab.workers.train`.

    Parameters
    ----------
    on_change: called, from another thread, when the worker becomes ready, has started a run or is done
        with it, and when it has ended.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self.ready = False
        self.run_id: str | None = None
        self.threads = 0
        self.started = False
        self._done = False
        self._on_change = on_change
        # Pages should answer while the cores are full, also while a worker imports what it needs.
        super().__init__("vaelab.workers.train", 5, self._note, on_change)

    def train(self, run: Run, threads: int) -> None:
        """Have the worker train a run."""
        self.run_id, self.threads, self.started, self._done = run.id, threads, False, False
        self.say({"run": str(run.path.resolve()), "threads": threads})

    def take_done(self) -> str | None:
        """Id of the run that the worker has finished with since the last call, also by its death, if any."""
        if not self._done and self.alive():
            return None
        run_id, self.run_id, self._done = self.run_id, None, False
        return run_id

    def finish(self) -> None:
        """Ask the worker to checkpoint and end; one that still imports has nothing to lose."""
        if not self.ready:
            self._process.terminate()
        super().finish()

    def _note(self, message: dict[str, Any]) -> None:
        self.ready = True
        self.started = self.started or "started" in message
        self._done = self._done or "done" in message
        self._on_change()


def _lower_priority(pid: int, by: int) -> None:
    with suppress(psutil.Error):  # the process has just died, or its priority is as low already
        # Windows has no such scale: there the priority is one class lower.
        psutil.Process(pid).nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", by))
    # Where Linux groups processes by session (autogroup), priorities count only within a session, and
    # sessions share the cores evenly unless they have priorities of their own: see sched(7).
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(by))


def processors(quota: Path = _QUOTA) -> int:
    """Number of processors that this process and its container may use: the machine may have more."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        time, period = quota.read_text().split()
        count = min(count, int(time) // int(period))
    return max(1, count)
