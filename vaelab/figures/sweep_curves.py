"""The curves of a sweep's runs while they train: a small panel for each combination of values."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from vaelab.config import QUANTITIES, field_spec, in_words
from vaelab.events import Columns
from vaelab.figures.curves import Curve, axis_of, curve_of, settled_range
from vaelab.figures.palette import PALETTE
from vaelab.sweeps.results import Values

POINTS = 120
"""Largest number of points of a drawn line."""

COLUMNS = (3, 4, 6)
MOST_ROWS = 3
"""The panels have the first number of `COLUMNS` with which they need at most `MOST_ROWS`, else the last."""

LONGEST_LINE = 16
"""Letters in each line of a panel's title: as many as fit above the narrowest panel."""

PANEL_HEIGHT = 150
"""Height of a panel with its title, in CSS pixels."""


@dataclass(frozen=True)
class SweptRun:
    """One of a sweep's runs: its `Step` and `Evaluated` events as columns."""

    values: Values
    seed: int
    diverged: bool
    steps: Columns
    evaluated: Columns


def panel_columns(panels: int) -> int:
    """The number of columns in which so many panels stand."""
    return min(panels, next((c for c in COLUMNS if panels <= c * MOST_ROWS), COLUMNS[-1]))


def panels_height(panels: int) -> int:
    """The height of so many panels in CSS pixels."""
    return 70 + PANEL_HEIGHT * -(-panels // panel_columns(panels))


def curves(axes: Sequence[str], runs: Sequence[SweptRun], measure: str, epochs: int) -> go.Figure:
    """A panel for each combination of values, with two lines for each seed.

    The thin line is the training loss, the one with dots the loss on held-out images.

    Parameters
    ----------
    runs: all runs of the sweep; a run that has not begun keeps an empty panel.
    measure: the quantity that is drawn; training steps have no squared error, so it has only dots.
    epochs: the epochs of the longest run.
    """
    combinations = list(dict.fromkeys(run.values for run in runs))
    columns = panel_columns(len(combinations))
    rows = -(-len(combinations) // columns)
    traces, layout = [], _layout(axes, measure)
    lines = [
        (run, curve_of(run.steps, measure), curve_of(run.evaluated, measure, "held_out_")) for run in runs
    ]
    # Runs that diverged do not set the range, unless all of them have.
    sound = [line for line in lines if not line[0].diverged] or lines
    limits = axis_of(settled_range([curve for _, *both in sound for curve in both]))
    for index, values in enumerate(combinations):
        row, column = divmod(index, columns)
        number = str(index + 1) if index else ""
        left, bottom = column / columns, 1 - (row + 1) / rows
        layout[f"xaxis{number}"] = {
            "domain": [left + 0.02 / columns, left + 0.9 / columns], "anchor": f"y{number}",
            "range": [0, epochs], "nticks": 4, "showticklabels": index + columns >= len(combinations),
        }  # fmt: skip
        layout[f"yaxis{number}"] = {
            "domain": [bottom + 0.06 / rows, bottom + 0.8 / rows], "anchor": f"x{number}",
            "showticklabels": column == 0, "nticks": 4, "matches": "y" if number else None, **limits,
        }  # fmt: skip
        layout["annotations"].append(_heading(axes, values, left + 0.02 / columns, bottom + 0.81 / rows))
        for run, train, held_out in lines:
            if run.values == values:
                traces += _traces(run, train, held_out, number, measure)
    return go.Figure(traces, layout)


def _layout(axes: Sequence[str], measure: str) -> dict[str, Any]:
    quantity = QUANTITIES[measure]
    panels = f"; panels: {' · '.join(field_spec(name).label for name in axes)}" if len(axes) > 1 else ""
    return {
        "annotations": [],
        "showlegend": False,
        "hovermode": "closest",
        "title": {"text": f"{quantity.label} ({quantity.unit}){panels}", "font": {"size": 13}},
    }


def _heading(axes: Sequence[str], values: Values, x: float, y: float) -> dict[str, Any]:
    words = " · ".join(in_words(name, value) for name, value in zip(axes, values, strict=True))
    return {
        "text": f"<b>{'<br>'.join(wrap(words, LONGEST_LINE))}</b>", "xref": "paper", "yref": "paper",
        "x": x, "y": y, "xanchor": "left", "yanchor": "bottom", "showarrow": False, "font": {"size": 12},
    }  # fmt: skip


def _traces(run: SweptRun, train: Curve, held_out: Curve, number: str, measure: str) -> list[dict[str, Any]]:
    panel = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
    digits = QUANTITIES[measure].digits
    line = {
        **panel, **train.as_trace(POINTS), "mode": "lines",
        "line": {"color": PALETTE.recon, "width": 1}, "hoverinfo": "skip",
    }  # fmt: skip
    marks = {
        **panel, **held_out.as_trace(), "mode": "lines+markers", "name": f"seed {run.seed}",
        "line": {"color": PALETTE.total, "width": 1}, "marker": {"color": PALETTE.total, "size": 5},
        "hovertemplate": f"held-out, seed {run.seed}, epoch %{{x:.3g}}: %{{y:.{digits}f}}<extra></extra>",
    }  # fmt: skip
    return [line, marks]
