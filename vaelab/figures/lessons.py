"""Figures of the lessons: arrays as Plotly figures."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vaelab.figures.axes import LEGEND_ABOVE
from vaelab.figures.palette import PALETTE, text_on

_FARTHEST_CODE = 4.5
"""Distance from 0 up to which densities are drawn: 99.999 % of the prior's samples are nearer."""


def _line(name: str, x: Any, y: Any, color: str, hover: str, *, dash: str = "solid", **more: Any) -> Any:
    """A trace of a line; `hover` is the text beside the pointer."""
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": x, "y": y,
        "line": {"color": color, "dash": dash}, "hovertemplate": f"{hover}<extra></extra>", **more,
    }  # fmt: skip


def _markers(x: Any, y: Any, **more: Any) -> dict[str, Any]:
    """A trace of points that no line joins."""
    return {"type": "scatter", "mode": "markers", "x": x, "y": y, **more}


def ring(x: float, y: float) -> dict[str, Any]:
    """A trace: a ring around the point that is chosen."""
    return _markers(
        [x],
        [y],
        hoverinfo="skip",
        showlegend=False,
        marker={"symbol": "circle-open", "size": 22, "color": PALETTE.kl, "line": {"width": 3}},
    )


def compression_curve(
    dimensions: Sequence[int], errors: Sequence[float], chosen: int, models: Mapping[str, tuple[int, float]]
) -> go.Figure:
    """Squared error of PCA against the size of its code, and the errors of single models.

    Parameters
    ----------
    errors: squared error per pixel for each of `dimensions`.
    chosen: the code size that is marked.
    models: latent dimension and squared error per pixel of each model, by its name.
    """
    sizes = list(dimensions)
    pca = _line("PCA", sizes, list(errors), PALETTE.baseline, "PCA, %{x}-D: %{y:.4f}")
    traces = [
        {**pca, "mode": "lines+markers", "marker": {"size": 6}},
        ring(chosen, errors[sizes.index(chosen)]),
    ]
    colors, symbols = (PALETTE.recon, PALETTE.total, PALETTE.objective), ("diamond", "square", "cross")
    traces += [
        _markers(
            [size],
            [error],
            name=name,
            marker={"size": 12, "color": color, "symbol": symbol},
            hovertemplate=f"{name}, %{{x}}-D: %{{y:.4f}}<extra></extra>",
        )
        for (name, (size, error)), color, symbol in zip(models.items(), colors, symbols, strict=False)
    ]
    return go.Figure(
        traces,
        {
            "xaxis": {"type": "log", "title": {"text": "numbers a code has"}, "tickvals": sizes},
            "yaxis": {"title": {"text": "squared error per pixel"}, "rangemode": "tozero"},
            "showlegend": True,
            "legend": LEGEND_ABOVE,
        },
    )


def pixel_curves(
    answers: np.ndarray, losses: Mapping[str, np.ndarray], answer: float, costs: Mapping[str, float]
) -> go.Figure:
    """Losses of a pixel for every answer from 0 to 1, with one answer marked.

    Parameters
    ----------
    losses: losses (K,) of the `answers` (K,), by their names.
    costs: the losses of the marked answer, by their names.
    """
    colors = dict(zip(losses, (PALETTE.recon, PALETTE.total), strict=True))
    dashes = dict(zip(losses, ("solid", "dash"), strict=True))
    lines = [
        _line(name, answers, values, colors[name], f"{name} at %{{x:.2f}}: %{{y:.3f}}", dash=dashes[name])
        for name, values in losses.items()
    ]
    marks = [
        _markers(
            [answer], [cost], showlegend=False, marker={"size": 11, "color": colors[name]}, hoverinfo="skip"
        )
        for name, cost in costs.items()
    ]
    return go.Figure(
        [*lines, *marks],
        {
            "xaxis": {"title": {"text": "the network's answer"}, "range": [0, 1]},
            "yaxis": {"title": {"text": "loss of the pixel"}, "rangemode": "tozero"},
            "showlegend": True,
            "legend": LEGEND_ABOVE,
        },
    )


