"""Principal component analysis of examples: the linear baseline that a network has to beat.

Among all linear encoders and decoders with d numbers, PCA gives those with the smallest squared error on the
examples that it was fitted to. Shapes: N examples of some shape (...) with M numbers each.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vaelab.data import Dataset
from vaelab.data.kinds.base import Kind

MOST_DIMENSIONS = 256
"""Largest number of components: as many as a model's code can have."""

CHUNK = 1000
"""Number of examples at a time, which bounds the memory of their floating-point copies."""


@dataclass(frozen=True, eq=False)
class PrincipalComponents:
    """Mean and directions of largest variance of a set of examples, as a model gets them."""

    kind: Kind
    mean: np.ndarray
    """(M,) float32."""
    components: np.ndarray
    """(most, M) float32, orthonormal rows, by falling variance."""

    def reconstruct(self, examples: np.ndarray, dimensions: int) -> np.ndarray:
        """Examples reconstructed from their first principal components.

        Parameters
        ----------
        examples
            (N, ...).
        dimensions
            Number of components.

        Returns
        -------
        (N, ...), like a model's reconstructions.

        Raises
        ------
        ValueError
            If there are fewer components than `dimensions`.
        """
        most = len(self.components)
        if not 1 <= dimensions <= most:
            raise ValueError(f"PCA of these {self.kind.many} has 1 to {most} dimensions, not {dimensions}.")
        basis = self.components[:dimensions]
        reconstructions = np.empty((len(examples), basis.shape[1]), self.kind.dtype)
        for start in range(0, len(examples), CHUNK):
            part = slice(start, start + CHUNK)
            codes = (_flat(examples[part], self.kind) - self.mean) @ basis.T
            reconstructions[part] = self.kind.examples(codes @ basis + self.mean)
        return reconstructions.reshape(examples.shape)


def fit(examples: np.ndarray, kind: Kind) -> PrincipalComponents:
    """The principal components of examples (N, ...) of a kind, fitted to all of them.

    Components are nested: the first d of many equal those of a fit with d, so that one fit serves every d.
    """
    count, width = len(examples), examples[0].size
    total, products = np.zeros(width), np.zeros((width, width))
    for start in range(0, count, CHUNK):
        rows = _flat(examples[start : start + CHUNK], kind)
        total += rows.sum(0, dtype=np.float64)
        products += rows.T @ rows
    mean = total / count
    covariance = products / count - np.outer(mean, mean)
    # In 32 bits it takes a third of the time. Eigenvectors come in columns, by growing variance.
    _, directions = np.linalg.eigh(covariance.astype(np.float32))
    most = min(MOST_DIMENSIONS, count, width)
    components = np.ascontiguousarray(directions.T[::-1][:most])
    return PrincipalComponents(kind, mean.astype(np.float32), components)


def pca_error(data: Dataset, images: int, dimensions: int) -> float:
    """Squared error per number, over the test examples, of their reconstructions by PCA."""
    reconstructions = reconstructed_by_pca(data, images, dimensions)
    return float(data.spec.kind.squared_errors(data.x_test, reconstructions).mean())


def reconstructed_by_pca(data: Dataset, images: int, dimensions: int) -> np.ndarray:
    """The test examples (N, ...) reconstructed by the PCA that a run is compared with, everywhere the same.

    Parameters
    ----------
    images
        Number of training examples that it is fitted to: as many as the run learns from.
    dimensions
        Number of components: as many as a code of the run has numbers; more than there are change nothing.
    """
    components = fitted(data, images)
    return components.reconstruct(data.x_test, min(dimensions, len(components.components)))


# Runs that are judged one after another mostly learn from the same examples.
@lru_cache(maxsize=2)
def fitted(data: Dataset, images: int) -> PrincipalComponents:
    """The principal components of so many training examples of a data set, drawn from all of them."""
    examples = data.x_train
    if images < len(examples):
        # Drawn, because a data set may have a rhythm: every second image of MNIST has bolder strokes.
        drawn = np.random.default_rng(0).permutation(len(examples))[:images]
        examples = examples[np.sort(drawn)]
    return fit(examples, data.spec.kind)


def _flat(examples: np.ndarray, kind: Kind) -> np.ndarray:
    """Examples as rows of numbers from 0 to 1: (N, M) float32."""
    return kind.numbers(examples.reshape(len(examples), -1))
