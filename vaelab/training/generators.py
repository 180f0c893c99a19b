"""The random numbers of one epoch, saved and restored within it."""

from __future__ import annotations

import torch

from vaelab.events import Arrays
from vaelab.models.randomness import generator_for

PURPOSES = ("noise", "corruption")


class Generators:
    """One generator for each purpose, fixed by seed and epoch, so that resuming needs no history."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._at_step_start: Arrays | None = None
        self.start_epoch(0)

    def __getitem__(self, purpose: str) -> torch.Generator:
        return self._of[purpose]

    def start_epoch(self, epoch: int) -> None:
        """Begin the random numbers of an epoch, counted from 0."""
        self._of = {purpose: generator_for(self._seed, purpose, epoch) for purpose in PURPOSES}

    def start_step(self) -> None:
        """Keep the states for a checkpoint within the step, which is then done anew."""
        self._at_step_start = self.arrays()

    def end_step(self) -> None:
        """Forget the states that the step started with."""
        self._at_step_start = None

    def arrays(self) -> Arrays:
        """The states as named arrays; within a step, those it started with."""
        current = {f"random.{name}": each.get_state().numpy().copy() for name, each in self._of.items()}
        return self._at_step_start or current

    def restore(self, arrays: Arrays) -> None:
        """Go on from what `arrays` gave."""
        for name, each in self._of.items():
            each.set_state(torch.tensor(arrays[f"random.{name}"]))
