"""Arrays as Plotly figures. Pure functions that leave their inputs as they are; no page, no PyTorch.

What a figure leaves open (fonts, colours of texts and grids, background) follows the page's theme.
Losses and the latent plane have modules of their own; all figures can be had from here.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vaelab.figure_parts import decimate
from vaelab.latent_map import PRIOR_CIRCLES, Span, ellipse, grown_span, latent_scatter
from vaelab.loss_curves import log_allowed, losses
from vaelab.palette import PALETTE, error_colors
from vaelab.planes import grid_points

__all__ = [
    "PALETTE",
    "PRIOR_CIRCLES",
    "UNUSED_KL",
    "Span",
    "decimate",
    "ellipse",
    "error_legend",
    "grown_span",
    "kl_bars",
    "latent_grid",
    "latent_scatter",
    "log_allowed",
    "losses",
    "signed_error_sheet",
]

UNUSED_KL = 0.01
"""Nats of average KL below which a latent dimension counts as unused."""

_NAMED_BARS = 40
"""Bars of which each can have its name below."""

_MOST_TICKS = 7
"""Ticks that fit side by side on a phone."""


def latent_grid(sheet_png: bytes, xs: np.ndarray, ys: np.ndarray, axis_titles: tuple[str, str]) -> go.Figure:
    """Decoded images on the grid of codes that they come from.

    Parameters
    ----------
    sheet_png
        The images as one PNG without gaps, in the order of `vaelab.planes.grid_points`: row by row,
        the largest y on top.
    xs, ys
        (columns,) and (rows,) coordinates of the cells, rising; need not be evenly spaced.
    axis_titles
        Of x and y.

    Returns
    -------
    A figure whose axes count cells and name coordinates. Hovering gives a cell's coordinates,
    choosing it gives its index in the order of the images, as `customdata`.
    """
    xs, ys = np.asarray(xs, np.float64), np.asarray(ys, np.float64)
    cells = grid_points(np.arange(len(xs)), np.arange(len(ys))).reshape(-1, 2).astype(np.int16)
    across, up = (_numbers(values) for values in (xs, ys))
    names = [f"{axis_titles[0]} = {across[x]}<br>{axis_titles[1]} = {up[y]}" for x, y in cells]
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": cells[:, 0],
        "y": cells[:, 1],
        "customdata": np.arange(len(cells)),
        "text": names,
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"opacity": 0},
    }
    image = {
        "source": "data:image/png;base64," + base64.b64encode(sheet_png).decode(),
        "xref": "x", "yref": "y", "x": -0.5, "y": len(ys) - 0.5, "sizex": len(xs), "sizey": len(ys),
        "sizing": "stretch", "layer": "below",
    }  # fmt: skip
    return go.Figure(
        points,
        {
            "xaxis": _cell_axis(across, axis_titles[0]),
            "yaxis": {**_cell_axis(up, axis_titles[1]), "scaleanchor": "x"},
            "images": [image],
            "hovermode": "closest",
            "hoverdistance": -1,
            "showlegend": False,
        },
    )


def _cell_axis(names: list[str], title: str) -> dict[str, Any]:
    """An axis that counts cells and shows their names at evenly spaced ones, as central as can be."""
    every = max(1, -(-len(names) // _MOST_TICKS))
    places = range((len(names) - 1) % every // 2, len(names), every)
    return {
        "title": {"text": title}, "range": [-0.5, len(names) - 0.5], "constrain": "domain",
        "tickvals": list(places), "ticktext": [names[place] for place in places], "tickangle": 0,
        "showgrid": False, "zeroline": False,
    }  # fmt: skip


def _numbers(values: np.ndarray) -> list[str]:
    """Rising numbers with as many decimals as tell neighbours apart, two at least."""
    steps = np.diff(values)
    smallest = steps[steps > 0].min(initial=1.0)
    decimals = int(np.clip(np.ceil(-np.log10(smallest)), 0, 6)) + (np.abs(values).max(initial=0) < 100)
    return [f"{value + 0.0:.{decimals}f}".replace("-", "−") for value in values]


def signed_error_sheet(errors: np.ndarray) -> np.ndarray:
    """Signed errors (n, H, W), reconstruction minus image, as coloured pictures (n, H, W, 3) uint8.

    Errors are from -1 (white became black) to 1; see `error_legend`.
    """
    return error_colors(errors)


def error_legend() -> go.Figure:
    """The colours of `signed_error_sheet` as a bar to be shown low and wide."""
    levels = np.linspace(-1, 1, 101)
    colors = ["#{:02x}{:02x}{:02x}".format(*color) for color in error_colors(levels)]
    bar = {
        "type": "heatmap", "x": levels, "y": [0], "z": levels[None], "zmin": -1, "zmax": 1,
        "showscale": False,
        "colorscale": list(zip(np.linspace(0, 1, 101).tolist(), colors, strict=True)),
        "hovertemplate": "error %{x:.2f} of full brightness<extra></extra>",
    }  # fmt: skip
    title = {"text": "reconstruction minus image, pixels from 0 to 1", "font": {"size": 12}}
    ticks = {"tickvals": [-1, 0, 1], "ticktext": ["too dark: −1", "0", "too bright: +1"], "range": [-1, 1]}
    return go.Figure(
        bar,
        {
            "xaxis": {"title": title, **ticks, "fixedrange": True},
            "yaxis": {"visible": False, "fixedrange": True},
            "margin": {"l": 48, "r": 48, "t": 4, "b": 52},
        },
    )


def kl_bars(kl_per_dim: Sequence[float]) -> go.Figure:
    """KL of each latent dimension, averaged over images, the largest first; those in use and those not.

    Parameters
    ----------
    kl_per_dim
        (d,) nats, in the order of the dimensions.
    """
    kl = np.asarray(kl_per_dim, np.float64)
    order = np.argsort(-kl, kind="stable")
    kl, names = kl[order], np.array([f"z{dimension + 1}" for dimension in order], dtype=str)
    used = kl >= UNUSED_KL
    bars = [
        {
            "type": "bar", "x": names[those], "y": kl[those], "name": f"{name}: {those.sum()} of {len(kl)}",
            "marker": {"color": color}, "hovertemplate": "%{x}: %{y:.4f} nats<extra></extra>",
        }
        for name, those, color in (("in use", used, PALETTE.kl), ("unused", ~used, PALETTE.baseline))
    ]  # fmt: skip
    line = {
        "type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": UNUSED_KL, "y1": UNUSED_KL,
        "line": {"color": PALETTE.baseline, "width": 1.5, "dash": "dot"},
        "name": f"unused below {UNUSED_KL:g} nats", "showlegend": True,
    }  # fmt: skip
    dimensions = {"type": "category", "categoryarray": names, "showticklabels": len(kl) <= _NAMED_BARS}
    return go.Figure(
        bars,
        {
            "xaxis": {"title": {"text": "latent dimension, most used first"}, **dimensions},
            "yaxis": {"title": {"text": "KL (nats per image)"}, "rangemode": "tozero"},
            "shapes": [line],
            "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        },
    )
