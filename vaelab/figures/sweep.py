"""A sweep over one field as a Plotly figure: a quantity against the value of the field.

The `customdata` of every point that can be chosen is the id of its run.
"""

from collections.abc import Sequence
from typing import Any, Literal

import plotly.graph_objects as go

from vaelab.config import QUANTITIES, Quantity, field_spec, in_words
from vaelab.figures.axes import LEGEND_ABOVE, NONE_FINISHED, until_there_are_points
from vaelab.figures.palette import PALETTE, channels
from vaelab.sweeps.results import SPLITS, Band, Best, Result, Values, bands, by_values, words

DECADE = 10.0
"""Ratio of the largest to the smallest value from which an axis is logarithmic."""

STANDOFF = 6
"""Pixels from the labels of an axis to its title: without a number Plotly lets them overlap."""

Scale = Literal["log", "linear", "category"]

Positions = dict[Values, Any]
"""Where the values of a field stand on its axis."""


def scale(name: str, values: Sequence[Any]) -> Scale:
    """How an axis shows the values of a field: texts, and numbers over decades with a 0, as categories."""
    if field_spec(name).kind in ("choice", "text"):
        return "category"
    low, high = min(values), max(values)
    if low > 0:
        return "log" if high / low >= DECADE else "linear"
    sizes = [abs(value) for value in values if value]
    return "category" if max(sizes) / min(sizes) >= DECADE else "linear"


def measure_curve(
    axes: Sequence[str], results: Sequence[Result], measure: str, best: Best | None
) -> go.Figure:
    """A quantity against the value of the one field that varies, the seeds as a band and as points.

    The solid line is the mean on held-out images, with a band from the lowest to the highest seed. The
    dashed line is the mean on test images. Every run is a point, and the best value has a star.
    """
    (name,) = axes
    quantity = QUANTITIES[measure]
    kind = scale(name, [result.values[0] for result in results])
    x = _positions(name, kind, results)
    held_out, test = (_in_order(bands(results, measure, split), x) for split in SPLITS)
    # Values without an order are not joined by a line, and one value makes none.
    separate = field_spec(name).kind in ("choice", "text") or len(held_out) == 1
    spread, mean = (_bars, _marks) if separate else (_band, _mean)
    traces = [
        spread(held_out, x),
        mean(held_out, x, "held-out images, mean", PALETTE.total, "solid"),
        mean(test, x, "test images, mean", PALETTE.baseline, "dash"),
        _runs(axes, results, quantity, x, {band.values: band for band in held_out}),
    ]
    if best is not None and best.measure == measure:
        traces.append(_star(x[best.values], best.held_out.mean))
    figure = go.Figure(
        traces,
        {
            "xaxis": {"title": {"text": axis_title(name)}, **_ticks(name, kind, x)},
            "yaxis": {"title": {"text": f"{quantity.label} ({quantity.unit})", "standoff": STANDOFF}},
            "hovermode": "closest",
            "showlegend": True,
            "legend": LEGEND_ABOVE,
        },
    )
    until_there_are_points(figure, NONE_FINISHED)
    return figure


def _positions(name: str, kind: Scale, results: Sequence[Result]) -> Positions:
    return {
        values: in_words(name, values[0]) if kind == "category" else values[0]
        for values in by_values(results)
    }


def _in_order(means: list[Band], x: Positions) -> list[Band]:
    """Bands from left to right; categories keep the order of the results."""
    if any(isinstance(position, str) for position in x.values()):
        return means
    return sorted(means, key=lambda band: x[band.values])


def _ticks(name: str, kind: Scale, x: Positions) -> dict[str, Any]:
    if kind == "category":
        return {"type": "category", "categoryorder": "array", "categoryarray": list(x.values())}
    texts = [in_words(name, value) for value in x.values()]
    return {"type": kind, "tickvals": list(x.values()), "ticktext": texts}


def axis_title(name: str) -> str:
    """The title of an axis of a field: the field's label, and its unit if it has one."""
    spec = field_spec(name)
    return f"{spec.label} ({spec.unit})" if spec.unit else spec.label


def _band(held_out: list[Band], x: Positions) -> dict[str, Any]:
    positions = [x[band.values] for band in held_out]
    edges = [band.high for band in held_out] + [band.low for band in reversed(held_out)]
    return {
        "type": "scatter", "mode": "lines", "x": positions + positions[::-1], "y": edges, "fill": "toself",
        "line": {"width": 0}, "fillcolor": _faint(PALETTE.total), "hoverinfo": "skip",
        "name": "lowest to highest seed",
    }  # fmt: skip


def _mean(means: list[Band], x: Positions, name: str, color: str, dash: str) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "x": [x[band.values] for band in means],
        "y": [band.mean for band in means], "line": {"color": color, "width": 2, "dash": dash},
        "hoverinfo": "skip", "name": name,
    }  # fmt: skip


def _bars(held_out: list[Band], x: Positions) -> dict[str, Any]:
    """A separate bar from the lowest to the highest seed for each value."""
    return {
        "type": "bar", "x": [x[band.values] for band in held_out], "width": 0.5, "hoverinfo": "skip",
        "base": [band.low for band in held_out], "y": [band.high - band.low for band in held_out],
        "marker": {"color": _faint(PALETTE.total)}, "name": "lowest to highest seed",
    }  # fmt: skip


def _marks(means: list[Band], x: Positions, name: str, color: str, dash: str) -> dict[str, Any]:
    """A separate marker of the mean for each value."""
    symbol = "line-ew-open" if dash == "solid" else "x-thin-open"
    return {
        "type": "scatter", "mode": "markers", "x": [x[band.values] for band in means],
        "y": [band.mean for band in means], "hoverinfo": "skip", "name": name,
        "marker": {"symbol": symbol, "size": 22 if dash == "solid" else 10, "color": color,
                   "line": {"width": 3, "color": color}},
    }  # fmt: skip


def _runs(
    axes: Sequence[str],
    results: Sequence[Result],
    quantity: Quantity,
    x: Positions,
    held_out: dict[Values, Band],
) -> dict[str, Any]:
    ended = [result for result in results if result.value(quantity.name) is not None]
    return {
        "type": "scatter", "mode": "markers", "x": [x[result.values] for result in ended],
        "y": [result.value(quantity.name) for result in ended],
        "marker": {"color": PALETTE.total, "size": 9},
        "text": [_hover_text(axes, result, quantity, held_out[result.values]) for result in ended],
        "customdata": [result.run for result in ended],
        "hovertemplate": "%{text}<extra></extra>", "name": "a run",
    }  # fmt: skip


def _hover_text(axes: Sequence[str], result: Result, quantity: Quantity, band: Band) -> str:
    text = f"{words(axes, result.values)}, seed {result.seed}<br>"
    text += f"held-out {quantity.with_unit(result.held_out[quantity.name])}"
    if quantity.name in result.test:
        text += f", test {quantity.with_unit(result.test[quantity.name])}"
    if band.seeds > 1:
        ends = f"{quantity.mean_in_words(band.low)} to {quantity.mean_in_words(band.high)}"
        text += f"<br>mean of {band.seeds} seeds {quantity.with_unit(band.mean)} ({ends})"
    return text


def _star(x: Any, y: float) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "x": [x], "y": [y], "hoverinfo": "skip",
        "marker": {"symbol": "star-open", "size": 20, "color": PALETTE.kl, "line": {"width": 2}},
        "name": "best on held-out images",
    }  # fmt: skip


def _faint(color: str) -> str:
    red, green, blue = channels(color).astype(int)
    return f"rgba({red},{green},{blue},0.22)"
