"""Which plane of the latent space is seen, which part of it, and where the prior's draws lie on it."""

from __future__ import annotations

from typing import Any

import numpy as np

from vaelab.latent.planes import Plane, axes_plane, principal_plane

Span = tuple[tuple[float, float], tuple[float, float]]
"""Ends of the x axis and of the y axis."""

PRIOR_CIRCLES = ((1.0, "39 %"), (2.0, "86 %"), (3.0, "99 % of prior draws"))
"""Radii round 0, and what share of the draws of a two-dimensional unit normal falls inside.

The share is 1 - exp(-radius^2 / 2). It holds in two dimensions only: in more, draws lie farther out.
"""

_SHARE_IN_VIEW = 0.995
"""Of the points, what `grown_span` makes room for: a few far out would squeeze all others."""


def whole_span(points: np.ndarray) -> Span:
    """Ends of both axes round all points (N, 2), with some air."""
    low, high = points.min(0), points.max(0)
    air = 0.04 * (high - low) + 1e-6
    (left, bottom), (right, top) = (low - air).tolist(), (high + air).tolist()
    return (left, right), (bottom, top)


def grown_span(previous: Span | None, points: np.ndarray) -> Span:
    """Axes of a live view: a square with room for the points, which only ever grows.

    Parameters
    ----------
    previous
        What this function gave before; None at first.
    points
        (N, 2). Of these, 99.5 % are in view.

    Returns
    -------
    `previous` itself while the points fit; else a square round it and the points, with some air, so
    that it does not change at every look.
    """
    known = np.asarray(points, np.float64).reshape(-1, 2)
    known = known[np.isfinite(known).all(1)]
    if len(known) == 0:
        return previous or ((-1.0, 1.0), (-1.0, 1.0))
    middle = np.median(known, 0)
    distance = np.abs(known - middle).max(1)
    inside = known[distance <= np.quantile(distance, _SHARE_IN_VIEW, method="higher")]
    low, high = inside.min(0), inside.max(0)
    if previous is not None:
        before = np.array(previous).T
        if (low >= before[0]).all() and (high <= before[1]).all():
            return previous
        low, high = np.minimum(low, before[0]), np.maximum(high, before[1])
    half = 0.575 * (high - low).max() or 1.0
    (left, bottom), (right, top) = (low + high) / 2 - half, (low + high) / 2 + half
    return (float(left), float(right)), (float(bottom), float(top))


def seen_plane(codes: np.ndarray, previous: Plane | None = None) -> Plane:
    """Both latent dimensions of codes (N, d) where d is at most 2, else their principal plane.

    `previous` is as in `principal_plane`.
    """
    return axes_plane(codes.shape[1]) if codes.shape[1] <= 2 else principal_plane(codes, previous)


def with_class_rows(span: Span, latent_dim: int, classes: int) -> Span:
    """What is in view of a plane; with one latent dimension, codes stand in a row a class."""
    return span if latent_dim > 1 else (span[0], (-0.7, classes - 0.3))


def followed(
    memory: dict[str, Any], codes: np.ndarray, classes: int, keeps_span: bool = True
) -> tuple[Plane, Span]:
    """Plane and span of a live view, which move as little as may be from look to look.

    Parameters
    ----------
    memory
        What a view keeps between its looks; changed.
    codes
        (N, d).
    keeps_span
        Whether what was in view stays so.
    """
    plane = memory["plane"] = seen_plane(codes, memory.get("plane"))
    span = memory["span"] = grown_span(memory.get("span") if keeps_span else None, plane.project(codes))
    return plane, with_class_rows(span, codes.shape[1], classes)
