"""Figures of the lessons: arrays as Plotly figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vaelab.figures.palette import PALETTE, text_on

_LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}


def ring(x: float, y: float) -> dict[str, Any]:
    """A trace: a ring round the point that is chosen."""
    return {
        "type": "scatter", "mode": "markers", "x": [x], "y": [y], "hoverinfo": "skip", "showlegend": False,
        "marker": {"symbol": "circle-open", "size": 22, "color": PALETTE.kl, "line": {"width": 3}},
    }  # fmt: skip


def compression_curve(
    dimensions: Sequence[int], errors: Sequence[float], chosen: int, models: Mapping[str, tuple[int, float]]
) -> go.Figure:
    """Squared error of PCA against the size of its code, and single models beside it.

    Parameters
    ----------
    errors: per pixel, one for each of `dimensions`.
    chosen: the size that is marked.
    models: latent dimension and squared error per pixel by name.
    """
    place = list(dimensions).index(chosen)
    traces = [
        {"type": "scatter", "mode": "lines+markers", "name": "PCA", "x": list(dimensions), "y": list(errors),
         "line": {"color": PALETTE.baseline}, "marker": {"size": 6},
         "hovertemplate": "PCA, %{x} numbers: %{y:.4f}<extra></extra>"},
        ring(chosen, errors[place]),
    ]  # fmt: skip
    colors, symbols = (PALETTE.recon, PALETTE.total, PALETTE.objective), ("diamond", "square", "cross")
    traces += [
        {"type": "scatter", "mode": "markers", "name": name, "x": [size], "y": [error],
         "marker": {"size": 12, "color": color, "symbol": symbol},
         "hovertemplate": f"{name}, %{{x}} numbers: %{{y:.4f}}<extra></extra>"}
        for (name, (size, error)), color, symbol in zip(models.items(), colors, symbols, strict=False)
    ]  # fmt: skip
    return go.Figure(traces, {
        "xaxis": {"type": "log", "title": {"text": "numbers a code has"}, "tickvals": list(dimensions)},
        "yaxis": {"title": {"text": "squared error per pixel"}, "rangemode": "tozero"},
        "showlegend": True, "legend": _LEGEND,
    })  # fmt: skip


def pixel_curves(
    answers: np.ndarray, losses: Mapping[str, np.ndarray], answer: float, costs: Mapping[str, float]
) -> go.Figure:
    """What a pixel costs for every answer from 0 to 1, with one answer marked.

    Parameters
    ----------
    losses: (K,) by name, for the `answers` (K,).
    costs: the same of the marked answer.
    """
    colors = dict(zip(losses, (PALETTE.recon, PALETTE.total), strict=True))
    dashes = dict(zip(losses, ("solid", "dash"), strict=True))
    lines = [
        {"type": "scatter", "mode": "lines", "name": name, "x": answers, "y": values,
         "line": {"color": colors[name], "dash": dashes[name]},
         "hovertemplate": f"{name} at %{{x:.2f}}: %{{y:.3f}}<extra></extra>"}
        for name, values in losses.items()
    ]  # fmt: skip
    marks = [
        {"type": "scatter", "mode": "markers", "x": [answer], "y": [cost], "showlegend": False,
         "marker": {"size": 11, "color": colors[name]}, "hoverinfo": "skip"}
        for name, cost in costs.items()
    ]  # fmt: skip
    return go.Figure([*lines, *marks], {
        "xaxis": {"title": {"text": "the network's answer"}, "range": [0, 1]},
        "yaxis": {"title": {"text": "loss of the pixel"}, "rangemode": "tozero"},
        "showlegend": True, "legend": _LEGEND,
    })  # fmt: skip


_REACH = 4.5
"""How far from 0 the densities are drawn: 99.999 % of the prior's draws are nearer."""


def posterior_and_prior(mean: float, logvar: float | None, z: np.ndarray) -> go.Figure:
    """The densities of a one-dimensional posterior and of the prior, and codes (S,) on the axis below.

    Without a log-variance the posterior is a line at its mean.
    """
    at = np.linspace(-_REACH, _REACH, 181)
    shown = {"prior p": (at, _normal(at, 0.0, 1.0), PALETTE.prior, "dash")}
    if logvar is None:
        line = np.array([mean, mean]), np.array([0.0, _normal(np.zeros(1), 0.0, 1.0)[0]])
        shown["mean"] = (*line, PALETTE.posterior, "solid")
    else:
        deviation = float(np.exp(logvar / 2))
        # Dense round the mean, where a narrow posterior is.
        at = np.sort(np.concatenate([at, mean + deviation * np.linspace(-4, 4, 81)]))
        shown["posterior q"] = (at, _normal(at, mean, deviation), PALETTE.posterior, "solid")
    lines = [
        {"type": "scatter", "mode": "lines", "name": name, "x": x, "y": density,
         "line": {"color": color, "dash": dash},
         "hovertemplate": f"{name} at %{{x:.2f}}: %{{y:.3f}}<extra></extra>"}
        for name, (x, density, color, dash) in shown.items()
    ]  # fmt: skip
    drawn = {
        "type": "scatter", "mode": "markers", "name": "codes drawn", "x": z, "y": np.zeros(len(z)),
        "marker": {"symbol": "line-ns-open", "size": 14, "color": PALETTE.total, "line": {"width": 2}},
        "hovertemplate": "z = %{x:.3f}<extra></extra>",
    }  # fmt: skip
    return go.Figure([*lines, drawn], {
        "xaxis": {"title": {"text": "code z"}},
        "yaxis": {"title": {"text": "density"}, "rangemode": "tozero"},
        "showlegend": True, "legend": _LEGEND,
    })  # fmt: skip


