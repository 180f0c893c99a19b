"""How far a training has come, as one record that is saved and restored as a whole."""

from __future__ import annotations

import math
import time
from dataclasses import MISSING, dataclass, field, fields

import numpy as np

from vaelab.events import Arrays


class Totals:
    """Sums of (images, objective, recon, kl), over the epoch and since the last `Step` event."""

    def __init__(self) -> None:
        self.epoch = np.zeros(4)
        self.recent = np.zeros(4)

    def add(self, images: int, objective: float, recon: float, kl: float) -> None:
        """Add a step's means, weighted by its images."""
        row = images * np.array([1.0, objective, recon, kl])
        self.epoch += row
        self.recent += row

    def since_last(self) -> tuple[float, float, float]:
        """Means of objective, recon and kl since the last call."""
        objective, recon, kl = (self.recent[1:] / self.recent[0]).tolist()
        self.recent[:] = 0
        return objective, recon, kl

    def epoch_objective(self) -> float | None:
        """Mean objective of the epoch so far; None before its first step."""
        return float(self.epoch[1] / self.epoch[0]) if self.epoch[0] else None

    def start_epoch(self) -> None:
        """Forget the epoch's sums."""
        self.epoch[:] = 0


class Clock:
    """Seconds spent, without the time between `stop` and `go`."""

    def __init__(self) -> None:
        self._spent, self._since, self._running = 0.0, time.perf_counter(), True

    def set(self, seconds: float) -> None:
        """Count on from here."""
        self._spent, self._since = seconds, time.perf_counter()

    def seconds(self) -> float:
        """Seconds spent so far."""
        return self._spent + (time.perf_counter() - self._since if self._running else 0.0)

    def stop(self) -> None:
        """Stop counting."""
        self._spent, self._running = self.seconds(), False

    def go(self) -> None:
        """Count again."""
        self._since, self._running = time.perf_counter(), True


@dataclass
class Progress:
    """The numbers that a training goes on from, beside its weights, its optimizer and its random numbers.

    Numbers are saved under the names of their fields: a new counter is a new field, and no more.
    """

    step: int = 0
    """Steps of the optimizer that are done."""
    told_step: int = 0
    """The step of which, and of all before, every event has been given."""
    evaluated_step: int = -1
    """The step at which the model was evaluated last."""
    epoch: int = 0
    """Whole epochs, trained and evaluated."""
    train_objective: float = math.inf
    """Mean training objective of the last whole epoch, in nats per image."""
    bf16: bool = False
    """Whether the forward pass computes in bfloat16."""
    totals: Totals = field(default_factory=Totals)
    clock: Clock = field(default_factory=Clock)

    def arrays(self) -> Arrays:
        """All of it as named arrays; copied, so that training may go on."""
        return {
            **{name: np.array(getattr(self, name)) for name in _NUMBERS},
            "totals.epoch": self.totals.epoch.copy(),
            "totals.recent": self.totals.recent.copy(),
            "seconds": np.array(self.clock.seconds()),
        }

    def restore(self, arrays: Arrays) -> None:
        """Go on from what `arrays` gave; a number that an older checkpoint does not have stays as it is."""
        for name in _NUMBERS & arrays.keys():
            setattr(self, name, arrays[name].item())
        self.totals.epoch[:] = arrays["totals.epoch"]
        self.totals.recent[:] = arrays["totals.recent"]
        self.clock.set(float(arrays["seconds"]))


_NUMBERS = {each.name for each in fields(Progress) if each.default is not MISSING}
