"""Walks through latent space: codes that, decoded, show what a dimension does or what lies between images.

Shapes: N codes, d latent dimensions. `vaelab.models.codes.decode` decodes the codes.
"""

import numpy as np


def prior_values(strips: int, count: int) -> np.ndarray:
    """`count` evenly spaced values from -3 to 3 standard deviations of the prior: (strips, count).

    99.7 % of the prior's draws lie between them in any one dimension.
    """
    return np.tile(np.linspace(-3.0, 3.0, count), (strips, 1))


def percentile_values(codes: np.ndarray, count: int) -> np.ndarray:
    """`count` evenly spaced values from the 1st to the 99th percentile of each coordinate: (k, count).

    For codes (N, k) of models without a prior, which may lie anywhere and on any scale.
    """
    low, high = np.percentile(np.ascontiguousarray(codes.T), (1, 99), axis=1)
    return np.linspace(low, high, count, axis=1)


def traverse(anchor: np.ndarray, dimensions: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Codes that equal the anchor in all coordinates but one, strip after strip.

    Parameters
    ----------
    anchor
        (d,), the code that gives all other coordinates.
    dimensions
        (k,), the dimension of each strip, counted from 0.
    values
        (k, n), the values of that coordinate along each strip.

    Returns
    -------
    (k n, d) float32, the codes of the first strip first.
    """
    strips, steps = values.shape
    codes = np.tile(anchor.astype(np.float32), (strips, steps, 1))
    codes[np.arange(strips)[:, None], np.arange(steps), dimensions[:, None]] = values
    return codes.reshape(-1, len(anchor))


def linear(start: np.ndarray, end: np.ndarray, count: int) -> np.ndarray:
    """`count` evenly spaced points from one array to another of its shape, ends included: (count, ...)."""
    return np.linspace(start, end, count)


def spherical(start: np.ndarray, end: np.ndarray, count: int) -> np.ndarray:
    """`count` codes from one code (d,) to another along an arc round 0, ends included: (count, d).

    The direction turns evenly by the shortest way and the distance from 0 changes evenly. For two codes
    of equal length that is the slerp of Shoemake 1985, which White 2016 ("Sampling generative networks",
    section 2.1) proposes for latent spaces. In d dimensions, draws of a unit normal lie near a sphere of
    radius sqrt(d), and hardly any lie as near to 0 as the middle of a straight line between two of them.

    Raises
    ------
    ValueError
        If codes of one dimension point in opposite directions: no arc joins them.
    """
    first, last = float(np.linalg.norm(start)), float(np.linalg.norm(end))
    if first == 0 or last == 0:
        return linear(start, end, count)
    along, target = start / first, end / last
    cosine = float(along @ target)
    across = target - cosine * along
    sine = float(np.linalg.norm(across))
    if sine < 1e-6:
        if cosine > 0:
            return linear(start, end, count)
        across, sine = _at_right_angles(along), 0.0
    else:
        across = across / sine
    angles = np.linspace(0, np.arctan2(sine, cosine), count)[:, None]
    lengths = np.linspace(first, last, count)[:, None]
    return lengths * (np.cos(angles) * along + np.sin(angles) * across)


def _at_right_angles(direction: np.ndarray) -> np.ndarray:
    """A unit vector at right angles to a direction: any will do, as all arcs to the opposite are equal."""
    if len(direction) < 2:
        raise ValueError("Between opposite codes of one dimension there is no arc; use at least two.")
    axis = np.zeros_like(direction)
    axis[np.abs(direction).argmin()] = 1
    across = axis - (axis @ direction) * direction
    return across / np.linalg.norm(across)


def cross_fade(start: np.ndarray, end: np.ndarray, count: int) -> np.ndarray:
    """Images (count, ...) from one image (...) to another, mixed pixel by pixel."""
    return np.rint(linear(start, end, count)).astype(np.uint8)


def analogy(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """The code a - b + c, which is to c as a is to b, as far as directions have a meaning.

    Mikolov and co-authors 2013 for words; White 2016 for codes of images.
    """
    return a - b + c


def prior_draws(count: int, latent_dim: int, temperature: float, seed: int) -> np.ndarray:
    """Draws from the prior with its standard deviation multiplied by a temperature: (count, d) float32.

    With the same seed, draws at two temperatures differ by a factor only, and more draws begin with the same
    ones.
    """
    noise = np.random.default_rng(seed).standard_normal((count, latent_dim), np.float32)
    return np.float32(temperature) * noise
