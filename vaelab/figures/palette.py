"""The colours of every figure, for light and dark pages and for every kind of colour vision.

Each colour has a contrast of at least 3 to 1 with both themes' backgrounds, and those of losses of 3.6, so
all of them are about equally light. Within that narrow band the ten class colours were spread as far apart as
possible as seen with normal vision, protanopia, deuteranopia and tritanopia (simulated as in
Machado, Oliveira and Fernandes 2009; distances in OKLab), and then assigned to the classes so that
classes which are often confused, such as 4 and 9 or pullover and coat, differ most.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Palette:
    """Colours as #rrggbb: those of the classes in their order, and those of everything else in a figure."""

    classes: tuple[str, ...] = (
        "#0a9cd1", "#9a6459", "#dd0806", "#097506", "#ee53c6",
        "#bc1582", "#7553a7", "#0261f1", "#9b76fe", "#a9900b",
    )  # fmt: skip
    recon: str = "#2288bb"
    kl: str = "#c05a00"
    total: str = "#bb22ff"
    """The unweighted sum `recon + kl`."""
    objective: str = "#ee22aa"
    """The objective, with its weights, and the loss at which training is to stop."""
    baseline: str = "#767676"
    """Baselines, which need no model, and the dimensions that a model does not use."""
    prior: str = "#767676"
    posterior: str = "#c05a00"
    """The colour of the KL term, which measures how far the posterior is from the prior."""


PALETTE = Palette()

RUN_STYLES = (
    ("#0261f1", "solid"), ("#dd0806", "dash"), ("#a9900b", "dot"),
    ("#0a9cd1", "dashdot"), ("#7553a7", "longdash"), ("#9a6459", "longdashdot"),
)  # fmt: skip
"""Colour and dashes of the curves of several runs: the six class colours that are farthest apart."""

SYMBOLS = ("circle", "triangle-up", "cross")
"""Marker symbols: classes that reuse the colours for the second time have the second one, and so on."""

_ERRORS = ("#a9d9ff", "#1f7bd0", "#3a3a3a", "#c46a00", "#ffd196")
"""Colours of signed errors from -1 to 1. No error is dark grey, which both themes show beside pictures. Blue
and orange become lighter as the error grows, so that everyone sees its size as lightness."""


def class_style(label: int) -> tuple[str, str]:
    """Colour and marker symbol of a class; together they are unique for the first 30."""
    rounds, index = divmod(label, len(PALETTE.classes))
    return PALETTE.classes[index], SYMBOLS[rounds % len(SYMBOLS)]


def channels(color: str) -> np.ndarray:
    """Red, green and blue of #rrggbb, from 0 to 255: (3,) float64."""
    return np.array([int(color[start : start + 2], 16) for start in (1, 3, 5)], float)


def luminance(color: str) -> float:
    """Relative luminance of #rrggbb, from 0 to 1, as WCAG 2 defines it."""
    encoded = channels(color) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def text_on(color: str) -> str:
    """Black or white, whichever reads better on a colour: the contrast is at least 4.5 to 1."""
    light = luminance(color) + 0.05
    return "#000000" if light / 0.05 > 1.05 / light else "#ffffff"


def between(share: float, stops: Sequence[str]) -> str:
    """The colour at `share`, from 0 to 1, of the way through a series of colours #rrggbb."""
    return _as_text(_mixed(np.array(share), stops))


def _mixed(shares: np.ndarray, stops: Sequence[str]) -> np.ndarray:
    """The colours at `shares` (...) of the way through a series of colours: (..., 3) uint8."""
    colors, ends = np.array([channels(color) for color in stops]), np.linspace(0, 1, len(stops))
    mixed = np.stack([np.interp(shares, ends, colors[:, channel]) for channel in range(3)], -1)
    return np.rint(mixed).astype(np.uint8)


def _as_text(color: np.ndarray) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def error_colors(errors: np.ndarray) -> np.ndarray:
    """Colours of signed errors: blue below 0, grey at 0, orange above.

    Parameters
    ----------
    errors
        Array of any shape, from -1 to 1; values beyond have the colours of the ends.

    Returns
    -------
    uint8 of the shape of `errors` with one more axis for red, green and blue.
    """
    return _mixed(np.linspace(0, 1, 511), _ERRORS)[
        np.rint((np.clip(errors, -1, 1) + 1) * 255).astype(np.intp)
    ]


def error_scale(stops: int) -> list[tuple[float, str]]:
    """The colours of `error_colors` as a Plotly colour scale with so many stops."""
    return [((level + 1) / 2, _as_text(error_colors(level))) for level in np.linspace(-1, 1, stops).tolist()]
