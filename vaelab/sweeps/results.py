"""What a sweep found: a row for each run, averages over seeds, and which value is best.

Runs are compared on held-out training images, so that the test images say something new of the best.
Sums in nats compare only where they mean the same: among VAEs, or among AEs, of one reconstruction
term and one sigma. Everything else is compared by its mean squared error alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from vaelab.config.fields import field_spec, in_words
from vaelab.config.run_config import RunConfig

Values = tuple[Any, ...]
"""A value for each axis of a sweep."""

Split = Literal["held_out", "test"]


@dataclass(frozen=True)
class Measure:
    """A number by which runs are compared; less is better, except that the KL by itself is no goal."""

    name: str
    label: str
    unit: str
    digits: int

    def text(self, value: float) -> str:
        """A value with its unit."""
        return f"{value:z.{self.digits}f} {self.unit}"


MEASURES = {
    measure.name: measure
    for measure in (
        Measure("neg_elbo", "negative ELBO", "nats per image", 1),
        Measure("recon", "reconstruction", "nats per image", 1),
        Measure("kl", "KL", "nats per image", 2),
        Measure("mse", "squared error", "per pixel", 4),
    )
}


@dataclass(frozen=True)
class Losses:
    """Of one run on one set of images; an AE has no KL."""

    recon: float
    kl: float | None
    mse: float

    @property
    def neg_elbo(self) -> float | None:
        """`recon + kl`, unweighted; None for an AE."""
        return None if self.kl is None else self.recon + self.kl


@dataclass(frozen=True)
class Result:
    """How one run of a sweep stands."""

    run: str
    """Its id; empty if there is no such run here."""
    values: Values
    seed: int
    state: str
    seconds: float = 0.0
    held_out: Losses | None = None
    """On the held-out images after the last epoch, as `test` is on the test images."""
    test: Losses | None = None

    def value(self, measure: str, split: Split = "held_out") -> float | None:
        """A measure of a run that has finished; None before that, and where it is not defined."""
        losses = getattr(self, split)
        return getattr(losses, measure) if losses and self.state == "finished" else None


def result(
    run: str, config: RunConfig, axes: Sequence[str], state: str, evaluated: Mapping[str, Any] | None
) -> Result:
    """A run's row; `evaluated` has the fields of its last `Evaluated` event, if there is one."""
    values = tuple(getattr(config, name) for name in axes)
    said = evaluated or {}
    return Result(
        run, values, config.seed, state, said.get("seconds") or 0.0,
        _losses(said, "held_out_"), _losses(said, ""),
    )  # fmt: skip


def _losses(said: Mapping[str, Any], prefix: str) -> Losses | None:
    recon, mse = said.get(f"{prefix}recon"), said.get(f"{prefix}mse")
    return None if recon is None or mse is None else Losses(recon, said.get(f"{prefix}kl"), mse)


def comparable(configs: Sequence[RunConfig]) -> tuple[str, ...]:
    """The measures that all of these runs can be compared by; the one that chooses the best is first."""
    # Sigma counts for nothing where no Gaussian is behind the reconstruction term.
    kinds = {
        (c.model, c.reconstruction, c.sigma if c.term.has_sigma else None) for c in configs
    }  # fmt: skip
    if len(kinds) > 1:
        return ("mse",)
    return ("neg_elbo", "recon", "kl", "mse") if configs[0].traits.has_elbo else ("recon", "mse")


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
    """The setting with the lowest mean on held-out images, and what it is worth on the test images."""

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
    if not sound:
        return None
    held_out = min(sound, key=lambda band: band.mean)
    test = {band.values: band for band in bands(results, measure, "test")}
    return Best(measure, held_out, test[held_out.values])


def words(axes: Sequence[str], values: Values) -> str:
    """Values as people read them: "Beta 0.1, Optimizer Adam"."""
    return ", ".join(
        f"{field_spec(name).label} {in_words(name, value)}" for name, value in zip(axes, values, strict=True)
    )


COLUMNS = tuple(f"{split}_{measure}" for split in ("held_out", "test") for measure in MEASURES)
"""The losses of a row, as `row` and the CSV name them."""


def row(axes: Sequence[str], result: Result) -> dict[str, Any]:
    """A run's values, seed, state, losses and seconds, flat; what is not defined or not there is None."""
    losses = {
        f"{split}_{measure}": getattr(getattr(result, split), measure, None)
        for split in ("held_out", "test")
        for measure in MEASURES
    }
    values = dict(zip(axes, result.values, strict=True))
    return {**values, "seed": result.seed, "state": result.state, **losses,
            "seconds": result.seconds, "run": result.run}  # fmt: skip


def as_csv(axes: Sequence[str], results: Sequence[Result]) -> str:
    """One line a run, below the names of the columns."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*axes, "seed", "state", *COLUMNS, "seconds", "run"])
    writer.writerows(["" if cell is None else cell for cell in row(axes, each).values()] for each in results)
    return file.getvalue()


def from_row(axes: Sequence[str], values: Mapping[str, Any]) -> Result:
    """The result that `row` has written; its run is not looked for."""
    losses = {
        split: None if values[f"{split}_recon"] is None
        else Losses(values[f"{split}_recon"], values[f"{split}_kl"], values[f"{split}_mse"])
        for split in ("held_out", "test")
    }  # fmt: skip
    setting = tuple(values[name] for name in axes)
    return Result("", setting, values["seed"], values["state"], values["seconds"], **losses)
