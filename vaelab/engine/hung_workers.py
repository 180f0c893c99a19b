"""Workers that hang: they have shown no sign of life for too long, and are ended."""

import logging
import time
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress

from vaelab.engine.backends import Worker
from vaelab.runs import Run, RunDamaged, RunStore
from vaelab.words import counted

logger = logging.getLogger(__name__)

HUNG = "Its training gave no sign of life for {time} and was ended. It can be resumed from its last epoch."

UNSEEN = 5.0
"""Most seconds that count between two looks, although looks are far closer together. In a longer time the
engine itself was stopped or asleep, with a laptop, a container or a debugger, and so were its workers."""


class Stillness:
    """Counts the seconds since the sign of life of each thing last changed; not safe for several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[Hashable, tuple[Hashable, float, float]] = {}

    def of(self, thing: Hashable, sign: Hashable) -> float:
        """Seconds for which a thing has shown the same sign of life."""
        now = self._clock()
        last_sign, seconds, last_look = self._seen.get(thing, (sign, 0.0, now))
        seconds = seconds + min(now - last_look, UNSEEN) if last_sign == sign else 0.0
        self._seen[thing] = sign, seconds, now
        return seconds

    def forget(self, thing: Hashable) -> None:
        """Count from 0 when the thing is seen again."""
        self._seen.pop(thing, None)


class HungWorkers:
    """Finds workers that hang and ends them; not safe for several threads.

    A healthy worker gives several signs of life a second, also while it evaluates or fetches data. It may be
    silent while PyTorch is read from a slow disk or a data set is unpacked, but never for minutes.

    Parameters
    ----------
    minutes: time without a sign of life after which a worker hangs.
    """

    def __init__(self, minutes: float, clock: Callable[[], float]) -> None:
        self.minutes = minutes
        self._stillness = Stillness(clock)

    def end(self, workers: Iterable[Worker], store: RunStore) -> None:
        """Kill the workers that hang; the next look of the engine finds them dead."""
        for worker in workers:
            run = store.get_or_none(worker.run_id)
            if not self._hangs(worker, run):
                continue
            logger.error("A worker hangs and is ended.", extra={"run": worker.run_id or ""})
            if run is not None:
                with suppress(RunDamaged, OSError):
                    run.set_meta(note=HUNG.format(time=counted(self.minutes, "minute")))
            worker.kill()

    def _hangs(self, worker: Worker, run: Run | None) -> bool:
        is_busy = bool(worker.alive() and (worker.run_id or not worker.ready))
        hangs = is_busy and self._stillness.of(worker, _sign_of_life(worker, run)) > 60 * self.minutes
        if hangs or not is_busy:
            self._stillness.forget(worker)
        return hangs


def _sign_of_life(worker: Worker, run: Run | None) -> tuple[object, ...]:
    """Values that change as long as a busy worker lives."""
    heartbeat = 0.0
    if run is not None:
        with suppress(RunDamaged):
            heartbeat = run.status().heartbeat
    return worker.ready, worker.started, worker.run_id, heartbeat
