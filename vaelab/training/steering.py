"""Beta and the learning rate while a run trains: by their schedules, or held by hand."""

from collections.abc import Iterator, Sequence

import numpy as np

from vaelab import events
from vaelab.config import RunConfig, why_not_in_force
from vaelab.events import Arrays
from vaelab.models.objective import beta_at, learning_rate_at

MOST_CHANGES = 500
"""Number of changes after which a run takes no more."""


class Steering:
    """The values of `events.DIALS` at each step of a training, and the changes that it was asked for.

    A change takes over from the schedule of its field from the next step on, and holds until the next
    change; a change to None lets the schedule go on.

    Parameters
    ----------
    stored
        The changes that the training had been asked for when it was interrupted, in their order. Those that
        a restored checkpoint does not have yet are made again at their steps, before any other.
    """

    def __init__(
        self, config: RunConfig, steps_per_epoch: int, stored: Sequence[events.Changed] = ()
    ) -> None:
        self._config, self._steps_per_epoch = config, steps_per_epoch
        self._held: dict[str, float] = {}
        self._stored = list(stored)
        self._wish = events.Request()
        self._made = 0
        self.beta_since = 0
        """The step from which beta has followed what it follows now, its schedule or a held value."""

    def beta(self, step: int) -> float:
        """Weight of the KL term at a step, counted from 0."""
        held = self._held.get("beta")
        return beta_at(self._config, step, self._steps_per_epoch) if held is None else held

    def learning_rate(self, step: int) -> float:
        """Learning rate at a step, counted from 0."""
        held = self._held.get("learning_rate")
        return learning_rate_at(self._config, step, self._steps_per_epoch) if held is None else held

    @property
    def warms_up(self) -> bool:
        """Whether beta follows its schedule, which may begin with a warm-up."""
        return "beta" not in self._held

    def hear(self, request: events.Request) -> None:
        """Take a request, whose change is made before the next step.

        Raises
        ------
        ValueError
            If the config does not allow a value; the text says what is allowed.
        """
        if request.dials != self._wish.dials:
            self._config.variant(**request.dials.held())
        self._wish = request

    def changes(self, step: int, epoch: float) -> Iterator[events.Changed]:
        """Make the changes that are due after a number of steps, and yield each."""
        while self._stored and self._stored[0].step <= step:
            change = self._stored.pop(0)
            self._make(change)
            yield change
        if self._stored:
            return
        for name in events.DIALS:
            value = getattr(self._wish.dials, name)
            unchanged = value == self._held.get(name) or why_not_in_force(self._config, name)
            if not unchanged and self._made < MOST_CHANGES:
                number = self._wish.change
                change = events.Changed(step=step, epoch=epoch, field=name, value=value, change=number)
                self._make(change)
                yield change

    def _make(self, change: events.Changed) -> None:
        self._made += 1
        if change.value is None:
            self._held.pop(change.field, None)
        else:
            self._held[change.field] = change.value
        if change.field == "beta":
            self.beta_since = change.step

    def arrays(self) -> Arrays:
        """What is needed to resume, as named arrays."""
        counts = {"made": self._made, "beta_since": self.beta_since}
        return {f"steering.{name}": np.array(value) for name, value in (counts | self._held).items()}

    def restore(self, arrays: Arrays) -> None:
        """Set what `arrays` returned; a checkpoint of before there was steering has no change."""
        values = {
            name.removeprefix("steering."): array.item()
            for name, array in arrays.items()
            if name.startswith("steering.")
        }
        self._made, self.beta_since = values.pop("made", 0), values.pop("beta_since", 0)
        self._held = {name: values[name] for name in events.DIALS if name in values}
        del self._stored[: self._made]
