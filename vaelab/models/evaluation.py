"""Losses of a model on images that it was not trained on."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch

from vaelab.latent.units import active_units
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.passes import pass_size, result_of
from vaelab.models.randomness import generator_for
from vaelab.models.reconstructions import squared_error


@dataclass(frozen=True)
class Evaluation:
    """Losses on a set of images, in nats per image; those that are not defined for the model are None."""

    recon: float
    """The reconstruction term, at one code drawn per image from a seeded generator."""
    mse: float
    """Squared error per pixel at the posterior mean, pixels from 0 to 1."""
    kl: float | None
    neg_elbo: float | None
    """`recon + kl`, whatever beta the model was trained with."""
    kl_per_dim: list[float] | None
    mean: np.ndarray
    """(N, latent_dim) float32."""
    logvar: np.ndarray | None

    @property
    def active_units(self) -> int | None:
        """How many latent dimensions depend on the image; None for an AE."""
        return None if self.logvar is None else int(active_units(self.mean).sum())

    @property
    def aggregate_variance(self) -> list[float] | None:
        """Variance of the aggregate posterior in each dimension, where the prior's is 1; None for an AE.

        It is the mean over images of the posterior's variance plus the variance of its mean: the law of
        total variance of q(z) = E_x q(z|x) (Hoffman and Johnson 2016, "ELBO surgery").
        """
        if self.logvar is None:
            return None
        within = np.exp(self.logvar.astype(np.float64)).mean(0)
        return (within + self.mean.var(0, dtype=np.float64)).tolist()


def evaluate(model: Autoencoder, images: np.ndarray) -> Evaluation:
    """Losses and codes of a model on images (N, ...). Two calls return the same."""
    return result_of(evaluate_in_steps(model, images))


def evaluate_in_steps(model: Autoencoder, images: np.ndarray) -> Generator[None, None, Evaluation]:
    """`evaluate` that yields between short passes, so that the caller can do something else."""
    noise = generator_for(model.config.seed, "evaluation")
    size = pass_size(model)
    passes: list[_Pass] = []
    for start in range(0, len(images), size):
        passes.append(_one_pass(model, images[start : start + size], noise))
        yield
    kl = _joined([part.kl for part in passes])
    recon = float(np.concatenate([part.recon for part in passes]).mean(dtype=np.float64))
    per_dim = None if kl is None else kl.mean(0, dtype=np.float64)
    total = None if per_dim is None else float(per_dim.sum())
    return Evaluation(
        recon=recon,
        mse=float(np.concatenate([part.squared for part in passes]).mean(dtype=np.float64)) / images[0].size,
        kl=total,
        neg_elbo=None if total is None or not model.config.traits.has_elbo else recon + total,
        kl_per_dim=None if per_dim is None else per_dim.tolist(),
        mean=np.concatenate([part.mean for part in passes]),
        logvar=_joined([part.logvar for part in passes]),
    )


class _Pass(NamedTuple):
    """Losses and codes of one pass over B images: (B,), or (B, d) for codes and KL."""

    recon: np.ndarray
    squared: np.ndarray
    mean: np.ndarray
    logvar: np.ndarray | None
    kl: np.ndarray | None


@torch.no_grad()
def _one_pass(model: Autoencoder, images: np.ndarray, noise: torch.Generator) -> _Pass:
    x = model.kind.to_tensor(images, next(model.parameters()).device)
    posterior = model.encode(x)
    recon = model.reconstruction(model.output(posterior.sample(noise)), x)[0]
    squared = squared_error(model.decode(posterior.mean)[None], x)[0]
    logvar, kl = posterior.logvar, posterior.kl()
    return _Pass(
        recon.cpu().numpy(),
        squared.cpu().numpy(),
        posterior.mean.cpu().numpy(),
        None if logvar is None else logvar.cpu().numpy(),
        None if kl is None else kl.cpu().numpy(),
    )


def _joined(parts: list[np.ndarray | None]) -> np.ndarray | None:
    arrays = [part for part in parts if part is not None]
    return np.concatenate(arrays) if arrays else None
