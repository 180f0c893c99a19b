"""One loss of several runs as a figure: shared axes, and a colour and a line style for each run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from vaelab.config import QUANTITIES, RunConfig
from vaelab.events import Columns
from vaelab.figures.axes import LEGEND_ABOVE
from vaelab.figures.curves import MOST_MARKERS, Curve, axis_of, curve_of, settled_range
from vaelab.figures.palette import RUN_STYLES

COMPARED = ("neg_elbo", "recon", "kl")
"""Quantities to compare: the unweighted losses that training steps and evaluations both report."""


@dataclass(frozen=True)
class ComparedRun:
    """A run in the comparison.

    Parameters
    ----------
    name: short name for the legend.
    style: index into `RUN_STYLES`.
    steps, evaluated: the run's `Step` and `Evaluated` events as columns.
    """

    name: str
    style: int
    config: RunConfig
    steps: Columns
    evaluated: Columns


def losses_to_compare(runs: Sequence[ComparedRun]) -> list[str]:
    """The losses that at least one of the runs has: a run without a KL term has `recon` only."""
    return [name for name in COMPARED if any(QUANTITIES[name].is_defined(run.config) for run in runs)]


def compared_losses(runs: Sequence[ComparedRun], name: str) -> go.Figure:
    """One unweighted loss of several runs by epoch: the test split with dots, training as a thin line.

    The runs must share a scale (see `vaelab.config.comparable.scale_of`). Runs without the loss are left
    out. The first steps, whose losses may be far above all others, do not set the range.
    """
    loss = QUANTITIES[name]
    lines = [
        (run, split, curve_of(rows, name))
        for run in runs
        if loss.is_defined(run.config)
        for split, rows in (("train", run.steps), ("test", run.evaluated))
    ]
    # The axis of the KL reaches down to 0, because a KL near 0 means that the codes are not used.
    limits = settled_range([curve for *_, curve in lines], [0.0] if name == "kl" else [])
    return go.Figure(
        [_trace(*line, listed=line[1] == "test" or not line[0].evaluated.count) for line in lines],
        {
            "xaxis": {
                "title": {"text": "epochs"},
                "range": [0, max(run.config.epochs for run in runs)],
                "unifiedhovertitle": {"text": "epoch %{x:.2f}"},
            },
            "yaxis": {"title": {"text": f"{loss.label} ({loss.unit})"}, **axis_of(limits)},
            "hovermode": "x unified",
            "showlegend": True,
            "legend": LEGEND_ABOVE,
            "uirevision": " ".join(run.name for run in runs),
        },
    )


def _trace(run: ComparedRun, split: str, curve: Curve, *, listed: bool) -> dict[str, Any]:
    color, dash = RUN_STYLES[run.style]
    is_test = split == "test"
    return {
        **curve.as_trace(),
        "mode": "lines+markers" if is_test else "lines",
        "name": run.name,
        "legendgroup": run.name,
        "showlegend": listed,
        "opacity": 1 if is_test else 0.45,
        "line": {"color": color, "width": 2 if is_test else 1, "dash": dash if is_test else "solid"},
        "marker": {"color": color, "size": 6, "maxdisplayed": MOST_MARKERS},
        "hovertemplate": f"{run.name}, {split}: %{{y:.2f}} nats<extra></extra>",
    }
