"""How images are drawn: as they are, and their errors in blue for too dark and orange for too bright."""

import numpy as np
import plotly.graph_objects as go

from vaelab.figures.kinds.base import Renderer
from vaelab.figures.palette import error_colors, error_scale


def signed_errors(errors: np.ndarray) -> np.ndarray:
    """Signed errors (N, C, H, W), averaged over the channels, as coloured pictures (N, 3, H, W) uint8.

    Errors are from -1 (white became black) to 1; see `error_legend`.
    """
    return error_colors(errors.mean(1)).transpose(0, 3, 1, 2)


def error_legend() -> go.Figure:
    """The colours of `signed_errors` as a bar that is wide and low."""
    levels = np.linspace(-1, 1, 101)
    title = {"text": "reconstruction minus image, pixels from 0 to 1", "font": {"size": 12}}
    ticks = {"tickvals": [-1, 0, 1], "ticktext": ["too dark: −1", "0", "too bright: +1"], "range": [-1, 1]}
    return go.Figure(
        {
            "type": "heatmap",
            "x": levels,
            "y": [0],
            "z": levels[None],
            "zmin": -1,
            "zmax": 1,
            "showscale": False,
            "colorscale": error_scale(101),
            "hovertemplate": "error %{x:.2f} of full brightness<extra></extra>",
        },
        {
            "xaxis": {"title": title, **ticks, "fixedrange": True},
            "yaxis": {"visible": False, "fixedrange": True},
            "margin": {"l": 64, "r": 64, "t": 4, "b": 68},
        },
    )


IMAGE = Renderer(
    "image",
    pictures=lambda images: images,
    errors=signed_errors,
    error_legend=error_legend,
    error_words=lambda shape: ", averaged over the three colours" if shape[0] == 3 else "",
)
