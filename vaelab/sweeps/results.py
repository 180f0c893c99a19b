"""The results of a sweep: a row for each run, averages over seeds, and the best value.

Runs are compared on held-out training images, so that the test images stay unseen until the best is chosen.
Losses in nats can be compared only among VAEs, or among AEs, with the same reconstruction term and sigma.
Other runs are compared by their mean squared error.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from vaelab.config import QUANTITIES, Losses, RunConfig, field_spec, in_words, losses
from vaelab.config.comparable import comparable
from vaelab.config.quantities import losses_of

Values = tuple[Any, ...]
"""A value for each axis of a sweep."""

Split = Literal["held_out", "test"]
SPLITS: tuple[Split, ...] = ("held_out", "test")


@dataclass(frozen=True)
class Result:
    """The state and the losses of one run of a sweep."""

    run: str
    """The run's id; empty if the run is not on this machine."""
    values: Values
    seed: int
    state: str
    seconds: float = 0.0
    held_out: Losses = field(default_factory=dict)
    """Losses on the held-out images at the last evaluation; empty before the first one."""
    test: Losses = field(default_factory=dict)
    """Losses on the test images, at the same evaluation."""

    def losses(self, split: Split) -> Losses:
        """The losses on the images of a split."""
        return self.held_out if split == "held_out" else self.test

    def value(self, measure: str, split: Split = "held_out") -> float | None:
        """A loss of a finished run; None if the run is not finished or the loss is not defined."""
        return self.losses(split).get(measure) if self.state == "finished" else None


def result(
    run: str, config: RunConfig, axes: Sequence[str], state: str, evaluated: Mapping[str, Any]
) -> Result:
    """The result of a run; `evaluated` has the fields of its last `Evaluated` event, or none."""
    return Result(
        run,
        tuple(getattr(config, name) for name in axes),
        config.seed,
        state,
        evaluated.get("seconds") or 0.0,
        losses_of(evaluated, config, "held_out_"),
        losses_of(evaluated, config),
    )


def criteria(configs: Sequence[RunConfig]) -> tuple[str, ...]:
    """The losses by which all of these runs can be compared; the first one decides which run is best."""
    same_model = len({config.model for config in configs}) == 1
    return tuple(
        name
        for name in comparable(configs)
        if name in losses()
        and (same_model or QUANTITIES[name].across_likelihoods)
        and all(QUANTITIES[name].is_defined(config) for config in configs)
    )


@dataclass(frozen=True)
class Band:
    """A loss over the seeds of one combination of values: the mean, the lowest and the highest."""

    values: Values
    mean: float
    low: float
    high: float
    seeds: int


def bands(results: Sequence[Result], measure: str, split: Split = "held_out") -> list[Band]:
    """A band for each combination of values with a finished run, in the order of the results."""
    losses = {
        values: [loss for result in group if (loss := result.value(measure, split)) is not None]
        for values, group in by_values(results).items()
    }
    return [
        Band(values, sum(seeds) / len(seeds), min(seeds), max(seeds), len(seeds))
        for values, seeds in losses.items()
        if seeds
    ]


def by_values(results: Sequence[Result]) -> dict[Values, list[Result]]:
    """Results grouped by their values, in the order in which the values first occur."""
    groups: dict[Values, list[Result]] = {}
    for result in results:
        groups.setdefault(result.values, []).append(result)
    return groups


@dataclass(frozen=True)
class Best:
    """The combination of values with the best mean on held-out images, and its band on the test images."""

    measure: str
    held_out: Band
    test: Band

    @property
    def values(self) -> Values:
        """The best value of each axis."""
        return self.held_out.values


def best(results: Sequence[Result], measure: str) -> Best | None:
    """The best values so far, without those of which a run diverged or failed; None if there are none."""
    unsound = {result.values for result in results if result.state in ("diverged", "failed")}
    sound = [band for band in bands(results, measure) if band.values not in unsound]
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


def row(axes: Sequence[str], result: Result) -> dict[str, Any]:
    """A result as a flat table row; a loss that is undefined or not yet known is None."""
    by_split = {f"{split}_{name}": result.losses(split).get(name) for split in SPLITS for name in losses()}
    return {
        **dict(zip(axes, result.values, strict=True)),
        "seed": result.seed,
        "state": result.state,
        **by_split,
        "seconds": result.seconds,
        "run": result.run,
    }


def as_csv(axes: Sequence[str], results: Sequence[Result]) -> str:
    """The results as CSV: the names of the columns, then a line for each run."""
    file = io.StringIO()
    rows = [row(axes, result) for result in results]
    writer = csv.DictWriter(file, rows[0] if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def from_row(config: RunConfig, axes: Sequence[str], row: Mapping[str, Any]) -> Result:
    """The result that became a row by `row`; its run is left empty, as it may be on another machine."""
    return Result(
        "",
        tuple(row[name] for name in axes),
        row["seed"],
        row["state"],
        row["seconds"],
        losses_of(row, config, "held_out_"),
        losses_of(row, config, "test_"),
    )
