"""Which runs can be compared in what: twins, and losses on one scale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from vaelab.config.fields import FIELD_NAMES, in_words
from vaelab.config.run_config import RunConfig, why_not_in_force

MOST_COMPARED = 6
"""Runs side by side: more could not be told apart by colour, and their planes would be too small."""


def twin_of(config: RunConfig) -> RunConfig:
    """The same settings with the other model: an AE of a VAE, and the reverse.

    What only one of the two uses, such as beta, is kept, so that the twin of a twin is the config itself.
    """
    return config.variant(model=config.traits.twin)


def scale_of(config: RunConfig) -> tuple[Any, ...]:
    """What losses in nats depend on besides the model: those of two runs compare only if it is the same.

    The images, the likelihood, and the deviation of a Gaussian one; a deviation has no effect on
    cross-entropy. Two runs with sigma "auto" count as one scale, although each fits its own: that it
    fits better is part of how good the model is (Rybkin, Daniilidis and Levine 2021).
    """
    sigma = None if why_not_in_force(config, "sigma") else config.sigma
    return config.dataset, config.reconstruction, sigma


def by_scale(configs: Sequence[RunConfig]) -> list[list[int]]:
    """Places of configs whose losses compare, in the order of the first of each scale."""
    return _together([scale_of(config) for config in configs])


def by_dataset(configs: Sequence[RunConfig]) -> list[list[int]]:
    """Places of configs with the same images, in the order of the first of each data set."""
    return _together([config.dataset for config in configs])


def _together(keys: Sequence[Any]) -> list[list[int]]:
    return [[place for place, other in enumerate(keys) if other == key] for key in dict.fromkeys(keys)]


def settings_that_differ(configs: Iterable[RunConfig]) -> list[str]:
    """Names of the fields in which configs differ, where they have an effect, in the order of fields."""
    listed = list(configs)
    return [name for name in FIELD_NAMES if len({in_force(c, name) for c in listed} - {None}) > 1]


def in_force(config: RunConfig, name: str) -> str | None:
    """A field's value in words; None where it has no effect."""
    if why_not_in_force(config, name):
        return None
    return in_words(name, getattr(config, name))
