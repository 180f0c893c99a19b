"""Arrays as Plotly figures. Pure functions that leave their inputs as they are; no page, no PyTorch.

What a figure leaves open (fonts, colours of texts and grids, background) follows the page's theme.
Losses and the latent plane have modules of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from vaelab.figures.palette import PALETTE, class_style

_NAMED_BARS = 40
"""Bars of which each can have its name below."""


def class_counts(counts: np.ndarray, classes: Sequence[str]) -> go.Figure:
    """How many images there are of each class, as bars in the classes' colours.

    Parameters
    ----------
    counts
        (classes,) whole numbers.
    """
    colors = [class_style(label)[0] for label in range(len(classes))]
    bars = {
        "type": "bar", "x": list(classes), "y": counts, "marker": {"color": colors},
        "hovertemplate": "%{x}: %{y} images<extra></extra>",
    }  # fmt: skip
    return go.Figure(
        bars,
        {"xaxis": {"type": "category", "title": {"text": "class"}}, "yaxis": {"title": {"text": "images"}}},
    )


def kl_bars(kl_per_dim: Sequence[float], active: Sequence[bool]) -> go.Figure:
    """KL of each latent dimension, averaged over images, the largest first; active ones and unused ones.

    Parameters
    ----------
    kl_per_dim
        (d,) nats, in the order of the dimensions.
    active
        (d,) whether each dimension is active, as `vaelab.latent.units.active_units` says.
    """
    kl = np.asarray(kl_per_dim, np.float64)
    order = np.argsort(-kl, kind="stable")
    kl, names = kl[order], np.array([f"z{dimension + 1}" for dimension in order], dtype=str)
    used = np.asarray(active, bool)[order]
    bars = [
        {
            "type": "bar", "x": names[those], "y": kl[those], "name": f"{name}: {those.sum()} of {len(kl)}",
            "marker": {"color": color}, "hovertemplate": "%{x}: %{y:.4f} nats<extra></extra>",
        }
        for name, those, color in (("active", used, PALETTE.kl), ("unused", ~used, PALETTE.baseline))
    ]  # fmt: skip
    dimensions = {"type": "category", "categoryarray": names, "showticklabels": len(kl) <= _NAMED_BARS}
    return go.Figure(
        bars,
        {
            "xaxis": {"title": {"text": "latent dimension"}, **dimensions},
            "yaxis": {"title": {"text": "KL (nats per image)"}, "rangemode": "tozero"},
            "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        },
    )
