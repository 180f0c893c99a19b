"""Figures of one training step: bars by latent dimension, by layer, and what hidden units say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from vaelab.figures.palette import PALETTE, error_colors

_NAMED = 40
"""Bars of which each can have its name below."""

_COLORS = {"mean": PALETTE.total, "logvar": PALETTE.objective, "epsilon": PALETTE.baseline,
           "KL": PALETTE.kl}  # fmt: skip

_ROW = 64
"""Hidden units in a row of `unit_strip`."""


def latent_bars(values: Mapping[str, np.ndarray], unit: str = "") -> go.Figure:
    """Numbers of each latent dimension as bars, side by side if there are several of a dimension.

    Parameters
    ----------
    values
        By what they are called; (d,) each.
    unit
        Of all of them; empty for none.
    """
    count = len(next(iter(values.values())))
    names = [f"z{dimension + 1}" for dimension in range(count)]
    bars = [
        {"type": "bar", "name": name, "x": names, "y": numbers,
         "marker": {"color": _COLORS.get(name, PALETTE.recon)},
         "hovertemplate": f"{name} of %{{x}}: %{{y:.4f}} {unit}<extra></extra>"}
        for name, numbers in values.items()
    ]  # fmt: skip
    title = ", ".join(values) + (f" ({unit})" if unit else "")
    return go.Figure(
        bars,
        {
            "xaxis": {"type": "category", "title": {"text": "latent dimension"},
                      "showticklabels": count <= _NAMED},
            "yaxis": {"title": {"text": title}, "rangemode": "tozero"},
            "showlegend": len(values) > 1,
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        },
    )  # fmt: skip


def layer_bars(names: Sequence[str], sizes: Sequence[float]) -> go.Figure:
    """The size of the gradient in each layer, the first layer on top, on a logarithmic scale."""
    bars = {
        "type": "bar", "orientation": "h", "y": list(names), "x": np.asarray(sizes, float),
        "marker": {"color": PALETTE.objective}, "hovertemplate": "%{y}: %{x:.4g}<extra></extra>",
    }  # fmt: skip
    # A logarithm has no bar for 0.
    scale = "log" if min(sizes) > 0 else "linear"
    return go.Figure(
        bars,
        {
            "yaxis": {"type": "category", "autorange": "reversed", "automargin": True},
            "xaxis": {"type": scale, "title": {"text": "length of the gradient (nats a unit of weight)"}},
        },
    )


def unit_strip(values: np.ndarray) -> go.Figure:
    """What the units of a dense layer say, (width,), as a strip of cells in rows of 64."""
    columns = min(_ROW, len(values))
    cells = np.full(-(-len(values) // columns) * columns, np.nan)
    cells[: len(values)] = values
    rows = cells.reshape(-1, columns)
    first = np.arange(len(rows)) * columns + 1
    most = float(np.abs(values).max()) or 1.0
    # Grey for 0, as both themes can show it.
    levels = np.linspace(-1, 1, 41)
    colors = ["#{:02x}{:02x}{:02x}".format(*color) for color in error_colors(levels)]
    scale = list(zip(np.linspace(0, 1, 41).tolist(), colors, strict=True))
    strip = {
        "type": "heatmap", "z": rows, "zmin": -most, "zmax": most, "colorscale": scale, "xgap": 1, "ygap": 1,
        "customdata": first[:, None] + np.arange(columns), "colorbar": {"thickness": 10},
        "hovertemplate": "unit %{customdata}: %{z:.3f}<extra></extra>",
    }  # fmt: skip
    return go.Figure(
        strip,
        {
            "xaxis": {"title": {"text": f"{len(values)} units"}, "showticklabels": False, "showgrid": False},
            "yaxis": {"visible": False, "autorange": "reversed"},
        },
    )
