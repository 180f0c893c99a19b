"""Bar charts of the pages that explore a run: images of each class, and KL of each latent dimension.

What these figures do not set (fonts, colours of texts and grids, background) follows the page's theme.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from vaelab.figures.axes import LEGEND_ABOVE, MOST_NAMED_BARS
from vaelab.figures.palette import PALETTE, class_style


def class_counts(counts: np.ndarray, classes: Sequence[str]) -> go.Figure:
    """The number of images of each class, as bars in the classes' colours.

    Parameters
    ----------
    counts
        (classes,) whole numbers.
    """
    return go.Figure(
        {
            "type": "bar",
            "x": list(classes),
            "y": counts,
            "marker": {"color": [class_style(label)[0] for label in range(len(classes))]},
            "hovertemplate": "%{x}: images %{y}<extra></extra>",
        },
        {"xaxis": {"type": "category", "title": {"text": "class"}}, "yaxis": {"title": {"text": "images"}}},
    )


def kl_bars(kl_per_dim: Sequence[float], active: Sequence[bool]) -> go.Figure:
    """KL of each latent dimension, averaged over images, the largest first, as active and unused bars.

    Parameters
    ----------
    kl_per_dim
        (d,) nats, in the order of the dimensions.
    active
        (d,) whether each dimension is active, as `vaelab.latent.units.active_units` decides.
    """
    kl = np.asarray(kl_per_dim, np.float64)
    order = np.argsort(-kl, kind="stable")
    kl, names = kl[order], np.array([f"z{dimension + 1}" for dimension in order], dtype=str)
    used = np.asarray(active, bool)[order]
    bars = [
        {
            "type": "bar",
            "x": names[mask],
            "y": kl[mask],
            "name": f"{name}: {mask.sum()} of {len(kl)}",
            "marker": {"color": color},
            "hovertemplate": "%{x}: %{y:.4f} nats<extra></extra>",
        }
        for name, mask, color in (("active", used, PALETTE.kl), ("unused", ~used, PALETTE.baseline))
    ]
    dimensions = {"type": "category", "categoryarray": names, "showticklabels": len(kl) <= MOST_NAMED_BARS}
    return go.Figure(
        bars,
        {
            "xaxis": {"title": {"text": "latent dimension"}, **dimensions},
            "yaxis": {"title": {"text": "KL (nats per image)"}, "rangemode": "tozero"},
            "showlegend": True,
            "legend": LEGEND_ABOVE,
        },
    )
