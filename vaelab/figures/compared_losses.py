"""A loss of several runs as one figure: the same axes for all, a colour and a kind of line for each run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from vaelab.figures.axes import axis_limits, decimate
from vaelab.figures.losses import DRAWN_POINTS, MOST_MARKERS, Columns, settled_range
from vaelab.figures.palette import RUN_STYLES

Term = Literal["sum", "recon", "kl"]

TERMS: dict[Term, str] = {"sum": "recon + kl", "recon": "recon", "kl": "KL"}
"""The unweighted losses that are compared, with their names."""


@dataclass(frozen=True)
class Curve:
    """The losses of one run.

    Parameters
    ----------
    name: short, for the legend.
    style: place in `RUN_STYLES`.
    has_kl: whether it has a KL term; one without has `recon` only.
    epochs: how long the run is.
    steps, evaluated: its `Step` and `Evaluated` events as columns (see `vaelab.runs.history`).
    """

    name: str
    style: int
    has_kl: bool
    epochs: int
    steps: Columns
    evaluated: Columns


def terms_of(curves: Sequence[Curve]) -> list[Term]:
    """The losses that these runs have: one without a KL term takes part in `recon` only."""
    return ["sum", "recon", "kl"] if any(curve.has_kl for curve in curves) else ["recon"]


def compared_losses(curves: Sequence[Curve], term: Term) -> go.Figure:
    """One unweighted loss of several runs by epoch: the test split with dots, training as a thin line.

    The runs must have one scale (see `vaelab.config.comparable.scale_of`). Those without the term are left
    out. The first steps, which may be far above all others, do not set the range.
    """
    having = [curve for curve in curves if curve.has_kl or term == "recon"]
    lines = [(curve, split, *_points(curve, split, term)) for curve in having for split in ("train", "test")]
    drawn = [values for _, _, _, values in lines if len(values)]
    shown = settled_range(drawn, [0.0] if term == "kl" else [])
    return go.Figure(
        [_trace(*line, listed=line[1] == "test" or not line[0].evaluated.get("epoch")) for line in lines],
        {
            "xaxis": {
                "title": {"text": "epochs"},
                "range": [0, max(curve.epochs for curve in curves)],
                "unifiedhovertitle": {"text": "epoch %{x:.2f}"},
            },
            "yaxis": {"title": {"text": f"{TERMS[term]} (nats per image)"}, **_limits(shown)},
            "hovermode": "x unified",
            "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "uirevision": " ".join(curve.name for curve in curves),
        },
    )


def _points(curve: Curve, split: str, term: Term) -> tuple[np.ndarray, np.ndarray]:
    rows = curve.steps if split == "train" else curve.evaluated
    names = ("recon", "kl") if term == "sum" else (term,)
    columns = [np.array(rows.get(name, ()), np.float64) for name in ("epoch", *names)]
    return columns[0], sum(columns[1:], np.zeros(len(columns[0])))


def _trace(
    curve: Curve, split: str, epochs: np.ndarray, values: np.ndarray, *, listed: bool
) -> dict[str, Any]:
    color, dash = RUN_STYLES[curve.style]
    x, y = decimate(epochs, values, DRAWN_POINTS)
    is_test = split == "test"
    return {
        "type": "scatter",
        "mode": "lines+markers" if is_test else "lines",
        "x": x.astype(np.float32),
        "y": y.astype(np.float32),
        "name": curve.name,
        "legendgroup": curve.name,
        "showlegend": listed,
        "opacity": 1 if is_test else 0.45,
        "line": {"color": color, "width": 2 if is_test else 1, "dash": dash if is_test else "solid"},
        "marker": {"color": color, "size": 6, "maxdisplayed": MOST_MARKERS},
        "hovertemplate": f"{curve.name}, {split}: %{{y:.2f}} nats<extra></extra>",
    }


def _limits(shown: tuple[float, float] | None) -> dict[str, Any]:
    if shown is None:
        return {}
    air = 0.05 * (shown[1] - shown[0]) or 0.05
    return axis_limits(shown[0] - air, shown[1] + air)
