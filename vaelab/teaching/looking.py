"""What to look for in the losses of a run as they are now, in one sentence for the line below the chart."""

from collections.abc import Collection

import numpy as np

from vaelab.config import QUANTITIES, RunConfig
from vaelab.config.objective import minimises_another_sum, total_in_words
from vaelab.events import Columns

FIRST = 20
"""Training steps before which the curves say nothing yet."""

MOVED = 0.5
"""Nats by which a loss must have moved from its first step to be said to have."""


def what_to_look_for(
    config: RunConfig, steps: Columns, *, collapsed: bool = False, moved: Collection[str] = ()
) -> str:
    """A sentence that holds for this recipe at this moment.

    Parameters
    ----------
    steps
        The run's `Step` events as columns.
    collapsed
        Whether the hints say that the codes have collapsed.
    moved
        The fields whose dials were moved while it trained.
    """
    if not np.isfinite(steps["recon"][-FIRST:]).all():
        return "The losses are no numbers any more."
    if config.corruption != "none":
        return "Training losses are of corrupted images, test losses of clean ones."
    if not config.traits.has_kl:
        return "A gap between training and test opens when images are memorised."
    if collapsed:
        return "The KL is almost 0: the code says nothing of the image."
    if steps.count < FIRST:
        return "Each training step adds a point, each epoch a dot. Lower is better."
    if minimises_another_sum(config, moved):
        return "Training lowers the dashed line, in which the KL counts beta times."
    kl, total = (QUANTITIES[name].of(steps) for name in ("kl", "neg_elbo"))
    name = total_in_words(config)
    if total[-FIRST:].mean() > total[0] - MOVED:
        return f"The {name} has not fallen yet: nothing is learned so far."
    if kl[-FIRST:].mean() < kl[0] + MOVED:
        return f"The {name} falls without the code: the KL has not risen yet."
    return f"The KL rose while the {name} fell: codes tell images apart."
