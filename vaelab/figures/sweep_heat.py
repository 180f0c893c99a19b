"""A sweep over two fields as a heat map; a cell has as its `customdata` the id of the run that it chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vaelab.config.fields import in_words
from vaelab.config.quantities import QUANTITIES, Quantity
from vaelab.figures.palette import PALETTE, between, text_on
from vaelab.figures.sweep import STANDOFF, axis_title, legend_above
from vaelab.sweeps.results import Band, Best, Result, Values, bands, by_setting, words

LOW, HIGH = "#0b4f8f", "#dcebfa"
"""Colours of the lowest and the highest cell."""


def heat_map(axes: Sequence[str], results: Sequence[Result], measure: str, best: Best | None) -> go.Figure:
    """A measure on held-out images for each pair of values, averaged over seeds; the darker, the lower."""
    known, found = QUANTITIES[measure], bands(results, measure)
    across, down = (list(dict.fromkeys(result.values[axis] for result in results)) for axis in (0, 1))
    names = [[in_words(name, value) for value in values]
             for name, values in zip(axes, (across, down), strict=True)]  # fmt: skip
    cells = np.full((len(down), len(across)), np.nan)
    runs = np.full(cells.shape, "", dtype=object)
    first = {values: of_setting[0].run for values, of_setting in by_setting(results).items()}
    for band in found:
        cell = down.index(band.values[1]), across.index(band.values[0])
        cells[cell], runs[cell] = band.mean, first[band.values]
    lowest, highest = (np.nanmin(cells), np.nanmax(cells)) if found else (0.0, 1.0)
    heat = {
        "type": "heatmap", "x": names[0], "y": names[1], "z": cells, "zmin": lowest, "zmax": highest,
        "colorscale": [[0, LOW], [1, HIGH]], "xgap": 2, "ygap": 2,
        "hoverinfo": "none", "customdata": runs.tolist(),
        "colorbar": {"title": {"text": known.unit, "side": "right"}, "thickness": 12},
    }  # fmt: skip
    traces = [heat, _numbers(axes, first, known, found, lowest, highest)]
    if best is not None and best.measure == measure:
        place = [in_words(name, value) for name, value in zip(axes, best.values, strict=True)]
        traces.append(_frame(place))
    return go.Figure(traces, {
        "xaxis": {"title": {"text": axis_title(axes[0])}, "type": "category", "categoryarray": names[0]},
        "yaxis": {"title": {"text": axis_title(axes[1]), "standoff": STANDOFF}, "type": "category",
                  "categoryarray": names[1]},
        "hovermode": "closest",
        "showlegend": best is not None,
        "legend": legend_above(),
    })  # fmt: skip


def _numbers(
    axes: Sequence[str], first: dict[Values, str], measure: Quantity, found: list[Band],
    low: float, high: float,
) -> dict[str, Any]:  # fmt: skip
    """The means as text on their cells; choosing one chooses its first run."""
    spread = high - low or 1.0
    colors = [text_on(between((band.mean - low) / spread, (LOW, HIGH))) for band in found]
    x, y = ([in_words(axes[axis], band.values[axis]) for band in found] for axis in (0, 1))
    return {
        "type": "scatter", "mode": "text", "x": x, "y": y, "showlegend": False,
        "text": [measure.mean_in_words(band.mean) for band in found], "textfont": {"color": colors},
        "customdata": [first[band.values] for band in found],
        "hovertext": [f"{words(axes, band.values)}<br>mean of {band.seeds}: {measure.with_unit(band.mean)}"
                      for band in found],
        "hovertemplate": "%{hovertext}<extra></extra>", "name": "held-out images",
    }  # fmt: skip


def _frame(place: list[str]) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "x": place[:1], "y": place[1:], "hoverinfo": "skip",
        "marker": {"symbol": "square-open", "size": 44, "color": PALETTE.kl, "line": {"width": 3}},
        "name": "best on held-out images",
    }  # fmt: skip
