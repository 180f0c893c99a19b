"""What the best linear code makes of images: the baseline that a network has to beat.

Principal component analysis gives, among all linear encoders and decoders of d numbers, those of
the smallest squared error on the images it was fitted to. N images, C H W their channels, height
and width. Numbers only: nothing here needs PyTorch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA

MOST_DIMENSIONS = 256
"""As many as a model's code can have."""

CHUNK = 1000
"""Images at a time, which bounds the memory that floating-point copies of them take."""


@dataclass(frozen=True, eq=False)
class PrincipalComponents:
    """Mean and directions of largest variance of a set of images, pixels from 0 to 1."""

    mean: np.ndarray
    """(C H W,) float32."""
    components: np.ndarray
    """(most, C H W) float32, orthonormal rows, by falling variance."""

    def reconstruct(self, images: np.ndarray, dimensions: int) -> np.ndarray:
        """Images coded as their first principal components, and drawn again from those.

        Parameters
        ----------
        images
            (N, C, H, W) uint8.
        dimensions
            Numbers a code.

        Returns
        -------
        (N, C, H, W) uint8: clamped to the range of pixels and rounded, as a model's images are.

        Raises
        ------
        ValueError
            If there are fewer components than `dimensions`.
        """
        most = len(self.components)
        if not 1 <= dimensions <= most:
            raise ValueError(f"PCA of these images has 1 to {most} dimensions, not {dimensions}.")
        basis = self.components[:dimensions]
        drawn = np.empty((len(images), basis.shape[1]), np.uint8)
        for start in range(0, len(images), CHUNK):
            codes = (_flat(images[start : start + CHUNK]) - self.mean) @ basis.T
            answer = (codes @ basis + self.mean).clip(0, 1)
            drawn[start : start + CHUNK] = np.rint(255 * answer)
        return drawn.reshape(images.shape)


def fit(images: np.ndarray) -> PrincipalComponents:
    """The principal components of images (N, C, H, W) uint8, all of them and not a sample.

    Components are nested: the first d of many are those of a fit with d. So one fit serves codes of
    every size.
    """
    pixels = _flat(images)
    most = min(MOST_DIMENSIONS, *pixels.shape)
    # Through the covariance matrix, which is small beside the images: as exact here as through
    # the images themselves, and about a second for 60,000 of 784 pixels.
    fitted = PCA(most, svd_solver="covariance_eigh", copy=False).fit(pixels)
    return PrincipalComponents(fitted.mean_, fitted.components_)


def squared_errors(images: np.ndarray, reconstructions: np.ndarray) -> np.ndarray:
    """Squared error per pixel of each reconstruction, pixels from 0 to 1: (N,) float64.

    The same measure as `mse` of an evaluation, of pictures of 256 grey values; both (N, C, H, W) uint8.
    """
    errors = np.empty(len(images))
    for start in range(0, len(images), CHUNK):
        part = slice(start, start + CHUNK)
        difference = _flat(images[part]) - _flat(reconstructions[part])
        errors[part] = np.square(difference).mean(1, dtype=np.float64)
    return errors


def _flat(images: np.ndarray) -> np.ndarray:
    """(N, C H W) float32 from 0 to 1."""
    pixels = images.reshape(len(images), -1).astype(np.float32)
    pixels /= 255
    return pixels
