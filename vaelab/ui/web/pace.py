"""How often pages look at what changes: the more of them do, the slower each, so that clicks stay quick."""

from __future__ import annotations

import threading
import time

STEPS = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds between two looks; few different ones, because a page is drawn anew when its own changes."""

A_LOOK = 0.1
"""Seconds between the looks of all pages together. One takes the server some 30 ms, during which a click on
any page waits: so it does one time in three, however many watch."""

REMEMBERED = 2.5 * STEPS[-1]
"""Seconds after its last look for which a page counts as watching."""


class Pace:
    """The pages that watch something change; safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked: dict[str, float] = {}

    def look(self, page: str) -> None:
        """Note that a page looks now."""
        now = time.monotonic()
        with self._lock:
            self._looked = {each: when for each, when in self._looked.items() if now - when < REMEMBERED} | {
                page: now
            }

    def between(self, wish: float) -> float:
        """Seconds from a look to the next: one of `STEPS`, at least what is wished for."""
        least = max(wish, A_LOOK * len(self._looked))
        return next((step for step in STEPS if step >= least), STEPS[-1])
