"""Axes, legends and curves with fewer points: what more than one figure needs."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

LEGEND_ABOVE = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
"""Layout of a legend whose entries stand in a row above the chart."""

NONE_FINISHED = "Here comes a point for each run that finishes."
"""What stands in a chart of results before there are any."""

MOST_NAMED_BARS = 40
"""Largest number of bars whose names fit below them."""


def axis_limits(low: float, high: float) -> dict[str, Any]:
    """Options of an axis that shows exactly `low` to `high`, also on a logarithmic scale.

    The options limit the automatic range. Plotly would take each change of `range` during training for a
    newer wish of the user, and undo their zoom.
    """
    return {"autorangeoptions": {"include": [low, high], "clipmin": low, "clipmax": high}}


def until_there_are_points(figure: go.Figure, words: str) -> None:
    """Say in the middle of a figure without points why there are none.

    Plotly would show ranges from -1 to 6 that mean nothing.
    """
    if any(len(trace.x or ()) and any(value is not None for value in trace.x) for trace in figure.data):
        return
    figure.update_layout(showlegend=False)
    figure.update_xaxes(showticklabels=False, showgrid=False, zeroline=False)
    figure.update_yaxes(showticklabels=False, showgrid=False, zeroline=False)
    figure.add_annotation(text=words, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False)


def decimate(x: np.ndarray, y: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """A curve with fewer points that looks the same: the lowest and the highest point of each stretch.

    Parameters
    ----------
    x, y
        (N,) each, in the order of drawing.
    most
        Largest number of points to keep, 4 or more.

    Returns
    -------
    x and y of the points that are kept, in their order: all points if there are no more than `most`, else
    the first, the last, and those with the least and the greatest y of equal stretches between these two.

    Raises
    ------
    ValueError
        If `most` leaves no room for both extremes.
    """
    if most < 4:
        raise ValueError(f"most must be at least 4, for two ends and two extremes, not {most}.")
    if len(x) <= most:
        return x, y
    inner = y[1:-1]
    length = -(-len(inner) // ((most - 2) // 2))
    stretches = np.pad(inner, (0, -len(inner) % length), mode="edge").reshape(-1, length)
    starts = 1 + length * np.arange(len(stretches))
    # argmin and argmax return the first of equal values, so never an index of the padding.
    extremes = np.unique([starts + stretches.argmin(1), starts + stretches.argmax(1)])
    kept = np.concatenate([[0], extremes, [len(x) - 1]])
    return x[kept], y[kept]
