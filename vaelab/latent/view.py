"""The plane of latent space that a view shows, the part of it in view, and circles of the prior."""

from typing import Any

import numpy as np

from vaelab.latent.planes import Plane, axes_plane, principal_plane

Span = tuple[tuple[float, float], tuple[float, float]]
"""Ends of the x axis and of the y axis."""

PRIOR_CIRCLES = ((1.0, "39 %"), (2.0, "86 %"), (3.0, "99 % of prior draws"))
"""Radii around 0, and the share of draws from a two-dimensional unit normal that falls inside.

The share is 1 - exp(-radius^2 / 2). It holds in two dimensions only: in more, draws lie farther
out.
"""

PRIOR_INTERVALS = ((1.0, "68 % of prior draws"), (2.0, "95 %"), (3.0, "99.7 %"))
"""Standard deviations and the share of a one-dimensional normal within them, as in `PRIOR_CIRCLES`."""

_SHARE_IN_VIEW = 0.995
"""Share of the points that `grown_span` has in view: a few outliers would squeeze all others."""


def least_span(has_prior: bool) -> Span | None:
    """What views of a model show at least: all circles of its prior, where collapsed codes are a point."""
    end = PRIOR_CIRCLES[-1][0]
    return ((-end, end), (-end, end)) if has_prior else None


def whole_span(points: np.ndarray, least: Span | None = None) -> Span:
    """Ends of both axes around all points (N, 2), with a margin, and around `least` if there is one."""
    low, high = points.min(0), points.max(0)
    margin = 0.04 * (high - low) + 1e-6
    low, high = low - margin, high + margin
    if least is not None:
        low, high = np.fmin(low, np.array(least).T[0]), np.fmax(high, np.array(least).T[1])
    (left, bottom), (right, top) = low.tolist(), high.tolist()
    return (left, right), (bottom, top)


def grown_span(previous: Span | None, points: np.ndarray) -> Span:
    """Axes of a live view: a square around the points, which only ever grows.

    Parameters
    ----------
    previous
        The span that this function returned last; None at first.
    points
        (N, 2), of which 99.5 % are in view.

    Returns
    -------
    `previous` itself while the points fit; else a square around it and the points, with a margin, so
    that it does not change at every redraw.
    """
    finite = np.asarray(points, np.float64).reshape(-1, 2)
    finite = finite[np.isfinite(finite).all(1)]
    if len(finite) == 0:
        return previous or ((-1.0, 1.0), (-1.0, 1.0))
    distance = np.abs(finite - np.median(finite, 0)).max(1)
    inside = finite[distance <= np.quantile(distance, _SHARE_IN_VIEW, method="higher")]
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
    """The plane that views show of codes (N, d): all dimensions if d is at most 2, else the principal plane.

    `previous` is the argument of `principal_plane`.
    """
    return axes_plane(codes.shape[1]) if codes.shape[1] <= 2 else principal_plane(codes, previous)


def with_class_rows(span: Span, latent_dim: int, classes: int) -> Span:
    """The span of a plane; with one latent dimension, y has one row per class instead."""
    return span if latent_dim > 1 else (span[0], (-0.7, classes - 0.3))


def followed(
    memory: dict[str, Any],
    codes: np.ndarray,
    classes: int,
    *,
    keeps_span: bool = True,
    least: Span | None = None,
) -> tuple[Plane, Span]:
    """Plane and span of a live view, which change as little as possible from one redraw to the next.

    Parameters
    ----------
    memory
        Plane and span of the last redraw, which this function replaces; empty at first.
    codes
        (N, d).
    keeps_span
        Whether the span includes the last one.
    least
        What the span includes in any case.
    """
    plane = memory["plane"] = seen_plane(codes, memory.get("plane"))
    before = memory.get("span", least) if keeps_span else least
    span = memory["span"] = grown_span(before, plane.project(codes))
    return plane, with_class_rows(span, codes.shape[1], classes)
