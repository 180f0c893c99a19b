"""Codes of images and images of codes, computed by a model.

Images stand for examples of the model's kind of data. Shapes: N images of the model's shape (...), d latent
dimensions.
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch

from vaelab.config import RunConfig
from vaelab.latent.planes import Plane, grid_points
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.passes import pass_size, result_of
from vaelab.models.posteriors import POSTERIORS, Posterior


@dataclass(frozen=True)
class Codes:
    """Posteriors of images."""

    mean: np.ndarray
    """(N, d) float32."""
    logvar: np.ndarray | None
    """(N, d) float32; None where codes are points."""

    def stand_in(self, index: int) -> int:
        """`index` if that image has a code here, else 0: snapshots may keep codes of the first images."""
        return index if index < len(self.mean) else 0


def kl_per_dimension(codes: Codes, config: RunConfig) -> np.ndarray:
    """KL of each latent dimension of a model that has a KL term, averaged over images: (d,) nats."""
    parts = [codes.mean] if codes.logvar is None else [codes.mean, codes.logvar]
    kl = POSTERIORS[config.model](torch.from_numpy(np.concatenate(parts, -1)), config).kl()
    assert kl is not None
    return kl.mean(0, dtype=torch.float64).numpy()


def embed(model: Autoencoder, images: np.ndarray) -> Codes:
    """The posteriors of images (N, ...)."""
    return result_of(embed_in_steps(model, images))


def embed_in_steps(model: Autoencoder, images: np.ndarray) -> Generator[None, None, Codes]:
    """`embed` that yields between short passes, so that the caller can do something else."""
    size = pass_size(model)
    passes: list[Posterior] = []
    for start in range(0, len(images), size):
        passes.append(_posterior(model, images[start : start + size]))
        yield
    mean = torch.cat([posterior.mean for posterior in passes]).cpu().numpy()
    logvars = [posterior.logvar for posterior in passes if posterior.logvar is not None]
    return Codes(mean, torch.cat(logvars).cpu().numpy() if logvars else None)


@torch.no_grad()
def _posterior(model: Autoencoder, images: np.ndarray) -> Posterior:
    return model.encode(model.kind.to_tensor(images, next(model.parameters()).device))


@torch.no_grad()
def decode(model: Autoencoder, z: np.ndarray) -> np.ndarray:
    """Mean images (N, ...) of codes (N, d)."""
    device = next(model.parameters()).device
    size = pass_size(model)
    codes = torch.as_tensor(z, dtype=torch.float32, device=device)
    return np.concatenate([model.kind.from_tensor(model.decode(chunk)) for chunk in codes.split(size)])


def reconstruct(model: Autoencoder, images: np.ndarray) -> np.ndarray:
    """Images decoded at their posterior means, (N, ...)."""
    return decode(model, embed(model, images).mean)


def decode_grid(
    model: Autoencoder, plane: Plane, x: np.ndarray, y: np.ndarray, anchor: np.ndarray
) -> np.ndarray:
    """Images over a grid of a plane, in reading order: (len(y) * len(x), ...).

    The first row has the largest y, as on a plot. `anchor` (d,) gives the coordinates
    at right angles to the plane.
    """
    return decode(model, plane.lift(grid_points(x, y), anchor))
