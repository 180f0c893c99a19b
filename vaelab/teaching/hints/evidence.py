"""A run's curves as plain numbers for the rules of `vaelab.teaching.hints`, also where values are missing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from vaelab.config import RunConfig
from vaelab.data import DATASETS
from vaelab.events import Columns
from vaelab.words import counted, with_minus

ENOUGH_STEPS = 100
"""Steps before which only a loss that is not finite is judged: a network starts at the mean image, and most
networks need some tens of steps to get away from it."""

LATE_STEPS = 20
"""Number of last recorded training losses that stand for "now": 0.4 of a long epoch, which averages the noise
of the batches."""

LARGEST = 1e300
"""Largest number that is used: sums and squares of larger numbers are not finite."""


@dataclass(frozen=True)
class Hint:
    """One finding in a run's curves, with advice."""

    rule: str
    """Name of the rule that found it."""
    severity: Literal["note", "warning"]
    """A note explains something normal; a warning reports a problem that can be solved."""
    evidence: str
    """One sentence with the numbers of the finding."""
    advice: str
    """One sentence that says what to do."""
    changes: dict[str, Any] | None = None
    """Fields of `RunConfig` for a button that sets them; None if there is nothing to set."""
    label: str = ""
    """Label of the button."""


@dataclass(frozen=True)
class Evidence:
    """The history of a run so far. Losses are in nats per image; arrays without events are empty."""

    config: RunConfig
    steps_per_epoch: int
    steps: int
    """Steps done so far."""
    reason: str | None
    """The reason for the end in the `Finished` event; None before the end."""
    mean_image: float
    """Test `recon` of a model that always returns the mean image."""
    span: float
    """Loss of the mean image minus that of the best possible model: the scale on which losses are judged."""
    train_epochs: np.ndarray
    train_recon: np.ndarray
    train_kl: np.ndarray
    """NaN for an AE."""
    test_epochs: np.ndarray
    test_recon: np.ndarray
    test_kl: np.ndarray
    epoch_objective: np.ndarray
    """Mean training objective of each epoch; NaN where it is unknown."""
    active_units: int | None
    """Active units at the last evaluation; None if unknown. The next two fields belong to it."""
    kl_per_dim: np.ndarray | None
    aggregate_variance: np.ndarray | None

    @property
    def judged(self) -> bool:
        """Whether there are enough steps to judge the run."""
        return self.steps >= ENOUGH_STEPS and len(self.train_recon) >= LATE_STEPS

    @property
    def over(self) -> bool:
        """Whether the run has had all its epochs."""
        return self.reason == "epochs"

    @property
    def has_kl(self) -> bool:
        """Whether the model has a KL term."""
        return self.config.traits.has_kl

    @property
    def warming(self) -> bool:
        """Whether beta is still growing, so that its effect cannot be judged."""
        return bool(len(self.train_epochs)) and self.train_epochs[-1] < self.config.beta_warmup

    @property
    def late_recon(self) -> float:
        """The current training reconstruction term, as a median, which a single spike does not move."""
        return float(np.median(self.train_recon[-LATE_STEPS:]))

    @property
    def late_kl(self) -> float:
        """The current training KL, as a median."""
        return float(np.median(self.train_kl[-LATE_STEPS:]))

    @property
    def test_loss(self) -> np.ndarray:
        """Test negative ELBO after each epoch; the reconstruction term of a model without a KL."""
        return self.test_recon + self.test_kl if self.has_kl else self.test_recon

    @property
    def learned(self) -> float:
        """Nats from the mean image to the best test reconstruction so far, or else the training one now."""
        return self.mean_image - float(self.test_recon.min() if len(self.test_recon) else self.late_recon)

    @property
    def images(self) -> int:
        """Number of training images."""
        return min(self.config.train_size, DATASETS[self.config.dataset].train_images)


def evidence_of(
    config: RunConfig,
    steps: Columns,
    evaluated: Columns,
    started: Mapping[str, Any] | None,
    finished: Mapping[str, Any] | None,
) -> Evidence | None:
    """The evidence in a run's events; None until the baselines are known."""
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
    """Nats between the loss of the mean image and the lowest possible loss.

    For squared error with a fixed sigma, a perfect reconstruction has the lowest loss. With a sigma that
    follows the error there is no lowest loss; then the span is the mean image's error term,
    D / 2 for D pixels.
    """
    pixels = math.prod(DATASETS[config.dataset].shape)
    if config.term.has_sigma and config.sigma == "auto":
        return pixels / 2
    if config.term.has_sigma:
        floor = pixels * math.log(float(config.sigma) * math.sqrt(2 * math.pi))
    return max(1.0, mean_image - floor) if math.isfinite(floor) else max(1.0, mean_image)


def _number(value: Any) -> float:
    """A value as a float; NaN if it is not a finite number of ordinary size."""
    usable = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < LARGEST
    return float(value) if usable else math.nan


def _whole(rows: Columns, *names: str, needed: int) -> list[np.ndarray]:
    """Columns, reduced to the rows in which the first `needed` columns all have finite numbers."""
    columns = [np.where(np.abs(rows[name]) < LARGEST, rows[name], np.nan) for name in names]
    kept = np.isfinite(np.stack(columns[:needed])).all(0)
    return [column[kept] for column in columns]


def _row(values: Any, length: int) -> np.ndarray | None:
    """Values as an array with one number per dimension; None if they are anything else."""
    if not isinstance(values, (list, tuple)) or len(values) != length:
        return None
    row = np.array([_number(value) for value in values])
    return row if np.isfinite(row).all() else None


def nats(value: float, digits: int = 1) -> str:
    """A number of nats as text for a sentence."""
    return with_minus(f"{value:z,.{digits}f}")


def epochs_of(count: float) -> str:
    """A number of epochs in words."""
    return counted(count, "epoch")
