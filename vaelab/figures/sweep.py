"""A sweep as Plotly figures: a measure against the value, and rate against distortion.

Every point that can be chosen has the id of its run as its `customdata`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import plotly.graph_objects as go

from vaelab.config.fields import field_spec, in_words
from vaelab.config.quantities import QUANTITIES, Quantity
from vaelab.figures.palette import PALETTE, SYMBOLS, between, channels
from vaelab.sweeps.results import (
    Band,
    Best,
    Result,
    Values,
    bands,
    by_setting,
    words,
)

DECADE = 10.0
"""From this ratio of the largest to the smallest value on, an axis is logarithmic."""

STANDOFF = 6
"""Pixels from the labels of an axis to its title: without a number Plotly lets them overlap."""

RATES = (PALETTE.recon, PALETTE.total, PALETTE.kl)
"""Colours of the values of a field, from the first to the last."""

MARKERS = (*SYMBOLS, "square", "diamond", "triangle-down", "x")

Scale = Literal["log", "linear", "category"]


def scale(name: str, values: Sequence[Any]) -> Scale:
    """How an axis shows the values of a field: those of text, and 0 among decades, as categories."""
    if field_spec(name).kind in ("choice", "text"):
        return "category"
    low, high = min(values), max(values)
    if low > 0:
        return "log" if high / low >= DECADE else "linear"
    others = [abs(value) for value in values if value]
    return "category" if max(others) / min(others) >= DECADE else "linear"


def measure_curve(
    axes: Sequence[str], results: Sequence[Result], measure: str, best: Best | None
) -> go.Figure:
    """A measure against the value of the one field that varies, the seeds as a band and as points.

    The line on held-out images has the band from the lowest to the highest seed; the dashed one is of
    the test images. One point a run; the best value has a star.
    """
    (name,) = axes
    known = QUANTITIES[measure]
    held_out, test = bands(results, measure), bands(results, measure, "test")
    kind = scale(name, [result.values[0] for result in results])
    x = _places(name, kind, results)
    apart = field_spec(name).kind in ("choice", "text") or len(held_out) == 1  # a single place makes no line
    band, mean = (_bars, _marks) if apart else (_band, _mean)
    traces = [band(held_out, x), mean(held_out, x, "held-out images, mean", PALETTE.total, "solid"),
              mean(test, x, "test images, mean", PALETTE.baseline, "dash"),
              _runs(axes, results, known, x, {band.values: band for band in held_out})]  # fmt: skip
    if best is not None and best.measure == measure:
        traces.append(_star([x[best.values]], [best.held_out.mean]))
    return go.Figure(traces, {
        "xaxis": {"title": {"text": axis_title(name)}, **_ticks(name, kind, x)},
        "yaxis": {"title": {"text": f"{known.label} ({known.unit})", "standoff": STANDOFF}},
        "hovermode": "closest",
        "showlegend": True,
        "legend": legend_above(),
    })  # fmt: skip


def _places(name: str, kind: Scale, results: Sequence[Result]) -> dict[Values, Any]:
    """Where each value is on the axis."""
    return {
        values: in_words(name, values[0]) if kind == "category" else values[0]
        for values in by_setting(results)
    }


def _ticks(name: str, kind: Scale, x: dict[Values, Any]) -> dict[str, Any]:
    if kind == "category":
        return {"type": "category", "categoryorder": "array", "categoryarray": list(x.values())}
    texts = [in_words(name, value) for value in x.values()]
    return {"type": kind, "tickvals": list(x.values()), "ticktext": texts}


def axis_title(name: str) -> str:
    """What an axis of a field is called: its label, and its unit if it has one."""
    spec = field_spec(name)
    return f"{spec.label} ({spec.unit})" if spec.unit else spec.label


def _band(held_out: list[Band], x: dict[Values, Any]) -> dict[str, Any]:
    ordered = held_out if any(isinstance(place, str) for place in x.values()) else _sorted(held_out, x)
    there = [x[band.values] for band in ordered]
    edges = [band.high for band in ordered] + [band.low for band in reversed(ordered)]
    return {
        "type": "scatter", "mode": "lines", "x": there + there[::-1], "y": edges, "fill": "toself",
        "line": {"width": 0}, "fillcolor": _faint(PALETTE.total), "hoverinfo": "skip",
        "name": "lowest to highest seed",
    }  # fmt: skip


def _sorted(found: list[Band], x: dict[Values, Any]) -> list[Band]:
    return sorted(found, key=lambda band: x[band.values])


def _mean(found: list[Band], x: dict[Values, Any], name: str, color: str, dash: str) -> dict[str, Any]:
    ordered = found if any(isinstance(place, str) for place in x.values()) else _sorted(found, x)
    return {
        "type": "scatter", "mode": "lines", "x": [x[band.values] for band in ordered],
        "y": [band.mean for band in ordered], "line": {"color": color, "width": 2, "dash": dash},
        "hoverinfo": "skip", "name": name,
    }  # fmt: skip


def _bars(held_out: list[Band], x: dict[Values, Any]) -> dict[str, Any]:
    """The band of values between which there is nothing."""
    return {
        "type": "bar", "x": [x[band.values] for band in held_out], "width": 0.5, "hoverinfo": "skip",
        "base": [band.low for band in held_out], "y": [band.high - band.low for band in held_out],
        "marker": {"color": _faint(PALETTE.total)}, "name": "lowest to highest seed",
    }  # fmt: skip


def _marks(found: list[Band], x: dict[Values, Any], name: str, color: str, dash: str) -> dict[str, Any]:
    """The means of values between which there is nothing."""
    symbol = "line-ew-open" if dash == "solid" else "x-thin-open"
    return {
        "type": "scatter", "mode": "markers", "x": [x[band.values] for band in found],
        "y": [band.mean for band in found], "hoverinfo": "skip", "name": name,
        "marker": {"symbol": symbol, "size": 22 if dash == "solid" else 10, "color": color,
                   "line": {"width": 3, "color": color}},
    }  # fmt: skip


def _runs(
    axes: Sequence[str], results: Sequence[Result], measure: Quantity, x: dict[Values, Any],
    held_out: dict[Values, Band],
) -> dict[str, Any]:  # fmt: skip
    shown = [result for result in results if result.value(measure.name) is not None]
    return {
        "type": "scatter", "mode": "markers", "x": [x[result.values] for result in shown],
        "y": [result.value(measure.name) for result in shown],
        "marker": {"color": PALETTE.total, "size": 9},
        "text": [_about(axes, result, measure, held_out[result.values]) for result in shown],
        "customdata": [result.run for result in shown],
        "hovertemplate": "%{text}<extra></extra>", "name": "a run",
    }  # fmt: skip


def _about(axes: Sequence[str], result: Result, measure: Quantity, band: Band) -> str:
    said = f"{words(axes, result.values)}, seed {result.seed}<br>"
    said += f"held-out {measure.with_unit(result.held_out[measure.name])}"
    if measure.name in result.test:
        said += f", test {measure.with_unit(result.test[measure.name])}"
    if band.seeds > 1:
        ends = f"{measure.mean_in_words(band.low)} to {measure.mean_in_words(band.high)}"
        said += f"<br>mean of {band.seeds} seeds {measure.with_unit(band.mean)} ({ends})"
    return said


def _star(x: list[Any], y: list[Any]) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "x": x, "y": y, "hoverinfo": "skip",
        "marker": {"symbol": "star-open", "size": 20, "color": PALETTE.kl, "line": {"width": 2}},
        "name": "best on held-out images",
    }  # fmt: skip


def legend_above() -> dict[str, Any]:
    """Where the entries stand: in a row over the chart."""
    return {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}


def _faint(color: str) -> str:
    red, green, blue = channels(color).astype(int)
    return f"rgba({red},{green},{blue},0.22)"


def rate_distortion(axes: Sequence[str], results: Sequence[Result]) -> go.Figure:
    """KL against reconstruction on held-out images, one point a run, and a line through the means.

    Both are unweighted, in nats per image. Colour and symbol say the value; of two fields, the colour that
    of the first and the symbol that of the second. The line follows the values of
    a numeric field, if one varies (Alemi et al. 2018, "Fixing a Broken ELBO").
    """
    settings = by_setting(results)
    styles = _styles(list(settings))
    traces = [_cloud(axes, values, settings[values], styles[values]) for values in settings]
    if len(axes) > 1:
        traces += _key(axes, styles)
    if len(axes) == 1 and field_spec(axes[0]).kind in ("integer", "number"):
        rates = {band.values: band.mean for band in bands(results, "kl")}
        path = sorted(bands(results, "recon"), key=lambda band: band.values)
        line = {
            "type": "scatter", "mode": "lines", "x": [rates[band.values] for band in path],
            "y": [band.mean for band in path], "hoverinfo": "skip", "showlegend": False,
            "line": {"color": PALETTE.baseline, "width": 1.5},
        }  # fmt: skip
        traces.insert(0, line)
    return go.Figure(traces, {
        "xaxis": {"title": {"text": "rate: KL (nats per image)"}, "autorangeoptions": {"include": 0}},
        "yaxis": {"title": {"text": "distortion: reconstruction (nats per image)", "standoff": STANDOFF}},
        "hovermode": "closest",
        "showlegend": True,
        "legend": legend_above() | {"title": {"text": field_spec(axes[0]).label if len(axes) == 1 else ""}},
    })  # fmt: skip


Style = tuple[str, str]
"""Colour and symbol of a marker."""


def _styles(settings: list[Values]) -> dict[Values, Style]:
    """A colour for each value of the first field, a symbol for each of the last one."""
    first, last = (list(dict.fromkeys(values[axis] for values in settings)) for axis in (0, -1))
    return {
        values: (between(first.index(values[0]) / max(1, len(first) - 1), RATES),
                 MARKERS[last.index(values[-1]) % len(MARKERS)])
        for values in settings
    }  # fmt: skip


def _cloud(
    axes: Sequence[str], values: Values, of_setting: Sequence[Result], style: Style
) -> dict[str, Any]:  # fmt: skip
    shown = [result for result in of_setting if result.value("kl") is not None]
    name = ", ".join(in_words(axis, value) for axis, value in zip(axes, values, strict=True))
    return {
        "type": "scatter", "mode": "markers", "x": [result.value("kl") for result in shown],
        "y": [result.value("recon") for result in shown], "name": name, "showlegend": len(axes) == 1,
        "marker": {"color": style[0], "size": 10, "symbol": style[1]},
        "customdata": [result.run for result in shown],
        "text": [f"{words(axes, values)}, seed {result.seed}" for result in shown],
        "hovertemplate": "%{text}<br>KL %{x:.2f}, reconstruction %{y:.1f} nats<extra></extra>",
    }  # fmt: skip


def _key(axes: Sequence[str], styles: dict[Values, Style]) -> list[dict[str, Any]]:
    """Entries of the legend alone: what each colour and what each symbol means."""
    first, second = ({values: words(axes[axis : axis + 1], values[axis : axis + 1]) for values in styles}
                     for axis in (0, 1))  # fmt: skip
    colors = {first[values]: (color, MARKERS[0]) for values, (color, _) in styles.items()}
    symbols = {second[values]: (PALETTE.baseline, mark) for values, (_, mark) in styles.items()}
    return [
        {"type": "scatter", "mode": "markers", "x": [None], "y": [None], "hoverinfo": "skip", "name": name,
         "marker": {"color": color, "size": 10, "symbol": symbol}}
        for name, (color, symbol) in [*colors.items(), *symbols.items()]
    ]  # fmt: skip
