"""The random generators of one epoch, whose states are saved and restored in the middle of it."""

import torch

from vaelab.events import Arrays
from vaelab.models.randomness import generator_for

PURPOSES = ("noise", "corruption")


class Generators:
    """One generator per purpose, fixed by seed and epoch, so that resuming needs no earlier epochs."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._at_step_start: Arrays | None = None
        self.start_epoch(0)

    def __getitem__(self, purpose: str) -> torch.Generator:
        return self._of[purpose]

    def start_epoch(self, epoch: int) -> None:
        """Seed the generators for an epoch, counted from 0."""
        self._of = {purpose: generator_for(self._seed, purpose, epoch) for purpose in PURPOSES}

    def start_step(self) -> None:
        """Remember the states: a checkpoint made during the step has to repeat the step from its start."""
        self._at_step_start = self.arrays()

    def end_step(self) -> None:
        """Let checkpoints save the current states again."""
        self._at_step_start = None

    def arrays(self) -> Arrays:
        """The states as named arrays; during a step, the states at its start."""
        states = {name: generator.get_state() for name, generator in self._of.items()}
        return self._at_step_start or {f"random.{name}": states[name].numpy().copy() for name in states}

    def restore(self, arrays: Arrays) -> None:
        """Set the states that `arrays` returned."""
        for name, generator in self._of.items():
            generator.set_state(torch.tensor(arrays[f"random.{name}"]))
