"""A sweep: one recipe trained with several values of one or two fields, and several seeds for each value."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from vaelab.config import FIELD_NAMES, RunConfig, field_spec, read_config, why_not_in_force, with_changes

HELD_OUT = 5_000
"""Training images on which the best of a sweep is chosen."""

MOST_RUNS = 60
"""Largest number of runs in a sweep: more would keep a machine of two cores busy for hours."""

MOST_SEEDS = 5

NOT_SWEPT = frozenset({"dataset", "held_out", "seed", "precision", "stop_loss"})
"""Fields whose values make runs that cannot be compared, and fields that a sweep itself sets."""

SWEPT = tuple(name for name in FIELD_NAMES if name not in NOT_SWEPT)

_FIRST = (
    "beta",
    "latent_dim",
    "learning_rate",
    "hidden",
    "train_size",
    "optimizer",
    "activation",
    "batch_size",
)
"""The fields from which people learn most; they are offered first."""

_SUGGESTED = {
    "beta": "0.1, 0.3, 1, 3, 10",
    "latent_dim": "1, 2, 4, 8, 16, 32",
    "learning_rate": "0.001, 0.003, 0.01, 0.03",
    "train_size": "500, 5000, 50000",
    "batch_size": "64, 256, 1024",
    "epochs": "1, 3, 10",
    "beta_warmup": "0, 1, 2",
    "sigma": "auto, 0.1, 0.3, 1",
    "corruption_strength": "0.1, 0.3, 0.6",
}
_SUGGESTED_HIDDEN = {"mlp": "none, 64, 512, 512-256", "conv": "8-16, 16-32, 32-64"}


@dataclass(frozen=True)
class Axis:
    """One field that varies, and its values in the order in which they were given."""

    name: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Sweep:
    """The configs of all runs to train, those that differ only by their seed next to each other."""

    axes: tuple[Axis, ...]
    seeds: int
    configs: tuple[RunConfig, ...]


def plan(base: RunConfig, varied: Sequence[tuple[str, Sequence[Any]]], seeds: int = 3) -> Sweep:
    """A sweep over one or two fields of a recipe.

    Every run holds out 5,000 training images. The first seed is that of the recipe.

    Parameters
    ----------
    varied: (name, values) of each field that varies; values may be texts, as in links.
    seeds: number of runs for each combination of values, from 1 to 5.

    Raises
    ------
    ValueError
        If a field cannot be swept or a value of it is wrong; the text says what is allowed.
    """
    if not 1 <= len(varied) <= 2 or len({name for name, _ in varied}) < len(varied):
        raise ValueError("A sweep varies one field or two different ones.")
    if not 1 <= seeds <= MOST_SEEDS:
        raise ValueError(f"seeds: must be a whole number from 1 to {MOST_SEEDS}, not {seeds}.")
    axes = tuple(_axis(base, name, values) for name, values in varied)
    count = seeds * math.prod(len(axis.values) for axis in axes)
    if count > MOST_RUNS:
        raise ValueError(f"This sweep would be {count} runs; at most {MOST_RUNS} are allowed.")
    first = min(base.seed, int(field_spec("seed").maximum or 0) - seeds + 1)
    combinations = product(*([(axis.name, value) for value in axis.values] for axis in axes))
    configs = [
        _config(base, {**dict(combination), "seed": seed, "held_out": HELD_OUT})
        for combination in combinations
        for seed in range(first, first + seeds)
    ]
    for axis in axes:
        reasons = {why_not_in_force(config, axis.name) for config in configs}
        if None not in reasons:
            raise ValueError(f"{axis.name}: changes nothing here, because {reasons.pop()}.")
    return Sweep(axes, seeds, tuple(configs))


def sweepable(base: RunConfig) -> list[str]:
    """Fields that can vary and have an effect in a recipe, first those from which people learn most."""
    return [name for name in dict.fromkeys((*_FIRST, *SWEPT)) if not why_not_in_force(base, name)]


def suggested_values(base: RunConfig, name: str) -> str:
    """Values of a field that are worth trying, as text with commas between them."""
    if name == "hidden":
        return _SUGGESTED_HIDDEN[base.architecture]
    return _SUGGESTED.get(name) or ", ".join(field_spec(name).choices)


def read_values(text: str) -> list[str]:
    """The texts between the commas of a text, without empty ones."""
    return [part.strip() for part in text.split(",") if part.strip()]


def at_a_time(runs: int, threads: int, slots: int) -> int:
    """The number of runs that train at the same time.

    Parameters
    ----------
    runs: runs that are to be trained.
    threads: threads of a run that trains alone.
    slots: runs with so many threads that the machine can train at the same time.
    """
    return min(runs, slots * threads // max(1, threads // runs))


def _axis(base: RunConfig, name: str, values: Sequence[Any]) -> Axis:
    if name not in SWEPT:
        raise ValueError(f"{name}: cannot be swept; allowed are {', '.join(SWEPT)}.")
    different = dict.fromkeys(getattr(_config(base, {name: value}), name) for value in values)
    if len(different) < 2:
        raise ValueError(f"{name}: a sweep needs at least two different values, with commas between them.")
    return Axis(name, tuple(different))


def _config(base: RunConfig, changes: dict[str, Any]) -> RunConfig:
    config, problems = read_config(with_changes(base, changes))
    if config is None:
        raise ValueError(" ".join(problems.values()))
    return config
