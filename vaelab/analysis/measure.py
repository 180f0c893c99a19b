"""Computation of the measures of a trained model that `vaelab.config.quantities` describes.

One thread and random generators by purpose give the same measures, to the last digit, in every call. Shapes:
B images in a pass, d latent dimensions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits
from torch import Tensor

from vaelab.analysis.load import load_run
from vaelab.analysis.pca import pca_error
from vaelab.config import QUANTITIES, measures
from vaelab.config.quantities import NLL_IMAGES, NLL_SAMPLES, PROBED_IMAGES, VOTING_NEIGHBOURS
from vaelab.data import Dataset, load
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.codes import embed
from vaelab.models.evaluation import Evaluation, evaluate
from vaelab.models.hardware import cpu_settings
from vaelab.models.passes import pass_size
from vaelab.models.posteriors import Posterior
from vaelab.models.randomness import generator_for
from vaelab.networks.sizes import training_images
from vaelab.runs import Measures, Run

PROBE_STEPS = 1000
"""Largest number of steps of the probe's solver; it needs 200 at 256 dimensions."""


class NotFinite(ArithmeticError):
    """A model computes numbers that are not finite; the text is a sentence for people."""


def measure_run(run: Run, step: int) -> Measures:
    """The measures of a run's latest weights; `step` is the step they belong to.

    Raises
    ------
    RunDamaged
        If its files cannot be read.
    DatasetUnavailable
        If its data set is not in the cache and cannot be fetched.
    NotFinite
        If its codes or losses are not finite.
    """
    model = load_run(run).model
    return measure(model, _load(run.config.dataset), step)


def measure(model: Autoencoder, data: Dataset, step: int) -> Measures:
    """The measures of a model on the CPU, on the test images of a data set; raises NotFinite.

    Parameters
    ----------
    step: the step of the weights, which is saved with the measures.
    """
    with threadpool_limits(1), cpu_settings(1):
        result = evaluate(model, data.x_test)
        losses = [result.recon, result.mse, *(result.kl_per_dim or [])]
        if not (np.isfinite(losses).all() and np.isfinite(result.mean).all()):
            raise NotFinite("Some codes or losses on the test images are not finite numbers.")
        return Measures(step=step, values=Subject(model, data, result).values(measures()))


@dataclass(frozen=True)
class Subject:
    """A model with its data; numbers that several measures need are computed once."""

    model: Autoencoder
    data: Dataset
    result: Evaluation
    """Losses and codes on the test images."""

    def values(self, names: Iterable[str]) -> dict[str, Any]:
        """Measures by name; None where one is not defined for the model."""
        config = self.model.config
        return {name: COMPUTED[name](self) if QUANTITIES[name].is_defined(config) else None for name in names}

    @cached_property
    def bound(self) -> Bound:
        """The bound on the likelihood of the first test images."""
        noise = generator_for(self.model.config.seed, "importance")
        return importance_bound(self.model, self.data.x_test[:NLL_IMAGES], NLL_SAMPLES, noise)

    @property
    def pca_error(self) -> float:
        """Squared error of PCA with as many numbers, fitted to as many training images."""
        config = self.model.config
        images = training_images(config, len(self.data.x_train))
        return pca_error(self.data, images, config.latent_dim)

    @cached_property
    def accuracies(self) -> tuple[float, float]:
        """Accuracy of nearest neighbours and of the linear probe on posterior means, from 0 to 1."""
        rows = probed_rows(len(self.data.x_train))
        codes = embed(self.model, self.data.x_train[rows]).mean
        if not np.isfinite(codes).all():
            raise NotFinite("Some codes of training images are not finite numbers.")
        return accuracies(codes, self.data.y_train[rows], self.result.mean, self.data.y_test)


COMPUTED: dict[str, Callable[[Subject], Any]] = {
    "neg_elbo": lambda subject: subject.result.neg_elbo,
    "recon": lambda subject: subject.result.recon,
    "kl": lambda subject: subject.result.kl,
    "nll": lambda subject: subject.bound.nll,
    "nll_gap": lambda subject: subject.bound.gap,
    "active_units": lambda subject: subject.result.active_units,
    "kl_per_dim": lambda subject: subject.result.kl_per_dim,
    "mse": lambda subject: subject.result.mse,
    "pca_mse": lambda subject: subject.pca_error,
    "neighbour_accuracy": lambda subject: subject.accuracies[0],
    "probe_accuracy": lambda subject: subject.accuracies[1],
}
"""The function that computes each measure, for models that have it."""


