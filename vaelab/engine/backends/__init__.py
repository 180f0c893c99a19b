"""The interface of a worker, `Worker`; the workers of `local` are processes of this machine.

A worker on another machine would be another class with these members: queue, pool and scheduler use nothing
else. Worker and engine must both reach the run's folder, where the worker writes how the run stands, with
signs of life, and reads requests.
"""

from collections.abc import Callable
from typing import Protocol

from vaelab.runs import Run


class Worker(Protocol):
    """Trains one run at a time.

    Attributes
    ----------
    ready: whether the worker can train at once.
    run_id: id of the run that the worker was given, until `take_done` returns it.
    threads: processor threads that the worker was given for this run.
    started: whether the worker has locked the run's folder as its one writer.
    """

    ready: bool
    run_id: str | None
    threads: int
    started: bool

    def __hash__(self) -> int:
        """Hash of the worker's identity."""

    def train(self, run: Run, threads: int) -> None:
        """Have the worker train a run."""

    def take_done(self) -> str | None:
        """Id of the run that ended since the last call, also by the worker's death; None if there is none."""

    def alive(self) -> bool:
        """Whether the worker lives."""

    def finish(self) -> None:
        """Ask the worker to checkpoint its run and end."""

    def kill(self) -> None:
        """End the worker even if it no longer reads messages."""

    def join(self, deadline: float) -> None:
        """Wait until the worker has ended; kill it at `deadline`, a time of `time.monotonic`."""


StartWorker = Callable[[Callable[[], None]], Worker]
"""Starts a worker, which calls the given function, from another thread, when the worker has changed."""
