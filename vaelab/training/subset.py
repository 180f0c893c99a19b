"""The training images that a config trains on, and those that it holds out."""

from dataclasses import dataclass

import numpy as np
import torch

from vaelab.config import RunConfig
from vaelab.models.randomness import generator_for


@dataclass(frozen=True)
class Subset:
    """The training images that a config uses, drawn by its seed.

    Parameters
    ----------
    x: all training images of the data set, (count, ...).
    indices: indices of the images that are trained on, in ascending order; None for all.
    held_out: images that are evaluated but not trained on; the same for every seed, so that seeds can
        be compared on them.
    """

    x: np.ndarray
    indices: np.ndarray | None
    held_out: np.ndarray

    def __len__(self) -> int:
        return len(self.x if self.indices is None else self.indices)

    def take(self, rows: np.ndarray) -> np.ndarray:
        """Copies of the images at some indices of the subset."""
        return self.x.take(rows if self.indices is None else self.indices[rows], 0)


def subset_of(x_train: np.ndarray, config: RunConfig) -> Subset:
    """Draw the training images that a config uses from all of them (count, ...)."""
    # A bare array is quicker to index than a memory map.
    x, available = np.asarray(x_train), len(x_train)
    drawn = torch.randperm(available, generator=generator_for(0, "held_out")).numpy()
    held_out = np.sort(drawn[: min(config.held_out, available // 2)])
    indices = None
    if len(held_out) or config.train_size < available:
        rest = np.setdiff1d(np.arange(available), held_out, assume_unique=True)
        order = torch.randperm(len(rest), generator=generator_for(config.seed, "subset")).numpy()
        indices = np.sort(rest[order[: config.train_size]])
    return Subset(x, indices, x.take(held_out, 0))
