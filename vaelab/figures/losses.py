"""The losses of a run as a figure: the reconstruction term and, for a VAE, the KL term.

The two have different scales, so a VAE's figure has two panels above one axis of epochs.
"""

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from vaelab.config import QUANTITIES, RunConfig, as_text, field_spec
from vaelab.config.objective import minimises_another_sum, objective_in_words, total_in_words
from vaelab.data import DATASETS
from vaelab.events import Columns
from vaelab.figures.axes import LEGEND_ABOVE
from vaelab.figures.curves import MOST_MARKERS, Curve, Range, axis_of, curve_of, settled_range
from vaelab.figures.palette import PALETTE
from vaelab.words import with_minus

_LOWER = "y2"
"""The y axis of the lower panel, which shows the KL term; that of the upper panel is `y`."""

CLOSE = 0.01
"""Share of the axis of epochs below which two moves of one dial are drawn as one."""


@dataclass(frozen=True)
class _Line:
    """One line of the figure, with all its points."""

    name: str
    split: str
    """`train`, with many points per epoch, or `test`, with one."""
    color: str
    curve: Curve
    axis: str = "y"
    dash: str = "solid"
    short: str = ""
    """The name where there is little room, if another one."""


@dataclass(frozen=True)
class _Level:
    """A labelled horizontal line through the upper panel."""

    text: str
    value: float
    color: str
    dash: str
    edge: str = "bottom"
    """The edge of the text that touches the line."""
    end: str = "end"
    """The end of the line at which the text stands."""


def losses(
    steps: Columns,
    evaluated: Columns,
    changed: Columns | None = None,
    *,
    config: RunConfig,
    started: Mapping[str, Any] | None,
    log: bool = False,
) -> go.Figure:
    """Losses by epoch, in nats per image: training as thin lines, the test split with markers.

    `recon`, `kl` and their sum are unweighted. The weighted objective is a further, dashed line where it
    differs from the sum. An AE has neither a KL term nor an ELBO, and so only the reconstruction term. The
    axis of epochs is as long as the run, and the first steps do not set the range of the losses. A zoom
    lasts as long as the config and the scale stay the same.

    Parameters
    ----------
    steps, evaluated, changed
        The run's `Step`, `Evaluated` and `Changed` events as columns; may be empty.
    config
        The run's config.
    started
        The fields of the run's `Started` event, for the baselines; None if there is none yet.
    log
        Whether the loss axes are logarithmic; ignored where `log_allowed` is false.
    """
    log = log and log_allowed(steps, evaluated)
    changes = changed.rows() if changed else []
    moved = {row["field"] for row in changes}
    lines = _lines(steps, evaluated, config, moved)
    levels = [level for level in _baselines(started) if level.value > 0 or not log]
    limits = {"y": _limits(lines, "y", [level.value for level in levels])}
    if config.traits.has_kl:
        limits[_LOWER] = _limits(lines, _LOWER, [] if log else [0.0])
    notes: list[dict[str, Any]] = []
    if config.stop_loss is not None:
        limits["y"], more_levels, notes = _stop(config.stop_loss, limits["y"], log)
        levels += more_levels
    return go.Figure(
        [_trace(line, listed=line.split == "train" or not steps.count) for line in lines],
        {
            **_axes(config, limits, log),
            "shapes": [*map(_shape, levels), *_moves(changes, config.epochs)],
            "annotations": notes,
            "hovermode": "x unified",
            "hoversubplots": "axis",
            "showlegend": True,
            "legend": {
                **LEGEND_ABOVE,
                "title": {"text": "thin line: train, with dots: test", "side": "top", "font": {"size": 12}},
            },
            "uirevision": _revision(config),
        },
    )


def log_allowed(steps: Columns, evaluated: Columns) -> bool:
    """Whether every loss so far is above 0, as a logarithmic axis needs it."""
    columns = [rows[name] for rows in (steps, evaluated) for name in ("recon", "kl", "objective")]
    return not any((column <= 0).any() for column in columns)  # a missing value is NaN


def _lines(steps: Columns, evaluated: Columns, config: RunConfig, moved: Collection[str]) -> list[_Line]:
    lines = []
    weighted = minimises_another_sum(config, moved)
    recon, kl, total = QUANTITIES["recon"].label, QUANTITIES["kl"].label, total_in_words(config)
    short = "recon." if weighted else ""  # a fourth name then shares the room
    for split, rows in (("train", steps), ("test", evaluated)):
        lines.append(_Line(recon, split, PALETTE.recon, curve_of(rows, "recon"), short=short))
        if config.traits.has_kl:
            lines.append(_Line(kl, split, PALETTE.kl, curve_of(rows, "kl"), _LOWER))
            sums, part = curve_of(rows, "neg_elbo"), total.replace(recon, "recon.")
            lines.append(_Line(total, split, PALETTE.total, sums, short=part))
    if weighted:
        moving = config.beta_warmup > 0 or "beta" in moved
        name = f"trained on {objective_in_words(config, moving=moving, reconstruction='recon.')}"
        curve = curve_of(steps, "objective")
        lines.append(_Line(name, "train", PALETTE.objective, curve, dash="dash", short="trained on"))
    return lines


