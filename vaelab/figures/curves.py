"""Curves before they are drawn: a quantity of a run by epoch, and the range that is worth showing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vaelab.config.quantities import QUANTITIES
from vaelab.events import Columns
from vaelab.figures.axes import axis_limits, decimate

Range = tuple[float, float]

DRAWN_POINTS = 1000
"""Points that a line is drawn with, at most."""

MOST_MARKERS = 60
"""Markers on a line, at most; there are points between them."""

FIRST_STEPS = 20
"""Points at the start of a line that may be far above all others; steps come one by one there."""


@dataclass(frozen=True)
class Curve:
    """A quantity by epoch: (N,) float64 each, NaN where there is no value."""

    epochs: np.ndarray
    values: np.ndarray

    def drawn(self, most: int = DRAWN_POINTS) -> dict[str, Any]:
        """What Plotly needs to draw it as a line, with at most so many points."""
        x, y = decimate(self.epochs, self.values, most)
        return {"type": "scatter", "x": x.astype(np.float32), "y": y.astype(np.float32)}


def curve_of(rows: Columns, name: str, prefix: str = "") -> Curve:
    """The curve of a quantity in a run's `Step` or `Evaluated` events.

    Parameters
    ----------
    prefix: of the fields, such as `held_out_`.
    """
    return Curve(rows["epoch"], QUANTITIES[name].of(rows, prefix))


def settled_range(curves: Iterable[Curve], levels: Sequence[float] = ()) -> Range | None:
    """The range worth showing: everything, but for how high the first steps and a rare spike go.

    Parameters
    ----------
    levels: what has to be in view too.
    """
    lows, highs = [*levels], [*levels]
    for curve in curves:
        whole = curve.values[np.isfinite(curve.values)]
        settled = whole[min(FIRST_STEPS, len(whole) // 2) :]
        if len(whole):
            lows.append(whole.min())
            highs.append(np.quantile(settled, 0.99))
    return (float(min(lows)), float(max(highs))) if lows else None


def axis_of(shown: Range | None, log: bool = False) -> dict[str, Any]:
    """Options of an axis that shows a range with a little air; an axis of its own choice if there is none."""
    if shown is None:
        return {}
    low, high = np.log10(shown) if log else shown
    air = 0.05 * (high - low) or 0.05
    ends = np.array([low - air, high + air])
    return axis_limits(*(10.0**ends if log else ends))
