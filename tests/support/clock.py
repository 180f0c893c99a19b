"""A clock that a test can stop and set."""

from __future__ import annotations

import time


class Clock:
    """Tells the seconds as `time.monotonic` does, until `now` is set; from then on it stands still."""

    def __init__(self, now: float | None = None) -> None:
        self.now = now

    def __call__(self) -> float:
        """The seconds now."""
        return time.monotonic() if self.now is None else self.now
