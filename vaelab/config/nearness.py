"""How far apart two recipes are: which finished run best stands in for another one."""

from collections.abc import Callable, Mapping
from math import log2

from vaelab.config.fields import FIELD_NAMES
from vaelab.config.in_force import in_force, why_not_in_force
from vaelab.config.quantities import Key
from vaelab.config.run_config import RunConfig

_DECISIVE = ("dataset", "model")
"""Fields that outweigh all others, the first one most: other images, or another model, teach other things."""

_OCTAVES: dict[str, Callable[[RunConfig], float]] = {
    "latent_dim": lambda config: log2(config.latent_dim),
    # The smallest beta that differs from 0 to the eye counts as 0.01; a field that is not in force has none.
    "beta": lambda config: 0.0 if why_not_in_force(config, "beta") else log2(config.beta + 0.01),
}
"""Fields that count by how often one value has to be doubled to reach the other."""

_WEIGHTS = {"corruption": 2.0, "architecture": 1.0, "reconstruction": 1.0, "seed": 0.0}
"""What a difference in a field counts, in octaves; one in any other field counts a quarter."""


def distance(first: RunConfig, second: RunConfig) -> tuple[float, ...]:
    """How far apart two recipes are, to compare with other distances; the same in both directions.

    A difference in the data set counts more than any other, then one in the model, then latent dimension,
    beta and all other fields together. Seeds, and fields without an effect, do not count.
    """
    decisive = (float(getattr(first, name) != getattr(second, name)) for name in _DECISIVE)
    octaves = sum(abs(level(first) - level(second)) for level in _OCTAVES.values())
    others = sum(
        _WEIGHTS.get(name, 0.25)
        for name in FIELD_NAMES
        if name not in (*_DECISIVE, *_OCTAVES) and in_force(first, name) != in_force(second, name)
    )
    return (*decisive, octaves + others)


def nearest(config: RunConfig, others: Mapping[Key, RunConfig]) -> Key | None:
    """The key of the nearest recipe, the first of several; None if there are none."""
    return min(others, key=lambda key: distance(config, others[key]), default=None)
