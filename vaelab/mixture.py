"""A density of codes, fitted after training: with it an AE can generate, too.

Ghosh and co-authors 2020, "From variational to deterministic autoencoders", call this ex-post density
estimation. N codes, d the latent dimension. Nothing here needs PyTorch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.mixture import GaussianMixture

MOST_COMPONENTS = 10
"""As many as Ghosh and co-authors use."""

CODES_A_COMPONENT = 100
"""Fewer codes would say too little of a covariance."""

MOST_FULL = 32
"""Latent dimensions up to which each component has a covariance of its own.

At 32 that is 5,280 numbers for ten components. At 256 it would be 329,000 from 10,000 codes, so there
the components share one.
"""


@dataclass(frozen=True, eq=False)
class Mixture:
    """A weighted sum of k normal distributions."""

    weights: np.ndarray
    """(k,) float64, adding up to 1."""
    means: np.ndarray
    """(k, d) float64."""
    factors: np.ndarray
    """(k, d, d) lower Cholesky factors of the covariances, or (1, d, d) if all share one; float64."""

    def draw(self, count: int, seed: int) -> np.ndarray:
        """Draws from the mixture: (count, d) float32. Of one seed, more draws begin with the same ones."""
        choosing, drawing = (
            np.random.default_rng(source) for source in np.random.SeedSequence(seed).spawn(2)
        )
        components = choosing.choice(len(self.weights), count, p=self.weights)
        noise = drawing.standard_normal((count, self.means.shape[1]))
        owners = components % len(self.factors)  # all 0 if there is but one factor
        offsets = [self.factors[owner] @ epsilon for owner, epsilon in zip(owners, noise, strict=True)]
        return (self.means[components] + np.stack(offsets)).astype(np.float32)


def fit(codes: np.ndarray) -> Mixture:
    """Fit a Gaussian mixture to codes (N, d) by expectation maximisation. Two calls give the same.

    Raises
    ------
    ValueError
        If a code is not finite.
    """
    codes = codes.astype(np.float64)
    if not np.isfinite(codes).all():
        raise ValueError("A density is fitted to finite codes only, and some of these are not.")
    count, dimensions = codes.shape
    components = min(MOST_COMPONENTS, max(1, count // CODES_A_COMPONENT))
    # A fraction of the codes' own scale, which an AE is free to choose: what is added to the variances keeps
    # dimensions that never change from having none.
    scale = max(codes.var(0).mean(), 1e-12)
    mixture = GaussianMixture(
        components,
        covariance_type="full" if dimensions <= MOST_FULL else "tied",
        reg_covar=1e-6 * scale,
        tol=1e-3 * dimensions,
        random_state=0,
    ).fit(codes)
    factors = np.linalg.cholesky(mixture.covariances_.reshape(-1, dimensions, dimensions))
    return Mixture(mixture.weights_ / mixture.weights_.sum(), mixture.means_, factors)
