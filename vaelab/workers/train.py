"""`python -m vaelab.workers.train`: trains one run for each JSON line on standard input.

In:  {"run": "/path/to/runs/<id>", "threads": 2}
Out: {"ready": true} once everything is imported, {"started": "<id>"} once the worker owns the run's
folder, {"done": "<id>"} after each run.

A worker ends when its input ends, so that a killed server leaves no process behind. The run in progress is
checkpointed and can be resumed.
"""

import logging
import os
import queue
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from vaelab.data import load
from vaelab.events import Event, Request
from vaelab.logs import log_as
from vaelab.runs import Recorder, Run, RunDamaged, explained
from vaelab.runs.errors import RunBusy
from vaelab.training import train
from vaelab.workers.channel import Jobs, Say, own_output, read_jobs

logger = logging.getLogger("vaelab.workers.train")  # `__name__` is `__main__` when this runs as a program


class Orders:
    """The jobs from standard input, and whether the input has ended."""

    def __init__(self) -> None:
        self._jobs: Jobs = queue.SimpleQueue()
        self.ended = threading.Event()
        read_jobs(self._jobs, self.end)

    def end(self, *_: object) -> None:
        """Have the run in progress checkpointed, and start no further run; also a signal handler."""
        self.ended.set()
        self._jobs.put(None)

    def next(self) -> dict[str, Any] | None:
        """Wait for the next job; None when there will be no more."""
        job = self._jobs.get()
        return None if self.ended.is_set() else job

    def overrule(self) -> Request | None:
        """The request that the run in progress must follow before any other; None if there is none."""
        return Request(action="release") if self.ended.is_set() else None


def main() -> None:
    """Serve until standard input ends."""
    log_as("worker")
    say = own_output()
    _warm_up()
    orders = Orders()
    signal.signal(signal.SIGTERM, orders.end)
    # Ctrl-C in the server's terminal is meant for the server, which ends this program's input when ready.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    say({"ready": True})
    while (job := orders.next()) is not None:
        run = Run(Path(job["run"]))
        try:
            _train(run, job["threads"], orders, say)
        except Exception as error:
            _log(run, error)
        if _claims_this_process(run):
            return
        say({"done": run.id})


def _train(run: Run, threads: int, orders: Orders, say: Say) -> None:
    recorder = Recorder(run, orders.overrule)
    say({"started": run.id})
    logger.info("Taken up at step %d.", run.status().step, extra={"run": run.id})
    for _ in recorder.record(_events(recorder, threads)):
        pass
    status = run.status()
    logger.info("Let go as %s, at step %d.", status.state, status.step, extra={"run": run.id})


def _events(recorder: Recorder, threads: int) -> Iterator[Event]:
    """The events of the training; errors in the run are raised with the first event."""
    config, resume = recorder.run.config, recorder.resume
    data = load(config.dataset, progress=recorder.prepare)
    # A resumed run keeps its number of threads, because another number would give other weights.
    wanted = None if resume else threads
    yield from train(
        config,
        data=data,
        resume=resume,
        changes=recorder.changes,
        request=recorder.request,
        threads=wanted,
    )


def _log(run: Run, error: Exception) -> None:
    about = {"run": run.id}
    if isinstance(error, RunBusy):
        logger.info("Another process trains it.", extra=about)
    elif not run.path.is_dir():
        logger.info("Deleted while it trained.", extra=about)
    else:
        foreseen = explained(error)
        logger.error("Failed. %s", foreseen or "", extra=about, exc_info=None if foreseen else error)


def _claims_this_process(run: Run) -> bool:
    """Whether the run's folder still names this process as its trainer, because the end could not be written.

    Other programs believe that the run is training for as long as this process lives, so it should end.
    """
    try:
        return run.status().pid == os.getpid()
    except RunDamaged:
        return False


def _warm_up() -> None:
    """Take one small training step, so that the first run need not wait while PyTorch loads the rest."""
    x = torch.nn.Parameter(torch.zeros(64, 64))
    (x @ x).sum().backward()
    torch.optim.Adam([x]).step()


if __name__ == "__main__":
    main()
