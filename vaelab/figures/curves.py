"""Curves before they are drawn: a quantity of a run by epoch, and the range of values to show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vaelab.config import QUANTITIES
from vaelab.events import Columns
from vaelab.figures.axes import axis_limits, decimate

Range = tuple[float, float]

DRAWN_POINTS = 1000
"""Largest number of points of a drawn line."""

MOST_MARKERS = 60
"""Largest number of markers on a line; there are points between them."""

FIRST_STEPS = 20
"""Points at the start of a curve, where every step is recorded, that may lie far above all others."""


@dataclass(frozen=True)
class Curve:
    """A quantity by epoch: (N,) float64 each, NaN where there is no value."""

    epochs: np.ndarray
    values: np.ndarray

    def as_trace(self, most: int = DRAWN_POINTS) -> dict[str, Any]:
        """The data of a Plotly trace of this curve, with at most `most` points."""
        x, y = decimate(self.epochs, self.values, most)
        return {"type": "scatter", "x": x.astype(np.float32), "y": y.astype(np.float32)}


def curve_of(rows: Columns, name: str, prefix: str = "") -> Curve:
    """The curve of a quantity in a run's `Step` or `Evaluated` events.

    Parameters
    ----------
    prefix: text in front of the names of the events' fields, such as `held_out_`.
    """
    return Curve(rows["epoch"], QUANTITIES[name].of(rows, prefix))


def settled_range(curves: Iterable[Curve], levels: Sequence[float] = ()) -> Range | None:
    """The range of values to show, which the first steps and rare spikes may exceed; None without values.

    Parameters
    ----------
    levels: further values that the range must include.
    """
    lows, highs = [*levels], [*levels]
    for curve in curves:
        finite = curve.values[np.isfinite(curve.values)]
        if len(finite):
            lows.append(finite.min())
            highs.append(np.quantile(finite[min(FIRST_STEPS, len(finite) // 2) :], 0.99))
    return (float(min(lows)), float(max(highs))) if lows else None


def axis_of(limits: Range | None, log: bool = False) -> dict[str, Any]:
    """Options of an axis that shows a range and a margin around it; without a range Plotly chooses one."""
    if limits is None:
        return {}
    low, high = np.log10(limits) if log else limits
    margin = 0.05 * (high - low) or 0.05
    ends = np.array([low - margin, high + margin])
    return axis_limits(*(10.0**ends if log else ends).tolist())
