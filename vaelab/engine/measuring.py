"""The queue of runs to be measured: after their training, one after another, while no run trains.

Where some run always trains, as in a class, a run that has waited for `LONGEST_WAIT` is measured as well.

Measuring a run takes seconds, once. A low priority alone does not keep it from slowing training down: the
process still gets some of the cores, and not every system has priorities between sessions of processes.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from vaelab.engine.backends.local import Child
from vaelab.runs import MEASURED, Run, RunDamaged, is_measured

IDLE = 60.0
"""Seconds without a run to measure after which the process is ended, which frees its memory."""

LONGEST_WAIT = 120.0
"""Seconds after which a waiting run is measured although others train."""

PROCESS_ENDS_WITHIN = 2.0
"""Seconds in which the process is gone once it has been killed."""

PRIORITY = 19
"""The lowest priority, so that pages, and a training that begins meanwhile, get the cores first."""

NOT_SHIPPED = "It comes with VAE Lab, and is measured with it."
DIED = "Measuring it ended without a word; it is tried again when the app is started anew."


class MeasuringQueue:
    """The runs that wait to be measured, and the process that measures them, if there is one.

    Safe for several threads.

    Parameters
    ----------
    on_change: called, from any thread, when there is something to do for `tick`.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._lock = threading.RLock()
        self._waiting: dict[str, tuple[Run, float]] = {}
        self._now: Run | None = None
        self._why_not: dict[str, str] = {}
        self._process: Child | None = None
        self._idle_since = 0.0

    def ask(self, run: Run) -> str:
        """Have a run measured that has no measures.

        Returns
        -------
        An empty text if the run waits or is being measured; else a sentence why it has no measures.
        """
        if run.shipped:
            return NOT_SHIPPED
        with self._lock:
            if run.id in self._why_not:
                return self._why_not[run.id]
            if self._now is None or self._now.id != run.id:
                self._waiting.setdefault(run.id, (run, time.monotonic()))
        self._on_change()
        return ""

    def training_ended(self, run: Run) -> None:
        """Have a run measured whose training has ended, also if measuring it has failed before."""
        with self._lock:
            self._why_not.pop(run.id, None)
        with suppress(RunDamaged):
            if run.status().state in MEASURED and not is_measured(run):
                self.ask(run)

    def tick(self, training: bool) -> None:
        """Give the next run to the process, starting it if needed, or end an idle process.

        Parameters
        ----------
        training: whether a run trains or is about to; then only a run that has waited for long is measured.
        """
        with self._lock:
            if self._process is not None and not self._process.alive():
                self._forget_dead_process()
            if self._now is not None:
                return
            now = time.monotonic()
            waits_long = any(now - since > LONGEST_WAIT for _, since in self._waiting.values())
            if self._waiting and (waits_long or not training):
                self._begin()
            elif self._process is not None and now - self._idle_since > IDLE:
                self._process.finish()
                self._process = None

    def close(self) -> None:
        """End the process; the run that it was measuring is measured when a page asks again."""
        with self._lock:
            process, self._waiting = self._process, {}
        if process is not None:
            # It has nothing to save, and may be far from reading that it is to end while it imports PyTorch.
            process.kill()
            process.join(time.monotonic() + PROCESS_ENDS_WITHIN)

    def _begin(self) -> None:
        if self._process is None:
            self._process = Child("vaelab.workers.measure", PRIORITY, self._hear, self._on_change)
        self._now, _ = self._waiting.pop(next(iter(self._waiting)))
        self._process.say({"run": str(self._now.path.resolve())})

    def _hear(self, message: dict[str, Any]) -> None:
        if "done" not in message:
            return
        with self._lock:
            if message["why_not"]:
                self._why_not[message["done"]] = message["why_not"]
            self._now, self._idle_since = None, time.monotonic()
        self._on_change()

    def _forget_dead_process(self) -> None:
        """Forget a process that has died, and do not measure again the run that it was measuring."""
        if self._now is not None:
            self._why_not[self._now.id] = DIED
        self._now = self._process = None