def posterior_and_prior(mean: float, logvar: float | None, z: np.ndarray) -> go.Figure:
    """The densities of a one-dimensional posterior and of the prior, and codes (S,) on the axis below.

    Without a log-variance the posterior is a vertical line at its mean.
    """
    codes = np.linspace(-_FARTHEST_CODE, _FARTHEST_CODE, 181)
    densities = {"prior p": (codes, _normal(codes, 0.0, 1.0), PALETTE.prior, "dash")}
    if logvar is None:
        line = np.array([mean, mean]), np.array([0.0, _normal(np.zeros(1), 0.0, 1.0)[0]])
        densities["mean"] = (*line, PALETTE.posterior, "solid")
    else:
        deviation = float(np.exp(logvar / 2))
        # More points around the mean draw a narrow posterior smoothly.
        codes = np.sort(np.concatenate([codes, mean + deviation * np.linspace(-4, 4, 81)]))
        densities["posterior q"] = (codes, _normal(codes, mean, deviation), PALETTE.posterior, "solid")
    traces = [
        _line(name, x, density, color, f"{name} at %{{x:.2f}}: %{{y:.3f}}", dash=dash)
        for name, (x, density, color, dash) in densities.items()
    ]
    ticks = _markers(
        z,
        np.zeros(len(z)),
        name="codes drawn",
        marker={"symbol": "line-ns-open", "size": 14, "color": PALETTE.total, "line": {"width": 2}},
        hovertemplate="z = %{x:.3f}<extra></extra>",
    )
    return go.Figure(
        [*traces, ticks],
        {
            "xaxis": {"title": {"text": "code z"}},
            "yaxis": {"title": {"text": "density"}, "rangemode": "tozero"},
            "showlegend": True,
            "legend": LEGEND_ABOVE,
        },
    )


def _normal(z: np.ndarray, mean: float, deviation: float) -> np.ndarray:
    """Density of a normal distribution at points (N,)."""
    return np.exp(-0.5 * ((z - mean) / deviation) ** 2) / (deviation * np.sqrt(2 * np.pi))


def running_estimate(running: np.ndarray, exact: float) -> go.Figure:
    """The estimate from the first 1, 2, … codes (S,), and the exact value to which it converges."""
    count = len(running)
    sampled = _line(
        "Monte Carlo", np.arange(1, count + 1), running, PALETTE.total, "%{x} codes: %{y:.4f} nats"
    )
    hover = "closed form: %{y:.4f} nats"
    lines = [
        {**sampled, "mode": "lines+markers" if count < 30 else "lines"},
        _line("closed form", [1, max(2, count)], [exact, exact], PALETTE.kl, hover, dash="dash"),
    ]
    return go.Figure(
        lines,
        {
            "xaxis": {"type": "log", "title": {"text": "codes drawn"}, "dtick": 1},
            "yaxis": {"title": {"text": "KL (nats)"}},
            "showlegend": True,
            "legend": LEGEND_ABOVE,
        },
    )


def first_steps(steps: Sequence[float], recon: Sequence[float], kl: Sequence[float]) -> go.Figure:
    """Reconstruction term and KL of the first training steps, in two panels with scales of their own."""
    panels = (("reconstruction", recon, PALETTE.recon, "y"), ("KL", kl, PALETTE.kl, "y2"))
    lines = [
        _line(name, list(steps), list(values), color, f"step %{{x}}: {name} %{{y:.2f}} nats", yaxis=axis)
        for name, values, color, axis in panels
    ]
    return go.Figure(
        lines,
        {
            "xaxis": {"title": {"text": "step"}, "anchor": "y2"},
            "yaxis": {"title": {"text": "recon (nats)"}, "domain": [0.56, 1]},
            "yaxis2": {"title": {"text": "KL (nats)"}, "domain": [0, 0.44], "rangemode": "tozero"},
            "showlegend": False,
        },
    )


def codes_and_draws(
    codes: np.ndarray, draws: np.ndarray, labels: np.ndarray, colors: Sequence[str]
) -> go.Figure:
    """Codes (N, 2) in the colours of their classes (N,), with samples (S, 2) or else the classes' names."""
    small = {"size": 3, "color": [colors[label] for label in labels], "opacity": 0.6}
    crosses = {"symbol": "x-thin-open", "size": 6, "color": PALETTE.baseline, "line": {"width": 1.5}}
    hover = "%{x:.2f}, %{y:.2f}<extra></extra>"
    traces = [
        _markers(codes[:, 0], codes[:, 1], name="test codes", marker=small, hoverinfo="skip"),
        _markers(draws[:, 0], draws[:, 1], name="draws", marker=crosses, hovertemplate=hover),
    ]
    names = []
    for label in [] if len(draws) else np.unique(labels).tolist():  # names would hide the samples
        x, y = np.median(codes[labels == label], axis=0).tolist()
        names.append({
            "x": x, "y": y, "text": f"<b>{label}</b>", "showarrow": False, "bgcolor": colors[label],
            "borderpad": 1, "font": {"size": 12, "color": text_on(colors[label])},
        })  # fmt: skip
    return go.Figure(
        traces,
        {
            "xaxis": {"title": {"text": "z1"}},
            "yaxis": {"title": {"text": "z2"}, "scaleanchor": "x"},
            "showlegend": False,
            "annotations": names,
        },
    )
