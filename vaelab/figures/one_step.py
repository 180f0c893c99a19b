"""Figures of one training step: bars of latent dimensions and of layers, and cells of hidden units."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from vaelab.figures.axes import LEGEND_ABOVE, MOST_NAMED_BARS
from vaelab.figures.palette import PALETTE, error_scale
from vaelab.words import counted

_COLORS = {
    "mean": PALETTE.total,
    "logvar": PALETTE.objective,
    "epsilon": PALETTE.baseline,
    "KL": PALETTE.kl,
}

_UNITS_PER_ROW = 64
"""Hidden units in a row of `unit_strip`."""


def latent_bars(values: Mapping[str, np.ndarray], unit: str = "") -> go.Figure:
    """One or more series of numbers by latent dimension, as bars side by side.

    Parameters
    ----------
    values
        The series by their names, (d,) each.
    unit
        Unit of all series; empty for none.
    """
    count = len(next(iter(values.values())))
    names = [f"z{dimension + 1}" for dimension in range(count)]
    bars = [
        {
            "type": "bar",
            "name": name,
            "x": names,
            "y": numbers,
            "marker": {"color": _COLORS.get(name, PALETTE.recon)},
            "hovertemplate": f"{name} of %{{x}}: %{{y:.4f}} {unit}<extra></extra>",
        }
        for name, numbers in values.items()
    ]
    title = ", ".join(values) + (f" ({unit})" if unit else "")
    return go.Figure(
        bars,
        {
            "xaxis": {
                "type": "category",
                "title": {"text": "latent dimension"},
                "showticklabels": count <= MOST_NAMED_BARS,
            },
            "yaxis": {"title": {"text": title}, "rangemode": "tozero"},
            "showlegend": len(values) > 1,
            "legend": LEGEND_ABOVE,
        },
    )


def layer_bars(names: Sequence[str], sizes: Sequence[float]) -> go.Figure:
    """The size of the gradient in each layer, the first layer on top, on a logarithmic scale."""
    # A logarithmic axis has no bar for 0.
    scale = "log" if min(sizes) > 0 else "linear"
    return go.Figure(
        {
            "type": "bar",
            "orientation": "h",
            "y": list(names),
            "x": np.asarray(sizes, float),
            "marker": {"color": PALETTE.objective},
            "hovertemplate": "%{y}: %{x:.4g}<extra></extra>",
        },
        {
            "yaxis": {"type": "category", "autorange": "reversed", "automargin": True},
            "xaxis": {"type": scale, "title": {"text": "length of the gradient (nats a unit of weight)"}},
        },
    )


def unit_strip(values: np.ndarray) -> go.Figure:
    """The outputs of a dense layer's units, (width,), as a strip of cells in rows of 64."""
    columns = min(_UNITS_PER_ROW, len(values))
    rows = np.pad(values.astype(float), (0, -len(values) % columns), constant_values=np.nan)
    rows = rows.reshape(-1, columns)
    most = float(np.abs(values).max()) or 1.0
    return go.Figure(
        {
            "type": "heatmap",
            "z": rows,
            "zmin": -most,
            "zmax": most,
            "colorscale": error_scale(41),
            "xgap": 1,
            "ygap": 1,
            "customdata": 1 + np.arange(rows.size).reshape(rows.shape),
            "colorbar": {"thickness": 10},
            "hovertemplate": "unit %{customdata}: %{z:.3f}<extra></extra>",
        },
        {
            "xaxis": {
                "title": {"text": counted(len(values), "unit")},
                "showticklabels": False,
                "showgrid": False,
            },
            "yaxis": {"visible": False, "autorange": "reversed"},
        },
    )
