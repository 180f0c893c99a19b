"""How a run stood at one of its steps, in numbers and in words."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from vaelab.runs.history import History


@dataclass(frozen=True)
class Moment:
    """A step of a run with the losses that are known of it, in nats per image."""

    step: int
    epoch: float
    split: str
    """`test` where there was an evaluation at the step, else `training`; empty if nothing is known."""
    recon: float | None = None
    kl: float | None = None
    """None for an AE."""

    @property
    def name(self) -> str:
        """Short: `step 16` within the first epoch, `epoch 3` from its end on."""
        return f"step {self.step:,}" if self.epoch < 1 else f"epoch {self.epoch:.6g}"

    @property
    def losses(self) -> str:
        """The losses in words; empty if nothing is known."""
        if self.recon is None:
            return ""
        if self.kl is None:
            return f"{self.split} reconstruction {_nats(self.recon)} nats per image"
        total = _nats(self.recon + self.kl)
        return (
            f"{self.split} reconstruction {_nats(self.recon)} + KL {_nats(self.kl)} = {total} nats per image"
        )


def moment_at(said: History, step: int, steps_per_epoch: int) -> Moment:
    """How a run stood at a step.

    Training losses are averages over the few steps since they were last recorded.
    """
    epoch = step / steps_per_epoch
    for split, rows in (("test", said.evaluated), ("training", said.steps)):
        steps = rows["step"]
        place = bisect_left(steps, step)
        if place < len(steps) and (split == "training" or steps[place] == step):
            return Moment(step, epoch, split, rows["recon"][place], rows["kl"][place])
    return Moment(step, epoch, "")


def _nats(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")
