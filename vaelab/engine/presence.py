"""Visitors who are here, and runs that their visitors have left alone."""

import threading
import time
from collections import Counter
from collections.abc import Callable

from vaelab.runs import UNDER_WAY, Run

LEFT_ALONE = "Nobody was here to watch for {time}, so it was paused. It can be resumed where it was."

ROLL_CALL = 5.0
"""Seconds between two looks at which visitors are here."""


class Presence:
    """Keeps who is here: visitors by their tokens, and runs by their ids while a page shows them.

    Safe for several threads.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._began = clock()
        self._here: Counter[str] = Counter()
        self._last: dict[str, float] = {}

    def arrive(self, visitor: str) -> None:
        """Note that a page of this visitor, or of this run, has connected."""
        with self._lock:
            self._here[visitor] += 1

    def leave(self, visitor: str) -> None:
        """Note that such a page has gone."""
        with self._lock:
            self._here[visitor] -= 1
            if self._here[visitor] <= 0:
                del self._here[visitor]
            self._last[visitor] = self._clock()

    def see(self, visitor: str) -> None:
        """Note that the visitor is here now, with a connected page or without."""
        with self._lock:
            self._last[visitor] = self._clock()

    def absent(self, visitor: str) -> float:
        """Seconds since the visitor was last here; since this object was made if they never were."""
        with self._lock:
            if visitor in self._here:
                return 0.0
            return self._clock() - self._last.get(visitor, self._began)


class LeftAlone:
    """Finds the runs whose visitor is gone; not safe for several threads.

    Parameters
    ----------
    presence: keeps who is here; None if no run ever counts as left alone.
    minutes: time for which a visitor has to be gone; 0 if no run ever counts as left alone.
    """

    def __init__(self, presence: Presence | None, minutes: float, clock: Callable[[], float]) -> None:
        self.minutes = minutes
        self._presence = presence if minutes else None
        self._clock = clock
        self._next_roll_call = 0.0

    def is_due(self) -> bool:
        """Whether it is time to look at all runs again."""
        if not self._presence or self._clock() < self._next_roll_call:
            return False
        self._next_roll_call = self._clock() + ROLL_CALL
        return True

    def has(self, run: Run) -> bool:
        """Whether the visitor of a run that trains or waits is gone, and no page shows the run.

        The runs of a sweep never are: visitors leave them alone on purpose. Neither are runs without a
        visitor, which a program has begun.
        """
        if self._is_here(run.id):
            return False
        meta = run.meta
        alone = meta.owner and not self._is_here(meta.owner)
        return bool(alone and meta.kind != "sweep" and run.status().state in UNDER_WAY)

    def _is_here(self, visitor: str) -> bool:
        return self._presence is None or self._presence.absent(visitor) < 60 * self.minutes
