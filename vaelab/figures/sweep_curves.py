"""The curves of a sweep's runs while they train: a small panel for each setting, on shared axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vaelab.config.fields import field_spec, in_words
from vaelab.config.quantities import QUANTITIES
from vaelab.figures.axes import axis_limits, decimate
from vaelab.figures.palette import PALETTE
from vaelab.sweeps.results import Values

POINTS = 120
"""Points that a line is drawn with, at most."""

FIRST_STEPS = 20
"""Points at the start of a line that may be far above all others, and do not set the axis."""

COLUMNS = (3, 4, 6)
MOST_ROWS = 3
"""Columns of the panels: the first of `COLUMNS` that needs no more rows than this, else the last."""

LONGEST_LINE = 16
"""Letters of a panel's title in a line: as many as have room above the narrowest."""

PANEL_HEIGHT = 150
"""CSS pixels of a panel with its title."""


@dataclass(frozen=True)
class Curve:
    """One run's course: what it said at its training steps and after its epochs, as columns."""

    values: Values
    seed: int
    diverged: bool
    steps: Mapping[str, Sequence[Any]]
    evaluated: Mapping[str, Sequence[Any]]


def panel_columns(settings: int) -> int:
    """Columns of the panels of so many settings."""
    wanted = next((columns for columns in COLUMNS if settings <= columns * MOST_ROWS), COLUMNS[-1])
    return min(settings, wanted)


def panels_height(settings: int) -> int:
    """CSS pixels that the panels of so many settings need."""
    return 70 + PANEL_HEIGHT * -(-settings // panel_columns(settings))


def curves(axes: Sequence[str], courses: Sequence[Curve], measure: str, epochs: int) -> go.Figure:
    """A panel for each setting: thin lines of training, one a seed, with dots on held-out images.

    Parameters
    ----------
    courses: of all runs, also of those that have not begun: their panels wait, empty.
    measure: which one is drawn; training steps have no squared error, so that one has only dots.
    epochs: of the longest run.
    """
    settings = list(dict.fromkeys(course.values for course in courses))
    columns = panel_columns(len(settings))
    rows = -(-len(settings) // columns)
    traces, layout = [], _layout(axes, measure)
    drawn = [(course, _train(course, measure), _held_out(course, measure)) for course in courses]
    # What diverged leaves the axis to the others, if there are any.
    sound = [each for each in drawn if not each[0].diverged] or drawn
    limits = _limits([_settled(train[1]) for _, train, _ in sound], [dots[1] for *_, dots in sound])
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
        for course, train, dots in drawn:
            if course.values == values:
                traces += _traces(course, train, dots, number, measure)
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


def _train(course: Curve, measure: str) -> tuple[np.ndarray, np.ndarray]:
    x, y = _column(course.steps, "epoch"), _measured(course.steps, measure, "")
    return decimate(x, y, POINTS) if len(x) else (x, y)


def _held_out(course: Curve, measure: str) -> tuple[np.ndarray, np.ndarray]:
    return _column(course.evaluated, "epoch"), _measured(course.evaluated, measure, "held_out_")


def _measured(rows: Mapping[str, Sequence[Any]], measure: str, prefix: str) -> np.ndarray:
    if measure == "neg_elbo":
        return _column(rows, f"{prefix}recon") + _column(rows, f"{prefix}kl")
    column = _column(rows, f"{prefix}{measure}")
    return column if len(column) else np.full(len(_column(rows, "epoch")), np.nan)


def _column(rows: Mapping[str, Sequence[Any]], name: str) -> np.ndarray:
    return np.array(rows.get(name, ()), dtype=np.float64)


def _settled(line: np.ndarray) -> np.ndarray:
    return line[min(FIRST_STEPS, len(line) // 2) :]


def _limits(lines: list[np.ndarray], dots: list[np.ndarray]) -> dict[str, Any]:
    """Ends of the axis that all panels share; how far the first steps and a rare spike go does not matter."""
    lowest, values = _finite(dots), _finite([*lines, *dots])
    if not len(values):
        return {}
    low, high = (float(end) for end in np.quantile(values, (0.01, 0.99)))
    low = min([low, *lowest])  # every dot of a good run is in view
    air = 0.05 * (high - low) or 0.05
    return axis_limits(low - air, high + air)


def _finite(arrays: list[np.ndarray]) -> np.ndarray:
    values = np.concatenate([*arrays, np.zeros(0)])
    return values[np.isfinite(values)]


def _traces(
    course: Curve, train: tuple[np.ndarray, np.ndarray], dots: tuple[np.ndarray, np.ndarray],
    number: str, measure: str,
) -> list[dict[str, Any]]:  # fmt: skip
    panel = {"type": "scatter", "xaxis": f"x{number}", "yaxis": f"y{number}"}
    digits = QUANTITIES[measure].digits
    line = {
        **panel, "mode": "lines", "x": train[0].astype(np.float32), "y": train[1].astype(np.float32),
        "line": {"color": PALETTE.recon, "width": 1}, "hoverinfo": "skip",
    }  # fmt: skip
    marks = {
        **panel, "mode": "lines+markers", "x": dots[0], "y": dots[1], "name": f"seed {course.seed}",
        "line": {"color": PALETTE.total, "width": 1}, "marker": {"color": PALETTE.total, "size": 5},
        "hovertemplate": f"held-out, seed {course.seed}, epoch %{{x:.3g}}: %{{y:.{digits}f}}<extra></extra>",
    }  # fmt: skip
    return [line, marks]
