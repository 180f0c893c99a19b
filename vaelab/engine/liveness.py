"""Who gives signs of life: workers that may hang, and visitors that may have gone."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable
from contextlib import suppress

from vaelab.engine.backends import Worker
from vaelab.runs.errors import RunDamaged
from vaelab.runs.life import UNDER_WAY
from vaelab.runs.run import Run

ROLL_CALL = 5.0
"""Seconds between two looks at who is there."""

UNSEEN = 5.0
"""Seconds between two looks that count at most, many times what they are apart: in a longer time whoever
looks was stopped or asleep too, with a laptop, a container or a debugger, and so was what it looks at."""


class Stillness:
    """How long things were seen to show the same sign; not safe for several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[Hashable, tuple[Hashable, float, float]] = {}

    def of(self, thing: Hashable, sign: Hashable) -> float:
        """Seconds for which a thing has shown this sign."""
        now = self._clock()
        before, seconds, looked = self._seen.get(thing, (sign, 0.0, now))
        seconds = seconds + min(now - looked, UNSEEN) if before == sign else 0.0
        self._seen[thing] = sign, seconds, now
        return seconds

    def forget(self, thing: Hashable) -> None:
        """Begin anew with a thing, should it come again."""
        self._seen.pop(thing, None)


class HungWorkers:
    """Which workers have shown no sign of life for too long; not safe for several threads.

    An honest one gives several a second, also while it evaluates or fetches data. Without any it
    may read PyTorch from a slow disk, unpack a data set or wait for a disk: none takes minutes.

    Parameters
    ----------
    minutes: after which a worker hangs.
    """

    def __init__(self, minutes: float, clock: Callable[[], float]) -> None:
        self.minutes = minutes
        self._stillness = Stillness(clock)

    def has(self, worker: Worker, run: Run | None) -> bool:
        """Whether a worker hangs, that has this run, if any; to be asked again and again."""
        is_busy = worker.alive() and (worker.run_id or not worker.ready)
        hangs = is_busy and self._stillness.of(worker, _sign_of_life(worker, run)) > 60 * self.minutes
        if hangs or not is_busy:
            self._stillness.forget(worker)
        return bool(hangs)


def _sign_of_life(worker: Worker, run: Run | None) -> tuple[object, ...]:
    """What changes as long as a worker lives that has something to do."""
    heartbeat = 0.0
    if run is not None:
        with suppress(RunDamaged):
            heartbeat = run.status().heartbeat
    return worker.ready, worker.started, worker.run_id, heartbeat


class Presence:
    """Who is there: visitors by their tokens, and runs by their ids while somebody watches them.

    Safe for several threads.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._began = clock()
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
            self._last[who] = self._clock()

    def see(self, who: str) -> None:
        """Note that they are there now, connected or not."""
        with self._lock:
            self._last[who] = self._clock()

    def absent(self, who: str) -> float:
        """Seconds since they were last there, or since this began if they never were."""
        with self._lock:
            if who in self._here:
                return 0.0
            return self._clock() - self._last.get(who, self._began)


class LeftAlone:
    """Which runs have nobody who watches them; not safe for several threads.

    Parameters
    ----------
    presence: who is there; None if no run counts as left alone.
    minutes: for which a visitor has to be gone; 0 if no run counts as left alone.
    """

    def __init__(self, presence: Presence | None, minutes: float, clock: Callable[[], float]) -> None:
        self.minutes = minutes
        self._presence = presence
        self._clock = clock
        self._next_roll_call = 0.0

    def is_due(self) -> bool:
        """Whether it is time to look at all runs again."""
        if not self._presence or not self.minutes or self._clock() < self._next_roll_call:
            return False
        self._next_roll_call = self._clock() + ROLL_CALL
        return True

    def has(self, run: Run) -> bool:
        """Whether the visitor of a run that trains or waits is gone, and nobody watches it.

        Not those of a sweep, which one leaves alone on purpose, nor those of nobody, which were begun
        from a program.
        """
        if self._is_there(run.id):
            return False
        meta = run.meta
        alone = meta.owner and not self._is_there(meta.owner)
        return bool(alone and meta.kind != "sweep" and run.status().state in UNDER_WAY)

    def _is_there(self, who: str) -> bool:
        return self._presence is None or self._presence.absent(who) < 60 * self.minutes
