"""A run's curves as plain numbers for the rules of `vaelab.teaching.hints`, whatever is missing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from vaelab.config.run_config import RunConfig
from vaelab.data.catalogue import DATASETS
from vaelab.events import Columns
from vaelab.words import counted, with_minus

ENOUGH_STEPS = 100
"""Steps before which nothing is judged but a loss that is not finite: a network starts as the mean image, and
most networks need some tens of steps to leave it."""

LATE_STEPS = 20
"""Recorded training losses that stand for "now": 0.4 of a long epoch, in which batches' noise cancels."""


LARGEST = 1e300
"""Of a number that is judged: sums and squares of larger ones are not finite."""


@dataclass(frozen=True)
class Hint:
    """One thing that a run's curves show, with what could be done about it."""

    rule: str
    """Name of the rule that found it."""
    severity: Literal["note", "warning"]
    """A note explains something normal; a warning is of something that can be mended."""
    evidence: str
    """One sentence with the numbers."""
    advice: str
    """One sentence."""
    changes: dict[str, Any] | None = None
    """Fields of `RunConfig` that a button can set; None where there is nothing to set."""
    label: str = ""
    """Of that button."""


@dataclass(frozen=True)
class Evidence:
    """A run so far. Losses are nats per image; arrays are empty where nothing has been said."""

    config: RunConfig
    steps_per_epoch: int
    steps: int
    """Done so far."""
    reason: str | None
    """Why the run is over, as `Finished` says; None while it is not."""
    mean_image: float
    """Test `recon` of answering with the mean image."""
    span: float
    """From the mean image to the best that any model could do: the scale on which losses are judged."""
    train_epochs: np.ndarray
    train_recon: np.ndarray
    train_kl: np.ndarray
    """NaN for an AE."""
    test_epochs: np.ndarray
    test_recon: np.ndarray
    test_kl: np.ndarray
    epoch_objective: np.ndarray
    """Mean training objective of each epoch; NaN where there is none."""
    active_units: int | None
    """At the last evaluation, as are the next two; None if not said."""
    kl_per_dim: np.ndarray | None
    aggregate_variance: np.ndarray | None

    @property
    def judged(self) -> bool:
        """Whether there are enough steps to say anything."""
        return self.steps >= ENOUGH_STEPS and len(self.train_recon) >= LATE_STEPS

    @property
    def over(self) -> bool:
        """Whether the run has had all its epochs."""
        return self.reason == "epochs"

    @property
    def has_kl(self) -> bool:
        """Whether there is a KL term."""
        return self.config.traits.has_kl

    @property
    def warming(self) -> bool:
        """Whether beta is still growing, so that its effect cannot be judged."""
        return bool(len(self.train_epochs)) and self.train_epochs[-1] < self.config.beta_warmup

    @property
    def late_recon(self) -> float:
        """Training reconstruction term now: a median, which a single spike does not move."""
        return float(np.median(self.train_recon[-LATE_STEPS:]))

    @property
    def late_kl(self) -> float:
        """Training KL now."""
        return float(np.median(self.train_kl[-LATE_STEPS:]))

    @property
    def test_loss(self) -> np.ndarray:
        """Test negative ELBO after each epoch; an AE's reconstruction term."""
        return self.test_recon + self.test_kl if self.has_kl else self.test_recon


def evidence_of(
    config: RunConfig,
    steps: Columns,
    evaluated: Columns,
    started: Mapping[str, Any] | None,
    finished: Mapping[str, Any] | None,
) -> Evidence | None:
    """Read a run's events; None as long as its baselines are not known."""
    mean_image = _number((started or {}).get("mean_image_loss"))
    per_epoch = _number((started or {}).get("steps_per_epoch"))
    if not (math.isfinite(mean_image) and math.isfinite(per_epoch) and per_epoch >= 1):
        return None
    number, epochs, recon, kl = _whole(steps, "step", "epoch", "recon", "kl", needed=3 + config.traits.has_kl)
    test_epochs, test_recon, test_kl, objective = _whole(
        evaluated, "epoch", "recon", "kl", "train_objective", needed=2 + config.traits.has_kl
    )
    active = _number(evaluated.last.get("active_units"))
    return Evidence(
        config=config,
        steps_per_epoch=int(per_epoch),
        steps=int(number[-1]) if len(number) else 0,
        reason=(finished or {}).get("reason"),
        mean_image=mean_image,
        span=_span(config, mean_image, _number((started or {}).get("floor_loss"))),
        train_epochs=epochs,
        train_recon=recon,
        train_kl=kl,
        test_epochs=test_epochs,
        test_recon=test_recon,
        test_kl=test_kl,
        epoch_objective=objective,
        active_units=int(active) if math.isfinite(active) else None,
        kl_per_dim=_row(evaluated.last.get("kl_per_dim"), config.latent_dim),
        aggregate_variance=_row(evaluated.last.get("aggregate_variance"), config.latent_dim),
    )


def _span(config: RunConfig, mean_image: float, floor: float) -> float:
    """Nats between the mean image's loss and the least one.

    Of squared error with a fixed sigma the least is a perfect reconstruction. With sigma matched to
    the error there is no least; its error term, D / 2 for D pixels, is what the mean image's would be.
    """
    pixels = math.prod(DATASETS[config.dataset].shape)
    if config.term.has_sigma and config.sigma == "auto":
        return pixels / 2
    if config.term.has_sigma:
        floor = pixels * math.log(float(config.sigma) * math.sqrt(2 * math.pi))
    return max(1.0, mean_image - floor) if math.isfinite(floor) else max(1.0, mean_image)


def _number(value: Any) -> float:
    """A finite number, or NaN."""
    usable = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < LARGEST
    return float(value) if usable else math.nan


def _whole(rows: Columns, *names: str, needed: int) -> list[np.ndarray]:
    """Columns, in the rows in which none of the first `needed` lacks its number."""
    columns = [np.where(np.abs(rows[name]) < LARGEST, rows[name], np.nan) for name in names]
    kept = np.isfinite(np.stack(columns[:needed])).all(0)
    return [column[kept] for column in columns]


def _row(values: Any, length: int) -> np.ndarray | None:
    """One number a dimension; None if that is not what it is."""
    if not isinstance(values, (list, tuple)) or len(values) != length:
        return None
    row = np.array([_number(value) for value in values])
    return row if np.isfinite(row).all() else None


def nats(value: float, digits: int = 1) -> str:
    """A number of nats as a sentence has it."""
    return with_minus(f"{value:z,.{digits}f}")


def epochs_of(count: float) -> str:
    """A number of epochs in words."""
    return counted(count, "epoch")
