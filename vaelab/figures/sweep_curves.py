"""The curves of a sweep's runs while they train: a small panel for each setting, on shared axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from vaelab.config.fields import field_spec, in_words
from vaelab.config.quantities import QUANTITIES
from vaelab.events import Columns
from vaelab.figures.curves import Curve, axis_of, curve_of, settled_range
from vaelab.figures.palette import PALETTE
from vaelab.sweeps.results import Values

POINTS = 120
"""Points that a line is drawn with, at most."""

COLUMNS = (3, 4, 6)
MOST_ROWS = 3
"""Columns of the panels: the first of `COLUMNS` that needs no more rows than this, else the last."""

LONGEST_LINE = 16
"""Letters of a panel's title in a line: as many as have room above the narrowest."""

PANEL_HEIGHT = 150
"""CSS pixels of a panel with its title."""


@dataclass(frozen=True)
class SweptRun:
    """One of a sweep's runs: its `Step` and `Evaluated` events as columns."""

    values: Values
    seed: int
    diverged: bool
    steps: Columns
    evaluated: Columns


def panel_columns(settings: int) -> int:
    """Columns of the panels of so many settings."""
    wanted = next((columns for columns in COLUMNS if settings <= columns * MOST_ROWS), COLUMNS[-1])
    return min(settings, wanted)


def panels_height(settings: int) -> int:
    """CSS pixels that the panels of so many settings need."""
    return 70 + PANEL_HEIGHT * -(-settings // panel_columns(settings))


def curves(axes: Sequence[str], runs: Sequence[SweptRun], measure: str, epochs: int) -> go.Figure:
    """A panel for each setting: thin lines of training, one a seed, with dots on held-out images.

    Parameters
    ----------
    runs: all of them, also those that have not begun: their panels wait, empty.
    measure: which one is drawn; training steps have no squared error, so that one has only dots.
    epochs: of the longest run.
    """
    settings = list(dict.fromkeys(run.values for run in runs))
    columns = panel_columns(len(settings))
    rows = -(-len(settings) // columns)
    traces, layout = [], _layout(axes, measure)
    drawn = [
        (run, curve_of(run.steps, measure), curve_of(run.evaluated, measure, "held_out_")) for run in runs
    ]
    # What diverged leaves the axis to the others, if there are any.
    sound = [each for each in drawn if not each[0].diverged] or drawn
    limits = axis_of(settled_range([curve for _, *both in sound for curve in both]))
    for place, values in enumerate(settings):
        row, column = divmod(place, columns)
        number = "" if place == 0 else str(place + 1)
        left, bottom = column / columns, 1 - (row + 1) / rows
        layout[f"xaxis{number}"] = {
            "domain": [left + 0.02 / columns, left + 0.9 / columns], "anchor": f"y{number}",
            "range": [0, epochs], "nticks": 4, "showticklabels": place + columns >= len(settings),
        }  # fmt: skip
        layout[f"yaxis{number}"] = {
            "domain": [bottom + 0.06 / rows, bottom + 0.8 / rows], "anchor": f"x{number}",
            "showticklabels": column == 0, "nticks": 4, "matches": "y" if number else None, **limits,
        }  # fmt: skip
        layout["annotations"].append(_heading(axes, values, left + 0.02 / columns, bottom + 0.81 / rows))
        for run, train, dots in drawn:
            if run.values == values:
                traces += _traces(run, train, dots, number, measure)
    return go.Figure(traces, layout)


def _layout(axes: Sequence[str], measure: str) -> dict[str, Any]:
    known = QUANTITIES[measure]
    panels = f"; panels: {' · '.join(field_spec(name).label for name in axes)}" if len(axes) > 1 else ""
    return {
        "annotations": [], "showlegend": False, "hovermode": "closest",
        "title": {"text": f"{known.label} ({known.unit}){panels}", "font": {"size": 13}},
    }  # fmt: skip


def _heading(axes: Sequence[str], values: Values, x: float, y: float) -> dict[str, Any]:
    words = " · ".join(in_words(name, value) for name, value in zip(axes, values, strict=True))
    text = "<br>".join(wrap(words, LONGEST_LINE))
    return {"text": f"<b>{text}</b>", "xref": "paper", "yref": "paper", "x": x, "y": y,
            "xanchor": "left", "yanchor": "bottom", "showarrow": False, "font": {"size": 12}}  # fmt: skip


def _traces(run: SweptRun, train: Curve, dots: Curve, number: str, measure: str) -> list[dict[str, Any]]:
    panel = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
    digits = QUANTITIES[measure].digits
    line = {
        **panel, **train.drawn(POINTS), "mode": "lines",
        "line": {"color": PALETTE.recon, "width": 1}, "hoverinfo": "skip",
    }  # fmt: skip
    marks = {
        **panel, **dots.drawn(), "mode": "lines+markers", "name": f"seed {run.seed}",
        "line": {"color": PALETTE.total, "width": 1}, "marker": {"color": PALETTE.total, "size": 5},
        "hovertemplate": f"held-out, seed {run.seed}, epoch %{{x:.3g}}: %{{y:.{digits}f}}<extra></extra>",
    }  # fmt: skip
    return [line, marks]
