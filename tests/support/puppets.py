"""Workers without a process: the test writes what they would write."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from vaelab.runs import Recorder, Run


class Puppet:
    """A worker without a process; the test writes what it would write."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self.on_change = on_change
        self.ready, self.started = True, False
        self.run_id: str | None = None
        self.threads = 0
        self.done = False
        self.given: list[str] = []
        self.looks = 0

    def train(self, run: Run, threads: int) -> None:
        """Take a run."""
        self.run_id, self.threads, self.started, self.done = run.id, threads, False, False
        self.given.append(run.id)

    def take_done(self) -> str | None:
        """Give it back."""
        self.looks += 1
        if not self.done:
            return None
        run_id, self.run_id, self.done = self.run_id, None, False
        return run_id

    def alive(self) -> bool:
        """Live for ever."""
        return True

    def finish(self) -> None:
        """Have nothing to finish."""

    def join(self, deadline: float) -> None:
        """Have nothing to wait for."""


class Stillborn(Puppet):
    """A worker that dies before it is ready."""

    def __init__(self) -> None:
        super().__init__(lambda: None)
        self.ready = False

    def alive(self) -> bool:
        """Be dead."""
        return False


def say(worker: Any, run: Run, state: str, pid: int = os.getpid(), **values: Any) -> None:
    """Write a run's status as the recorder of its worker would."""
    recorder = Recorder(run)
    recorder._update(state=state, pid=pid, **values)
    recorder._log.close()
    recorder._lock.release()
    worker.started = True
