"""Which runs can be compared, and on which measures: twins, losses on one scale, the best of several runs."""

from collections.abc import Sequence
from typing import Any

from vaelab.config.fields import FIELD_NAMES
from vaelab.config.in_force import in_force, why_not_in_force
from vaelab.config.quantities import QUANTITIES, measures
from vaelab.config.run_config import RunConfig

MOST_COMPARED = 6
"""Largest number of runs side by side: with more, colours look alike and planes get too small."""


def twin_of(config: RunConfig) -> RunConfig:
    """The same config with the other kind of model: the AE for a VAE, and the reverse.

    Fields that only one of the two uses, such as beta, stay, so that the twin of a twin is the config itself.
    """
    return config.variant(model=config.traits.twin)


def scale_of(config: RunConfig) -> tuple[Any, ...]:
    """The scale of losses in nats: losses of two runs can be compared only if their scales are equal.

    It consists of data set, reconstruction term, and sigma where the term has one. Two runs with sigma "auto"
    have the same scale, although each fits its own sigma: a better fit is part of how good the model is
    (Rybkin, Daniilidis and Levine 2021).
    """
    sigma = None if why_not_in_force(config, "sigma") else config.sigma
    return config.dataset, config.reconstruction, sigma


def by_scale(configs: Sequence[RunConfig]) -> list[list[int]]:
    """Groups of indices of configs on the same scale, in the order of the first of each group."""
    return _indices_by_key([scale_of(config) for config in configs])


def by_dataset(configs: Sequence[RunConfig]) -> list[list[int]]:
    """Groups of indices of configs with the same data set, in the order of the first of each group."""
    return _indices_by_key([config.dataset for config in configs])


def _indices_by_key(keys: Sequence[Any]) -> list[list[int]]:
    return [[i for i, other in enumerate(keys) if other == key] for key in dict.fromkeys(keys)]


def fields_that_differ(configs: Sequence[RunConfig]) -> list[str]:
    """Names of the fields in which configs differ, where they have an effect, in the order of fields."""
    return [name for name in FIELD_NAMES if len({in_force(c, name) for c in configs} - {None}) > 1]


def comparable(configs: Sequence[RunConfig]) -> tuple[str, ...]:
    """Names of the measures on which runs of these configs can be compared with each other.

    Runs on one scale can be compared on all measures. If their scales differ, nats belong to different
    likelihoods, and only squared errors and accuracies can be compared; runs of different data sets cannot be
    compared at all. A measure that is not defined for a model is None and enters no comparison.
    """
    if len(by_dataset(configs)) > 1:
        return ()
    one_scale = len(by_scale(configs)) <= 1
    return tuple(name for name, measure in measures().items() if one_scale or measure.across_likelihoods)


def best(name: str, configs: Sequence[RunConfig], values: Sequence[float | None]) -> frozenset[int]:
    """Positions of the runs that have the best value of a measure.

    A run is compared with the runs of its data set and, where the measure is in nats, of its scale. A group
    has no best run if the measure has no better and worse, or if fewer than two of its runs have a value.
    """
    quantity, leaders = QUANTITIES[name], set[int]()
    for group in by_dataset(configs) if quantity.across_likelihoods else by_scale(configs):
        measured = {i: values[i] for i in group if values[i] is not None}
        if len(measured) > 1:
            leaders |= quantity.best(measured)
    return frozenset(leaders)
