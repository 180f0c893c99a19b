"""The latent plane as a figure: codes by class, the prior, and the posterior of one image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vaelab.figure_parts import axis_limits
from vaelab.palette import PALETTE, class_style, text_on

Span = tuple[tuple[float, float], tuple[float, float]]
"""Ends of the x axis and of the y axis."""

PRIOR_CIRCLES = ((1.0, "39 % of prior draws"), (2.0, "86 %"), (3.0, "99 %"))
"""Radii round 0, and what share of the draws of a two-dimensional unit normal falls inside.

The share is 1 - exp(-radius^2 / 2). It holds in two dimensions only: in more, draws lie farther out.
"""

_SHARE_IN_VIEW = 0.995
"""Of the points, what `grown_span` makes room for: a few far out would squeeze all others."""

_SHORT_NAME = 3
"""Letters of a class name that can stand for a point."""


def latent_scatter(
    points: np.ndarray,
    labels: np.ndarray,
    classes: Sequence[str],
    *,
    axis_titles: tuple[str, str],
    customdata: np.ndarray | None = None,
    circles: Sequence[tuple[float, str]] = (),
    posterior: tuple[np.ndarray, np.ndarray] | None = None,
    chosen: int | None = None,
    digits_as_markers: bool = False,
    span: Span | None = None,
    centroids: bool = True,
) -> go.Figure:
    """Codes of images as points on a plane, coloured and labelled by class, both axes to one scale.

    Parameters
    ----------
    points
        (N, 2).
    labels
        (N,) indices into `classes`.
    classes
        Name of each class.
    axis_titles
        Of x and y; empty for an axis whose coordinate means nothing.
    customdata
        (N,) whole numbers: what choosing a point returns, and its number in the hover text. Default
        0 to N - 1.
    circles
        Radius and label of circles round 0, such as `PRIOR_CIRCLES`.
    posterior
        Centre (2,) and covariance (2, 2) of a Gaussian, drawn to scale at 1 and 2 sigma.
    chosen
        Index into `points` of one to mark with a ring.
    digits_as_markers
        Draw each point as its class: its name if all are short, else its number.
    span
        Ends of the axes, such as `grown_span` gives; by default all points are in view.
    centroids
        Whether to write each class's name at the median of its points.
    """
    points = np.asarray(points, np.float32).reshape(-1, 2)
    numbers = np.arange(len(points)) if customdata is None else np.asarray(customdata)
    texts = _marker_texts(classes) if digits_as_markers else None
    members = [np.flatnonzero(labels == label) for label in range(len(classes))]
    where = [f"{title} = %{{{axis}:.3f}}" for title, axis in zip(axis_titles, "xy", strict=True) if title]
    traces = [
        {
            "type": "scattergl",
            "x": points[rows, 0],
            "y": points[rows, 1],
            "customdata": numbers[rows],
            "name": name if texts is None or texts[label] == name else f"{texts[label]} {name}",
            "hovertemplate": "<br>".join([f"<b>{name}</b>", *where, "image %{customdata}<extra></extra>"]),
            **_marks(label, len(points), texts),
        }
        for label, (name, rows) in enumerate(zip(classes, members, strict=True))
    ]
    middles = [(label, np.median(points[rows], 0)) for label, rows in enumerate(members) if len(rows)]
    notes = [_pill(classes[label], middle, class_style(label)[0]) for label, middle in middles if centroids]
    notes += [_note(text, 0, radius) for radius, text in circles]
    shapes = [_circle(radius) for radius, _ in circles]
    if posterior is not None:
        inner, outer = (ellipse(*posterior, radius) for radius in (1, 2))
        shapes += [*_outlined(inner), *_outlined(outer)]
        notes.append(_note("posterior: 1 and 2 sigma", *outer[outer[:, 1].argmax()]))
    if chosen is not None:
        shapes += _ring(points[chosen])
    across, up = ({}, {}) if span is None else (axis_limits(*ends) for ends in span)
    return go.Figure(
        traces,
        {
            "xaxis": {"title": {"text": axis_titles[0]}, **across},
            "yaxis": {"title": {"text": axis_titles[1]}, **up, "scaleanchor": "x"},
            "shapes": shapes,
            "annotations": notes,
            "hovermode": "closest",
            "showlegend": True,
            "legend": {"itemsizing": "constant"},
        },
    )


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


def ellipse(centre: np.ndarray, covariance: np.ndarray, radius: float, count: int = 96) -> np.ndarray:
    """The closed curve at `radius` standard deviations of a two-dimensional Gaussian: (count + 1, 2).

    Its half-axes are `radius` times the square roots of the covariance's eigenvalues.
    """
    variances, directions = np.linalg.eigh(covariance)
    angles = np.linspace(0, 2 * np.pi, count + 1)
    circle = np.stack([np.cos(angles), np.sin(angles)], 1)
    # Rounding can make the smaller variance of a flat Gaussian slightly negative.
    return centre + radius * circle * np.sqrt(np.maximum(variances, 0)) @ directions.T


def _marks(label: int, total: int, texts: list[str] | None) -> dict[str, Any]:
    """How the points of a class are drawn: as markers, smaller among many, or as texts."""
    color, symbol = class_style(label)
    if texts is not None:
        return {"mode": "text", "text": texts[label], "textfont": {"color": color, "size": 10}}
    return {"mode": "markers", "marker": {"color": color, "symbol": symbol, "size": 4 if total > 3000 else 5}}


def _marker_texts(classes: Sequence[str]) -> list[str]:
    """A few letters for each class."""
    short = all(len(name) <= _SHORT_NAME for name in classes)
    return list(classes) if short else [str(label) for label in range(len(classes))]


def _pill(text: str, place: np.ndarray, color: str) -> dict[str, Any]:
    """A label in a class's colour that can be read on points of any colour."""
    return {
        "text": text, "x": float(place[0]), "y": float(place[1]), "showarrow": False, "bgcolor": color,
        "bordercolor": "#ffffff", "borderpad": 1, "font": {"color": text_on(color), "size": 12},
    }  # fmt: skip


def _note(text: str, x: float, y: float) -> dict[str, Any]:
    """A label just above a place, in the page's colours with a halo."""
    return {
        "text": text, "x": float(x), "y": float(y), "yanchor": "bottom", "showarrow": False,
        "font": {"size": 12, "shadow": "auto"},
    }  # fmt: skip


def _circle(radius: float) -> dict[str, Any]:
    return {
        "type": "circle", "x0": -radius, "x1": radius, "y0": -radius, "y1": radius,
        "line": {"color": PALETTE.prior, "width": 1.5, "dash": "dash"},
    }  # fmt: skip


def _outlined(curve: np.ndarray) -> list[dict[str, Any]]:
    """A curve over a white one that is wider, so that it can be seen on points of any colour."""
    path = "M" + "L".join(f"{x:.5g},{y:.5g}" for x, y in curve) + "Z"
    lines = ({"color": "#ffffff", "width": 5}, {"color": PALETTE.posterior, "width": 2.5})
    return [{"type": "path", "path": path, "line": line} for line in lines]


def _ring(point: np.ndarray) -> list[dict[str, Any]]:
    """A ring of the same size at every zoom, black on white."""
    place = {
        "type": "circle", "xsizemode": "pixel", "ysizemode": "pixel", "x0": -8, "x1": 8, "y0": -8, "y1": 8,
        "xanchor": float(point[0]), "yanchor": float(point[1]),
    }  # fmt: skip
    lines = ({"color": "#ffffff", "width": 5}, {"color": "#000000", "width": 2})
    return [{**place, "line": line} for line in lines]
