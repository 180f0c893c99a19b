"""The chart of a run's losses where there is little room: short names, and a KL axis that stays calm."""

import math

import plotly.graph_objects as go

from vaelab.figures.axes import axis_limits

LEAST_TOP = 2.0
"""Nats at the top of an axis of the KL at least: a KL near 0 is to look like one."""

STEPS = (1.0, 2.0, 5.0, 10.0)
"""Where the axis of the KL may end, within a power of ten."""


def make_dense(figure: go.Figure, top_before: float = 0.0) -> float:
    """Fit a figure of `vaelab.figures.losses` into a chart of 420 by 180 pixels.

    Parameters
    ----------
    top_before
        The top of the KL's axis in the figure before, below which it does not fall: the curve moves, and not
        its axis.

    Returns
    -------
    The top of the KL's axis now; 0 if there is none, or if it is logarithmic.
    """
    for trace in figure.data:
        trace.name = trace.meta["short"]
    # The titles of its axes and of its legend stand above and below a chart that is as low as this.
    figure.update_layout(
        meta={"dense": True},
        margin={"l": 44, "r": 8, "t": 22, "b": 20},
        legend={"title": None, "font": {"size": 12}},
        xaxis_title=None,
        yaxis_title=None,
    )
    if not any(trace.yaxis == "y2" for trace in figure.data):
        return 0.0
    figure.update_layout(yaxis2={"title": None, "nticks": 3})
    if figure.layout.yaxis2.type == "log":
        return 0.0
    top = max(top_before, _step_above(figure.layout.yaxis2.autorangeoptions.clipmax or 0.0))
    figure.update_layout(yaxis2=axis_limits(-0.05 * top, top))
    return top


def _step_above(value: float) -> float:
    """The next value at which the axis of the KL may end."""
    if value <= LEAST_TOP:
        return LEAST_TOP
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * step for step in STEPS if value <= power * step)
