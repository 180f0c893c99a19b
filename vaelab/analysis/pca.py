"""What the best linear code makes of examples: the baseline that a network has to beat.

Principal component analysis gives, among all linear encoders and decoders of d numbers, those of
the smallest squared error on the examples it was fitted to. N examples of some shape (...) have M numbers
each. Nothing here needs PyTorch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA

from vaelab.data.kinds.base import Kind

MOST_DIMENSIONS = 256
"""As many as a model's code can have."""

CHUNK = 1000
"""Examples at a time, which bounds the memory that floating-point copies of them take."""


@dataclass(frozen=True, eq=False)
class PrincipalComponents:
    """Mean and directions of largest variance of a set of examples, as a model sees them."""

    kind: Kind
    mean: np.ndarray
    """(M,) float32."""
    components: np.ndarray
    """(most, M) float32, orthonormal rows, by falling variance."""

    def reconstruct(self, examples: np.ndarray, dimensions: int) -> np.ndarray:
        """Examples coded as their first principal components, and drawn again from those.

        Parameters
        ----------
        examples
            (N, ...).
        dimensions
            Numbers a code.

        Returns
        -------
        (N, ...), as a model's reconstructions are.

        Raises
        ------
        ValueError
            If there are fewer components than `dimensions`.
        """
        most = len(self.components)
        if not 1 <= dimensions <= most:
            raise ValueError(f"PCA of these {self.kind.many} has 1 to {most} dimensions, not {dimensions}.")
        basis = self.components[:dimensions]
        drawn = np.empty((len(examples), basis.shape[1]), self.kind.dtype)
        for start in range(0, len(examples), CHUNK):
            part = slice(start, start + CHUNK)
            codes = (_flat(examples[part], self.kind) - self.mean) @ basis.T
            drawn[part] = self.kind.examples(codes @ basis + self.mean)
        return drawn.reshape(examples.shape)


def fit(examples: np.ndarray, kind: Kind) -> PrincipalComponents:
    """The principal components of examples (N, ...) of a kind, all of them and not a sample.

    Components are nested: the first d of many are those of a fit with d. So one fit serves codes of
    every size.
    """
    numbers = _flat(examples, kind)
    most = min(MOST_DIMENSIONS, *numbers.shape)
    # Through the covariance matrix, which is small beside the examples: as exact here as through
    # the examples themselves, and about a second for 60,000 of 784 pixels.
    fitted = PCA(most, svd_solver="covariance_eigh", copy=False).fit(numbers)
    return PrincipalComponents(kind, fitted.mean_, fitted.components_)


def _flat(examples: np.ndarray, kind: Kind) -> np.ndarray:
    """(N, M) float32 from 0 to 1."""
    return kind.numbers(examples.reshape(len(examples), -1))
