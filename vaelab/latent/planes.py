"""Planes through latent space: how codes of any dimension become points on a screen, and back.

Shapes: N codes, d latent dimensions.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np


@dataclass(frozen=True)
class Plane:
    """The plane origin + x basis[:, 0] + y basis[:, 1]; basis vectors are orthonormal."""

    origin: np.ndarray
    """(d,)"""
    basis: np.ndarray
    """(d, 2)"""
    labels: tuple[str, str]
    """Names of the two axes."""

    def project(self, codes: np.ndarray) -> np.ndarray:
        """Orthogonal projection of codes (N, d) onto the plane: (N, 2)."""
        return (codes - self.origin) @ self.basis

    def lift(self, points: np.ndarray, anchor: np.ndarray) -> np.ndarray:
        """Codes (N, d) of points (N, 2); `anchor` (d,) gives the coordinates at right angles to the plane."""
        return anchor + (points - self.project(anchor[None])) @ self.basis.T

    def variance(self, variance: np.ndarray) -> np.ndarray:
        """Covariance (2, 2) on the plane of a diagonal Gaussian of the given variances (d,)."""
        return self.basis.T @ (variance[:, None] * self.basis)


def axes_plane(latent_dim: int, first: int = 0, second: int = 1) -> Plane:
    """The plane of two latent dimensions, counted from 0.

    With one latent dimension, y is a direction in which nothing varies.
    """
    basis = np.zeros((latent_dim, 2))
    basis[first, 0] = 1
    if latent_dim > 1:
        basis[second, 1] = 1
    return Plane(np.zeros(latent_dim), basis, (f"z{first + 1}", f"z{second + 1}" if latent_dim > 1 else ""))


def principal_plane(codes: np.ndarray, previous: Plane | None = None) -> Plane:
    """The plane of largest variance of codes (N, d): their first two principal components.

    The signs and order of principal components are arbitrary. They are chosen to agree with `previous` as
    well as possible, so that a moving picture does not flip; without it, to make the largest weight positive.
    """
    codes = codes.astype(np.float64)
    centre = codes.mean(0)
    _, vectors = np.linalg.eigh(np.cov(codes.T))
    basis = vectors[:, :-3:-1]
    if previous is None:
        largest = np.abs(basis).argmax(0)
        basis = basis * np.sign(basis[largest, [0, 1]])
    else:
        basis = _aligned(basis, previous.basis)
    return Plane(centre, basis, ("principal component 1", "principal component 2"))


def _aligned(basis: np.ndarray, previous: np.ndarray) -> np.ndarray:
    """The two columns of a basis in the order and with the signs that agree best with `previous`."""
    agreement = previous.T @ basis
    if abs(agreement[0, 1] * agreement[1, 0]) > abs(agreement[0, 0] * agreement[1, 1]):
        basis, agreement = basis[:, ::-1], agreement[:, ::-1]
    return basis * np.where(np.diag(agreement) < 0, -1.0, 1.0)


def prior_quantiles(count: int) -> np.ndarray:
    """The (i + 0.5) / count quantiles of N(0, 1), i from 0: (count,), rising.

    Kingma and Welling 2014, appendix A: an even grid on the unit square sent through the inverse
    distribution function, so that every cell stands for the same share of the prior.
    """
    normal = NormalDist()
    return np.array([normal.inv_cdf((i + 0.5) / count) for i in range(count)])


def inside(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Whether each of some points (N, 2) lies in the polygon with the corners (K, 2): (N,) bool.

    A point is inside if a ray from it crosses the polygon's edges an odd number of times.
    """
    x, y = points.T
    within = np.zeros(len(points), bool)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y0 != y1:
            crosses = (y0 > y) != (y1 > y)
            within ^= crosses & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return within


def grid_points(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """All points of a grid, in reading order: from left to right, the largest y first; (N, 2)."""
    return np.array([(across, up) for up in y[::-1] for across in x])