def _trace(line: _Line, listed: bool) -> dict[str, Any]:
    thin = line.split == "train" and line.dash == "solid"
    return {
        **line.curve.as_trace(),
        "mode": "lines" if line.split == "train" else "lines+markers",
        "yaxis": line.axis,
        "name": line.name,
        "meta": {"short": line.short or line.name},
        "legendgroup": line.name,
        "showlegend": listed,
        "line": {"color": line.color, "width": 1 if thin else 2, "dash": line.dash},
        # A browser draws each marker separately, which takes longer than all lines together.
        "marker": {"color": line.color, "size": 6, "maxdisplayed": MOST_MARKERS},
        "hovertemplate": f"{line.split} {line.name}: %{{y:.2f}} nats<extra></extra>",
    }


def _limits(lines: list[_Line], axis: str, levels: list[float]) -> Range | None:
    """The range of values to show in a panel."""
    return settled_range([line.curve for line in lines if line.axis == axis], levels)


def _axes(config: RunConfig, limits: dict[str, Range | None], log: bool) -> dict[str, Any]:
    scale = {"type": "log" if log else "linear", "uirevision": f"{_revision(config)} {'log' * log}"}
    upper = {
        "title": {"text": f"loss ({DATASETS[config.dataset].kind.nats})"},
        **axis_of(limits["y"], log),
        **scale,
    }
    hover = {"unifiedhovertitle": {"text": "epoch %{x:.2f}"}}
    epochs = {"title": {"text": "epochs"}, "range": [0, config.epochs], **hover}
    if _LOWER not in limits:
        return {"xaxis": epochs, "yaxis": upper}
    lower = {"title": {"text": "KL (nats)"}, **axis_of(limits[_LOWER], log), **scale}
    return {
        "xaxis": {**epochs, "anchor": _LOWER},
        "yaxis": {**upper, "domain": [0.37, 1]},
        "yaxis2": {**lower, "domain": [0, 0.3]},
    }


def _baselines(started: Mapping[str, Any] | None) -> list[_Level]:
    """The losses that can be known without a model."""
    if started is None:
        return []
    mean, floor = started["mean_image_loss"], started["floor_loss"]
    levels = [_Level(f"without a model: mean image ({mean:.1f})", mean, PALETTE.baseline, "dot", edge="top")]
    if floor is not None:
        levels.append(_Level(f"floor of the test images ({floor:.1f})", floor, PALETTE.baseline, "dot"))
    return levels


def _shape(level: _Level) -> dict[str, Any]:
    return {
        "type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": level.value, "y1": level.value,
        "line": {"color": level.color, "width": 1.5, "dash": level.dash},
        "label": {"text": level.text, "textposition": level.end, "yanchor": level.edge, "font": {"size": 12}},
    }  # fmt: skip


def _moves(changes: Sequence[Mapping[str, Any]], epochs: int) -> list[dict[str, Any]]:
    """A labelled vertical line for each move of a dial; of moves too close to tell apart, for the last."""
    shown = [
        row
        for row, after in zip(changes, [*changes, None][1:], strict=True)
        if after is None or after["epoch"] - row["epoch"] > CLOSE * epochs or after["field"] != row["field"]
    ]
    return [
        {
            "type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": row["epoch"], "x1": row["epoch"],
            "line": {"color": PALETTE.baseline, "width": 1, "dash": "dot"},
            "label": {"text": move_in_words(row), "textposition": "end", "font": {"size": 12}},
        }
        for row in shown
    ]  # fmt: skip


def move_in_words(row: Mapping[str, Any]) -> str:
    """A move of a dial: "beta 10", or "beta by schedule"."""
    label = field_spec(row["field"]).label.lower()
    return f"{label} {as_text(row['value'])}" if row["value"] is not None else f"{label} by schedule"


def _stop(
    value: float, limits: Range | None, log: bool
) -> tuple[Range | None, list[_Level], list[dict[str, Any]]]:
    """The range extended to `stop_loss`, with its line; a note at the edge if that would be far wider."""
    level = _Level(with_minus(f"stop at {value:g} nats"), value, PALETTE.objective, "dashdot", end="start")
    if limits is None:
        return None, [level] if value > 0 or not log else [], []
    low, high = limits
    wide = (min(low, value), max(high, value))
    if wide[1] - wide[0] <= 1.5 * (high - low) and (value > 0 or not log):
        return wide, [level], []
    arrow, y, anchor = ("↑", 1, "top") if value > high else ("↓", 0, "bottom")
    note = {
        "text": f"{level.text} {arrow}",
        "xref": "x domain",
        "x": 0,
        "xanchor": "left",
        "yref": "y domain",
        "y": y,
        "yanchor": anchor,
        "showarrow": False,
        "font": {"size": 12},
    }
    return limits, [], [note]


def _revision(config: RunConfig) -> str:
    """A text that differs between configs, so that a zoom into one run is not kept for the next."""
    return f"{zlib.crc32(config.model_dump_json().encode()):08x}"
