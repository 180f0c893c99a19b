"""`python -m vaelab.worker`: trains one run after another, as JSON lines on standard input ask.

In:  {"run": "/path/to/runs/<id>", "threads": 2}
Out: {"ready": true} once everything is imported, {"done": "<id>"} after each run.

A worker ends when its input ends, so that a killed server leaves nothing behind: the run in
progress is checkpointed and can be resumed.
"""

from __future__ import annotations

import json
import logging
import queue
import sys
import threading
from pathlib import Path
from typing import Any

import psutil
import torch

from vaelab.arrays import read_checkpoint
from vaelab.events import Request
from vaelab.recording import Recorder
from vaelab.runs import Run
from vaelab.training import train

logger = logging.getLogger(__name__)


class Orders:
    """Jobs from standard input, read by a thread, so that its end is noticed while training."""

    def __init__(self) -> None:
        self._jobs: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.ended = threading.Event()
        threading.Thread(target=self._read, name="orders", daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self._jobs.put(json.loads(line))
        self.ended.set()
        self._jobs.put(None)

    def next(self) -> dict[str, Any] | None:
        """The next job, waited for; None when there will be none."""
        return self._jobs.get()


def main() -> None:
    """Serve until standard input ends."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s worker %(process)d: %(message)s"
    )
    _lower_priority()
    _warm_up()
    orders = Orders()
    _say({"ready": True})
    while (job := orders.next()) is not None and not orders.ended.is_set():
        run = Run(Path(job["run"]))
        try:
            _train(run, job["threads"], orders)
        except Exception:
            logger.exception("Run %s ended with an error", run.id)
        _say({"done": run.id})


def _train(run: Run, threads: int, orders: Orders) -> None:
    resume = read_checkpoint(run)
    recorder = Recorder(run, resume)

    def request() -> Request:
        return Request(action="release") if orders.ended.is_set() else recorder.request()

    # A resumed run keeps the threads it began with: another number would be another run.
    training = train(run.config, resume=resume, request=request, threads=None if resume else threads)
    for _ in recorder.record(training):
        pass


def _warm_up() -> None:
    """One small backward pass, so that the first click does not wait for libraries to load."""
    x = torch.zeros(64, 64, requires_grad=True)
    (x @ x).sum().backward()


def _lower_priority() -> None:
    """Pages should answer while the cores are full."""
    process = psutil.Process()
    process.nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 5))  # the constant is Windows's


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
