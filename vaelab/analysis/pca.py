"""Principal component analysis of examples: the linear baseline that a network has to beat.

Among all linear encoders and decoders with d numbers, PCA gives those with the smallest squared error on the
examples that it was fitted to. Shapes: N examples of some shape (...) with M numbers each.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA

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
    numbers = _flat(examples, kind)
    most = min(MOST_DIMENSIONS, *numbers.shape)
    # The covariance matrix is much smaller than the examples: about a second for 60,000 of 784 pixels, and as
    # exact here as a decomposition of the examples themselves.
    fitted = PCA(most, svd_solver="covariance_eigh", copy=False).fit(numbers)
    return PrincipalComponents(kind, fitted.mean_, fitted.components_)


def _flat(examples: np.ndarray, kind: Kind) -> np.ndarray:
    """Examples as rows of numbers from 0 to 1: (N, M) float32."""
    return kind.numbers(examples.reshape(len(examples), -1))
