"""Training images that lie nearest to an image, in pixels."""

from dataclasses import dataclass

import numpy as np

CHUNK = 1000
"""Number of images at a time, so that floating-point copies of them fit the processor's cache."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The images nearest to an image, the nearest first."""

    indices: np.ndarray
    """(count,) int64."""
    errors: np.ndarray
    """(count,) squared distance per pixel, pixels from 0 to 1."""


def nearest_images(image: np.ndarray, images: np.ndarray, count: int) -> Neighbours:
    """The `count` images of the smallest squared distance, over all of them, exactly.

    Parameters
    ----------
    image
        An example (...) of bytes.
    images
        (N, ...), N at least `count`. Of equal distances the first comes first.
    """
    target = image.astype(np.float32).ravel()
    distances = np.empty(len(images), np.float32)
    for start in range(0, len(images), CHUNK):
        part = images[start : start + CHUNK].reshape(-1, target.size).astype(np.float32)
        part -= target
        distances[start : start + len(part)] = np.einsum("ij,ij->i", part, part)
    # Single precision rounds such sums, so that all candidates are summed again in integers.
    limit = np.partition(distances, count - 1)[count - 1] * 1.0001
    near = np.flatnonzero(distances <= limit)
    exact = ((images[near].astype(np.int64) - image) ** 2).reshape(len(near), -1).sum(1)
    order = np.argsort(exact, kind="stable")[:count]
    return Neighbours(near[order], exact[order] / (255**2 * target.size))


def share_below(error: float, errors: np.ndarray) -> float:
    """The share of errors (N,) that are smaller than `error`, from 0 to 1."""
    return float(np.mean(errors < error))
