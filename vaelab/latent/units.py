"""The latent dimensions that a model uses."""

import numpy as np

ACTIVE_VARIANCE = 0.01
"""Variance of the posterior mean above which a latent dimension counts as active."""


def active_units(mean: np.ndarray) -> np.ndarray:
    """Whether each latent dimension depends on the image, from posterior means (N, d): (d,) bool.

    A unit is active if Cov_x(E_{q(z|x)}[z]) > 0.01: if its posterior mean varies over images. The sum
    of the result is the number of active units. Burda, Grosse and Salakhutdinov 2016, section 5.2.
    """
    return mean.var(0, dtype=np.float64) > ACTIVE_VARIANCE
