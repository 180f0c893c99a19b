"""The runs of a sweep as a rate-distortion plot: KL against reconstruction.

The `customdata` of every point is the id of its run.
"""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from vaelab.config import field_spec, in_words
from vaelab.figures.axes import LEGEND_ABOVE, NONE_FINISHED, until_there_are_points
from vaelab.figures.palette import PALETTE, SYMBOLS, between
from vaelab.figures.sweep import STANDOFF
from vaelab.sweeps.results import Result, Values, bands, by_values, words

RATES = (PALETTE.recon, PALETTE.total, PALETTE.kl)
"""Colours of the values of a field, from the first to the last."""

MARKERS = (*SYMBOLS, "square", "diamond", "triangle-down", "x")
"""Symbols of the values of a field, in their order."""

Style = tuple[str, str]
"""Colour and symbol of a marker."""


def rate_distortion(axes: Sequence[str], results: Sequence[Result]) -> go.Figure:
    """KL against reconstruction on held-out images, a point for each run, and a line through the means.

    Both are unweighted, in nats per image. Colour and symbol stand for the value of the field that varies.
    If two fields vary, the colour stands for the value of the first and the symbol for that of the second.
    The line follows the values of a single numeric field (Alemi et al. 2018, "Fixing a Broken ELBO").
    """
    groups = by_values(results)
    styles = _styles(list(groups))
    traces = [_cloud(axes, values, groups[values], styles[values]) for values in groups]
    if len(axes) > 1:
        traces += _legend_entries(axes, styles)
    elif field_spec(axes[0]).kind in ("integer", "number"):
        rates = {band.values: band.mean for band in bands(results, "kl")}
        path = sorted(bands(results, "recon"), key=lambda band: band.values)
        line = {
            "type": "scatter", "mode": "lines", "x": [rates[band.values] for band in path],
            "y": [band.mean for band in path], "hoverinfo": "skip", "showlegend": False,
            "line": {"color": PALETTE.baseline, "width": 1.5},
        }  # fmt: skip
        traces.insert(0, line)
    title = {"text": field_spec(axes[0]).label if len(axes) == 1 else ""}
    figure = go.Figure(
        traces,
        {
            "xaxis": {"title": {"text": "rate: KL (nats per image)"}, "autorangeoptions": {"include": 0}},
            "yaxis": {"title": {"text": "distortion: reconstruction (nats per image)", "standoff": STANDOFF}},
            "hovermode": "closest",
            "showlegend": True,
            "legend": {**LEGEND_ABOVE, "title": title},
        },
    )
    until_there_are_points(figure, NONE_FINISHED)
    return figure


def _styles(combinations: list[Values]) -> dict[Values, Style]:
    """A colour for each value of the first field, a symbol for each value of the last one."""
    first, last = (list(dict.fromkeys(values[axis] for values in combinations)) for axis in (0, -1))
    return {
        values: (
            between(first.index(values[0]) / max(1, len(first) - 1), RATES),
            MARKERS[last.index(values[-1]) % len(MARKERS)],
        )
        for values in combinations
    }


def _cloud(axes: Sequence[str], values: Values, results: Sequence[Result], style: Style) -> dict[str, Any]:
    ended = [result for result in results if result.value("kl") is not None]
    name = ", ".join(in_words(axis, value) for axis, value in zip(axes, values, strict=True))
    return {
        "type": "scatter", "mode": "markers", "x": [result.value("kl") for result in ended],
        "y": [result.value("recon") for result in ended], "name": name, "showlegend": len(axes) == 1,
        "marker": {"color": style[0], "size": 10, "symbol": style[1]},
        "customdata": [result.run for result in ended],
        "text": [f"{words(axes, values)}, seed {result.seed}" for result in ended],
        "hovertemplate": "%{text}<br>KL %{x:.2f}, reconstruction %{y:.1f} nats<extra></extra>",
    }  # fmt: skip


def _legend_entries(axes: Sequence[str], styles: dict[Values, Style]) -> list[dict[str, Any]]:
    """Traces without points, whose entries in the legend explain each colour and each symbol."""
    colors = {words(axes[:1], values[:1]): (color, MARKERS[0]) for values, (color, _) in styles.items()}
    symbols = {words(axes[1:], values[1:]): (PALETTE.baseline, mark) for values, (_, mark) in styles.items()}
    return [
        {"type": "scatter", "mode": "markers", "x": [None], "y": [None], "hoverinfo": "skip", "name": name,
         "marker": {"color": color, "size": 10, "symbol": symbol}}
        for name, (color, symbol) in [*colors.items(), *symbols.items()]
    ]  # fmt: skip