@dataclass(frozen=True)
class Bound:
    """Bounds on the negative log-likelihood of a set of images, in nats per image."""

    nll: float
    """Upper bound on the negative log-likelihood."""
    gap: float
    """Negative ELBO of the same images and codes, minus `nll`; never below 0."""


@torch.no_grad()
def importance_bound(model: Autoencoder, images: np.ndarray, samples: int, noise: torch.Generator) -> Bound:
    """The importance-weighted upper bound on the negative log-likelihood of images (N, ...).

    -ln((p(x, z_1) / q(z_1 given x) + ... + p(x, z_k) / q(z_k given x)) / k), with k = `samples` codes of
    each image drawn from its posterior q. Its expectation is the negative ELBO for k = 1, never grows
    with k, and tends to the negative log-likelihood: Burda, Grosse and Salakhutdinov 2016, equation 8
    and theorem 1. It does not depend on beta. With bce on grey pixels p is not normalised (Loaiza-Ganem
    and Cunningham 2019), and the bound is one on the unnormalised number.

    Raises
    ------
    ValueError
        If the model is an AE.
    NotFinite
        If a weight is not a finite number.
    """
    size = pass_size(model)
    device = next(model.parameters()).device
    nll, elbo = [], []
    for start in range(0, len(images), size):
        x = model.kind.to_tensor(images[start : start + size], device)
        posterior = model.encode(x)
        total = torch.full((len(x),), -math.inf, dtype=torch.float64, device=device)
        mean = torch.zeros_like(total)
        # One code per image at a time, so that memory does not grow with `samples`.
        for _ in range(samples):
            weight = _log_weight(model, posterior, x, noise)
            total = torch.logaddexp(total, weight)
            mean += weight / samples
        nll.append(math.log(samples) - total)
        elbo.append(-mean)
    bound, negative_elbo = float(torch.cat(nll).mean()), float(torch.cat(elbo).mean())
    if not (math.isfinite(bound) and math.isfinite(negative_elbo)):
        raise NotFinite("The likelihood of some test images is not a finite number.")
    return Bound(bound, max(0.0, negative_elbo - bound))


def _log_weight(model: Autoencoder, posterior: Posterior, x: Tensor, noise: torch.Generator) -> Tensor:
    """Ln p(x given z) + ln p(z) - ln q(z given x) at one z drawn from the posterior: (B,) float64."""
    if posterior.logvar is None:
        raise ValueError("An AE has no distribution of codes, and so no bound on a likelihood.")
    z = posterior.sample(noise)
    likelihood = -model.reconstruction(model.output(z), x)[0].double()
    mean, logvar, z = posterior.mean.double(), posterior.logvar.double(), z[0].double()
    # The constants of both normal densities cancel.
    ratio = (z - mean).square() * torch.exp(-logvar) + logvar - z.square()
    return likelihood + 0.5 * ratio.sum(-1)


def probed_rows(images: int) -> np.ndarray:
    """Ascending indices of the training images that neighbours and probe are fitted to; the same for all."""
    order = torch.randperm(images, generator=generator_for(0, "probed"))
    return order[:PROBED_IMAGES].sort().values.numpy()


def accuracies(
    codes: np.ndarray, labels: np.ndarray, test_codes: np.ndarray, test_labels: np.ndarray
) -> tuple[float, float]:
    """Shares of test codes (M, d) whose class is predicted correctly from codes (N, d) with labels.

    The first share is that of a majority of the nearest codes. The second is that of logistic regression on
    standardised codes, because its penalty depends on their scale.
    """
    train, test = codes.astype(np.float64), test_codes.astype(np.float64)
    neighbours = KNeighborsClassifier(min(VOTING_NEIGHBOURS, len(train))).fit(train, labels)
    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=PROBE_STEPS)).fit(train, labels)
    return float(neighbours.score(test, test_labels)), float(probe.score(test, test_labels))


# Runs that are measured one after another, as those of a sweep, mostly have the same data set.
_load = lru_cache(maxsize=1)(load)
