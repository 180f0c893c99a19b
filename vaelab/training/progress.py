"""The progress of a training, as one record that is saved and restored as a whole."""

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
        """Add the mean losses of a step, weighted by its number of images."""
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
    """Counts seconds, without the time between `stop` and `go`."""

    def __init__(self) -> None:
        self._spent, self._since, self._running = 0.0, time.perf_counter(), True

    def set(self, seconds: float) -> None:
        """Count on from a number of seconds."""
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
    """The numbers that resuming a training needs, besides weights, optimizer and random generators.

    Each number is saved under the name of its field, so that a new counter needs only a new field.
    """

    step: int = 0
    """Number of updates of the weights so far."""
    told_step: int = 0
    """Last step whose events have all been yielded."""
    evaluated_step: int = -1
    """Step of the last evaluation."""
    epoch: int = 0
    """Number of complete epochs, trained and evaluated."""
    train_objective: float = math.inf
    """Mean training objective of the last complete epoch, in nats per image."""
    bf16: bool = False
    """Whether the forward pass computes in bfloat16."""
    totals: Totals = field(default_factory=Totals)
    clock: Clock = field(default_factory=Clock)

    def arrays(self) -> Arrays:
        """Copies of all numbers as named arrays, which further training does not change."""
        return {
            **{name: np.array(getattr(self, name)) for name in _NUMBERS},
            "totals.epoch": self.totals.epoch.copy(),
            "totals.recent": self.totals.recent.copy(),
            "seconds": np.array(self.clock.seconds()),
        }

    def restore(self, arrays: Arrays) -> None:
        """Set the numbers that `arrays` returned; one that an older checkpoint lacks keeps its value."""
        for name in _NUMBERS & arrays.keys():
            setattr(self, name, arrays[name].item())
        self.totals.epoch[:] = arrays["totals.epoch"]
        self.totals.recent[:] = arrays["totals.recent"]
        self.clock.set(float(arrays["seconds"]))


_NUMBERS = {number.name for number in fields(Progress) if number.default is not MISSING}