def _normal(at: np.ndarray, mean: float, deviation: float) -> np.ndarray:
    return np.exp(-0.5 * ((at - mean) / deviation) ** 2) / (deviation * np.sqrt(2 * np.pi))


def running_estimate(running: np.ndarray, exact: float) -> go.Figure:
    """The estimate from the first 1, 2, … codes (S,), and the number that it tends to."""
    count = len(running)
    lines = [
        {"type": "scatter", "mode": "lines+markers" if count < 30 else "lines", "name": "Monte Carlo",
         "x": np.arange(1, count + 1), "y": running, "line": {"color": PALETTE.total},
         "hovertemplate": "%{x} codes: %{y:.4f} nats<extra></extra>"},
        {"type": "scatter", "mode": "lines", "name": "closed form", "x": [1, max(2, count)],
         "y": [exact, exact], "line": {"color": PALETTE.kl, "dash": "dash"},
         "hovertemplate": "closed form: %{y:.4f} nats<extra></extra>"},
    ]  # fmt: skip
    return go.Figure(lines, {
        "xaxis": {"type": "log", "title": {"text": "codes drawn"}, "dtick": 1},
        "yaxis": {"title": {"text": "KL (nats)"}},
        "showlegend": True, "legend": _LEGEND,
    })  # fmt: skip


def first_steps(steps: Sequence[float], recon: Sequence[float], kl: Sequence[float]) -> go.Figure:
    """Reconstruction and KL of the first steps of a training, below each other on scales of their own."""
    parts = (("reconstruction", recon, PALETTE.recon, "y"), ("KL", kl, PALETTE.kl, "y2"))
    lines = [
        {"type": "scatter", "mode": "lines", "name": name, "x": list(steps), "y": list(values), "yaxis": axis,
         "line": {"color": color}, "hovertemplate": f"step %{{x}}: {name} %{{y:.2f}} nats<extra></extra>"}
        for name, values, color, axis in parts
    ]  # fmt: skip
    return go.Figure(lines, {
        "xaxis": {"title": {"text": "step"}, "anchor": "y2"},
        "yaxis": {"title": {"text": "recon (nats)"}, "domain": [0.56, 1]},
        "yaxis2": {"title": {"text": "KL (nats)"}, "domain": [0, 0.44], "rangemode": "tozero"},
        "showlegend": False,
    })  # fmt: skip


def codes_and_draws(
    codes: np.ndarray, draws: np.ndarray, labels: np.ndarray, colors: Sequence[str]
) -> go.Figure:
    """Codes (N, 2) in the colours of their classes (N,), each named in its middle, or draws (S, 2)."""
    points = {
        "type": "scatter", "mode": "markers", "name": "test codes", "x": codes[:, 0], "y": codes[:, 1],
        "marker": {"size": 3, "color": [colors[label] for label in labels], "opacity": 0.6},
        "hoverinfo": "skip",
    }  # fmt: skip
    drawn = {
        "type": "scatter", "mode": "markers", "name": "draws", "x": draws[:, 0], "y": draws[:, 1],
        "marker": {"symbol": "x-thin-open", "size": 6, "color": PALETTE.baseline, "line": {"width": 1.5}},
        "hovertemplate": "%{x:.2f}, %{y:.2f}<extra></extra>",
    }  # fmt: skip
    names = []
    for label in [] if len(draws) else np.unique(labels).tolist():  # they would hide draws
        x, y = np.median(codes[labels == label], axis=0).tolist()
        names.append({
            "x": x, "y": y, "text": f"<b>{label}</b>", "showarrow": False, "bgcolor": colors[label],
            "borderpad": 1, "font": {"size": 12, "color": text_on(colors[label])},
        })  # fmt: skip
    return go.Figure([points, drawn], {
        "xaxis": {"title": {"text": "z1"}},
        "yaxis": {"title": {"text": "z2"}, "scaleanchor": "x"},
        "showlegend": False, "annotations": names,
    })  # fmt: skip
