"""What a worker is to the engine: `Worker`, and `local`, whose workers are processes of this machine.

A worker elsewhere is another class with these members: queue, pool and scheduler know no more of it. All
else goes through the run's folder, which both must reach: there the worker writes how the run stands, with
signs of life, and reads what is asked of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from vaelab.runs.run import Run


class Worker(Protocol):
    """Trains one run at a time.

    Attributes
    ----------
    ready: whether it can train at once.
    run_id: the run that it was given, until `take_done` is called.
    threads: of the processor, that it was given for this run.
    started: whether it has made that run's folder its own.
    """

    ready: bool
    run_id: str | None
    threads: int
    started: bool

    def __hash__(self) -> int:
        """Tell workers apart."""

    def train(self, run: Run, threads: int) -> None:
        """Have it train a run."""

    def take_done(self) -> str | None:
        """The run that it has let go of since the last call, if any, also by its death."""

    def alive(self) -> bool:
        """Whether it can still do something."""

    def finish(self) -> None:
        """Ask it to checkpoint its run and end."""

    def kill(self) -> None:
        """End it even if it hears nothing any more."""

    def join(self, deadline: float) -> None:
        """Wait until it has ended; kill it at `deadline`, a time of `time.monotonic`."""


StartWorker = Callable[[Callable[[], None]], Worker]
"""Starts a worker, which calls the given function, from another thread, when something of it has changed."""
