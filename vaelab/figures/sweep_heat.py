"""A sweep over two fields as a heat map. The `customdata` of a cell is the id of the run that it chooses."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vaelab.config import QUANTITIES, Quantity, in_words
from vaelab.figures.axes import LEGEND_ABOVE
from vaelab.figures.palette import PALETTE, between, text_on
from vaelab.figures.sweep import STANDOFF, axis_title
from vaelab.sweeps.results import Band, Best, Result, Values, bands, by_values, words

LOW, HIGH = "#0b4f8f", "#dcebfa"
"""Colours of the lowest and the highest cell."""


def heat_map(axes: Sequence[str], results: Sequence[Result], measure: str, best: Best | None) -> go.Figure:
    """A quantity on held-out images for each pair of values, averaged over seeds; darker cells are lower."""
    quantity, means = QUANTITIES[measure], bands(results, measure)
    across, down = (list(dict.fromkeys(result.values[axis] for result in results)) for axis in (0, 1))
    cells = np.full((len(down), len(across)), np.nan)
    runs = np.full(cells.shape, "", dtype=object)
    first_runs = {values: group[0].run for values, group in by_values(results).items()}
    for band in means:
        cell = down.index(band.values[1]), across.index(band.values[0])
        cells[cell], runs[cell] = band.mean, first_runs[band.values]
    lowest, highest = (np.nanmin(cells), np.nanmax(cells)) if means else (0.0, 1.0)
    x, y = ([in_words(axes[i], value) for value in values] for i, values in enumerate((across, down)))
    heat = {
        "type": "heatmap", "x": x, "y": y, "z": cells, "zmin": lowest, "zmax": highest,
        "colorscale": [[0, LOW], [1, HIGH]], "xgap": 2, "ygap": 2,
        "hoverinfo": "none", "customdata": runs.tolist(),
        "colorbar": {"title": {"text": quantity.unit, "side": "right"}, "thickness": 12},
    }  # fmt: skip
    traces = [heat, _numbers(axes, first_runs, quantity, means, lowest, highest)]
    if best is not None and best.measure == measure:
        traces.append(_frame(*(in_words(name, value) for name, value in zip(axes, best.values, strict=True))))
    kind = {"type": "category"}
    title = {"text": axis_title(axes[1]), "standoff": STANDOFF}
    return go.Figure(
        traces,
        {
            "xaxis": {"title": {"text": axis_title(axes[0])}, "categoryarray": x, **kind},
            "yaxis": {"title": title, "categoryarray": y, **kind},
            "hovermode": "closest",
            "showlegend": best is not None,
            "legend": LEGEND_ABOVE,
        },
    )


def _numbers(
    axes: Sequence[str],
    first_runs: dict[Values, str],
    quantity: Quantity,
    means: list[Band],
    low: float,
    high: float,
) -> dict[str, Any]:
    """The means as texts on their cells; a click on a text chooses the first run of its cell."""
    spread = high - low or 1.0
    colors = [text_on(between((band.mean - low) / spread, (LOW, HIGH))) for band in means]
    x, y = ([in_words(axes[axis], band.values[axis]) for band in means] for axis in (0, 1))
    return {
        "type": "scatter", "mode": "text", "x": x, "y": y, "showlegend": False,
        "text": [quantity.mean_in_words(band.mean) for band in means], "textfont": {"color": colors},
        "customdata": [first_runs[band.values] for band in means],
        "hovertext": [f"{words(axes, band.values)}<br>mean of {band.seeds}: {quantity.with_unit(band.mean)}"
                      for band in means],
        "hovertemplate": "%{hovertext}<extra></extra>", "name": "held-out images",
    }  # fmt: skip


def _frame(x: str, y: str) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "x": [x], "y": [y], "hoverinfo": "skip",
        "marker": {"symbol": "square-open", "size": 44, "color": PALETTE.kl, "line": {"width": 3}},
        "name": "best on held-out images",
    }  # fmt: skip
