"""What more than one figure needs."""

from __future__ import annotations

from typing import Any

import numpy as np


def axis_limits(low: float, high: float) -> dict[str, Any]:
    """Options of an axis that shows exactly `low` to `high`, also on a logarithmic scale.

    They limit the automatic range. Plotly would take a `range` that changes while training goes on for
    a wish that is newer than the user's zoom, and undo the zoom.
    """
    low, high = float(low), float(high)
    return {"autorangeoptions": {"include": [low, high], "clipmin": low, "clipmax": high}}


def decimate(x: np.ndarray, y: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """A curve with fewer points that looks the same: the lowest and the highest of each stretch.

    Parameters
    ----------
    x, y
        (N,) each, in the order of drawing.
    most
        Points to keep at most, 4 or more.

    Returns
    -------
    x and y of the points kept, in their order: all of them if there are no more than `most`, else
    the first, the last, and the least and the greatest y of equal stretches between these two.

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
    # argmin and argmax find the first of equals, so never the padding.
    kept = np.unique([starts + stretches.argmin(1), starts + stretches.argmax(1)])
    kept = np.concatenate([[0], kept, [len(x) - 1]])
    return x[kept], y[kept]
