"""Running sums of a training's losses, and the clock that leaves pauses out."""

from __future__ import annotations

import time

import numpy as np


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
