"""Who gives signs of life: workers that may hang, and visitors that may have gone."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Hashable

UNSEEN = 5.0
"""Seconds between two looks that count at most, many times what they are apart: in a longer time whoever
looks was stopped or asleep too, with a laptop, a container or a debugger, and so was what it looks at."""


class Stillness:
    """How long things were seen to show the same sign; not safe for several threads."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, tuple[Hashable, float, float]] = {}

    def of(self, thing: Hashable, sign: Hashable) -> float:
        """Seconds for which a thing has shown this sign."""
        now = time.monotonic()
        before, seconds, looked = self._seen.get(thing, (sign, 0.0, now))
        seconds = seconds + min(now - looked, UNSEEN) if before == sign else 0.0
        self._seen[thing] = sign, seconds, now
        return seconds

    def forget(self, thing: Hashable) -> None:
        """Begin anew with a thing, should it come again."""
        self._seen.pop(thing, None)


class Presence:
    """Who is there: visitors by their tokens, and runs by their ids while somebody watches them.

    Safe for several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._here: Counter[str] = Counter()
        self._last: dict[str, float] = {}

    def arrive(self, who: str) -> None:
        """Note that a page of theirs has connected."""
        with self._lock:
            self._here[who] += 1

    def leave(self, who: str) -> None:
        """Note that a page of theirs has gone."""
        with self._lock:
            self._here[who] -= 1
            if self._here[who] <= 0:
                del self._here[who]
            self._last[who] = time.monotonic()

    def see(self, who: str) -> None:
        """Note that they are there now, connected or not."""
        with self._lock:
            self._last[who] = time.monotonic()

    def absent(self, who: str) -> float:
        """Seconds since they were last there, or since this began if they never were."""
        with self._lock:
            if who in self._here:
                return 0.0
            return time.monotonic() - self._last.get(who, self._began)
