"""What a sweep found: a row for each run, averages over seeds, and which value is best.

Runs are compared on held-out training images, so that the test images say something new of the best.
Sums in nats compare only where they mean the same: among VAEs, or among AEs, of one reconstruction
term and one sigma. Everything else is compared by its mean squared error alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from vaelab.config import quantities
from vaelab.config.fields import field_spec, in_words
from vaelab.config.quantities import QUANTITIES, Losses, losses_of
from vaelab.config.run_config import RunConfig

Values = tuple[Any, ...]
"""A value for each axis of a sweep."""

Split = Literal["held_out", "test"]


@dataclass(frozen=True)
class Result:
    """How one run of a sweep stands."""

    run: str
    """Its id; empty if there is no such run here."""
    values: Values
    seed: int
    state: str
    seconds: float = 0.0
    held_out: Losses = field(default_factory=dict)
    """On the held-out images after the last epoch, as `test` is on the test images; empty before that."""
    test: Losses = field(default_factory=dict)

    def losses(self, split: Split) -> Losses:
        """Those on the images of a split."""
        return self.held_out if split == "held_out" else self.test

    def value(self, measure: str, split: Split = "held_out") -> float | None:
        """A loss of a run that has finished; None before that, and where it is not defined."""
        return self.losses(split).get(measure) if self.state == "finished" else None


def result(
    run: str, config: RunConfig, axes: Sequence[str], state: str, evaluated: Mapping[str, Any]
) -> Result:
    """A run's row; `evaluated` has the fields of its last `Evaluated` event, if there is one."""
    return Result(
        run, tuple(getattr(config, name) for name in axes), config.seed, state,
        evaluated.get("seconds") or 0.0, losses_of(evaluated, config, "held_out_"),
        losses_of(evaluated, config),
    )  # fmt: skip


def criteria(configs: Sequence[RunConfig]) -> tuple[str, ...]:
    """The losses that all of these runs can be compared by; the one that chooses the best is first."""
    alike = len({config.model for config in configs}) == 1
    return tuple(
        name
        for name in quantities.comparable(configs)
        if name in quantities.losses()
        and (alike or QUANTITIES[name].across_likelihoods)
        and all(QUANTITIES[name].is_defined(config) for config in configs)
    )


@dataclass(frozen=True)
class Band:
    """A measure of one setting over its seeds: the mean, and the lowest and the highest."""

    values: Values
    mean: float
    low: float
    high: float
    seeds: int


def bands(results: Sequence[Result], measure: str, split: Split = "held_out") -> list[Band]:
    """Each setting of which a run has finished, in the order of the results."""
    found = []
    for values, of_setting in by_setting(results).items():
        numbers = [n for result in of_setting if (n := result.value(measure, split)) is not None]
        if numbers:
            mean = sum(numbers) / len(numbers)
            found.append(Band(values, mean, min(numbers), max(numbers), len(numbers)))
    return found


def by_setting(results: Sequence[Result]) -> dict[Values, list[Result]]:
    """Results of the same values together, in the order in which those first come."""
    settings: dict[Values, list[Result]] = {}
    for result in results:
        settings.setdefault(result.values, []).append(result)
    return settings


@dataclass(frozen=True)
class Best:
    """The setting with the best mean on held-out images, and what it is worth on the test images."""

    measure: str
    held_out: Band
    test: Band

    @property
    def values(self) -> Values:
        """The best value of each axis."""
        return self.held_out.values


def best(results: Sequence[Result], measure: str) -> Best | None:
    """The best setting so far; one of which any run diverged or failed is none. None before all others."""
    settings = by_setting(results)
    sound = [
        band for band in bands(results, measure)
        if not any(result.state in ("diverged", "failed") for result in settings[band.values])
    ]  # fmt: skip
    leaders = QUANTITIES[measure].best({band.values: band.mean for band in sound})
    if not leaders:
        return None
    held_out = next(band for band in sound if band.values in leaders)
    test = {band.values: band for band in bands(results, measure, "test")}
    return Best(measure, held_out, test[held_out.values])


def words(axes: Sequence[str], values: Values) -> str:
    """Values as people read them: "Beta 0.1, Optimizer Adam"."""
    return ", ".join(
        f"{field_spec(name).label} {in_words(name, value)}" for name, value in zip(axes, values, strict=True)
    )


SPLITS: tuple[Split, ...] = ("held_out", "test")


def row(axes: Sequence[str], result: Result) -> dict[str, Any]:
    """A run's values, seed, state, losses and seconds, flat; what is not defined or not there is None."""
    losses = {
        f"{split}_{name}": result.losses(split).get(name) for split in SPLITS for name in quantities.losses()
    }
    values = dict(zip(axes, result.values, strict=True))
    return {**values, "seed": result.seed, "state": result.state, **losses,
            "seconds": result.seconds, "run": result.run}  # fmt: skip


def as_csv(axes: Sequence[str], results: Sequence[Result]) -> str:
    """One line a run, below the names of the columns."""
    file = io.StringIO()
    rows = [row(axes, result) for result in results]
    writer = csv.DictWriter(file, rows[0] if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def from_row(config: RunConfig, axes: Sequence[str], values: Mapping[str, Any]) -> Result:
    """The result that `row` has written of a run of a config; the run is not looked for."""
    return Result(
        "", tuple(values[name] for name in axes), values["seed"], values["state"], values["seconds"],
        losses_of(values, config, "held_out_"),
        losses_of(values, config, "test_"),
    )  # fmt: skip
