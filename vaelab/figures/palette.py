"""The colours of every figure, for light and dark pages and for every kind of colour vision.

Each colour has a contrast of at least 3 to 1 with both themes' backgrounds, so all of them are
about equally light. Within that narrow band the ten class colours were spread as far apart as
possible as seen with normal vision, protanopia, deuteranopia and tritanopia (simulated as in
Machado, Oliveira and Fernandes 2009; distances in OKLab), and then given to the classes so that
those which are often confused, such as 4 and 9 or pullover and coat, differ most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Palette:
    """Colours as #rrggbb: of the classes in their order, and of what else is drawn."""

    classes: tuple[str, ...] = (
        "#0a9cd1", "#9a6459", "#dd0806", "#097506", "#ee53c6",
        "#bc1582", "#7553a7", "#0261f1", "#9b76fe", "#a9900b",
    )  # fmt: skip
    recon: str = "#3a8ee6"
    kl: str = "#c05a00"
    total: str = "#8443d6"
    """Of `recon + kl`, unweighted."""
    objective: str = "#f03cae"
    """Of what is minimised, weights included, and of the line where training is to stop."""
    baseline: str = "#767676"
    """Of what needs no model, and of what a model leaves unused."""
    prior: str = "#767676"
    posterior: str = "#c05a00"
    """As the KL term: it says how far the posterior is from the prior."""


PALETTE = Palette()

RUN_STYLES = (
    ("#0261f1", "solid"), ("#dd0806", "dash"), ("#a9900b", "dot"),
    ("#0a9cd1", "dashdot"), ("#7553a7", "longdash"), ("#9a6459", "longdashdot"),
)  # fmt: skip
"""Colour and dashes of the curves of several runs: the six class colours that are farthest apart."""

SYMBOLS = ("circle", "triangle-up", "cross")
"""Marker symbols: the next one for each further round through the class colours."""

# Dark grey for no error, as both themes show it beside pictures; blue and orange, each through a
# full to a light tone, so that the size of an error is seen as lightness by everyone.
_TOO_DARK = ("#3a3a3a", "#1f7bd0", "#a9d9ff")
_TOO_BRIGHT = ("#3a3a3a", "#c46a00", "#ffd196")


def class_style(label: int) -> tuple[str, str]:
    """Colour and marker symbol of a class; together they are unique for the first 30."""
    rounds, place = divmod(label, len(PALETTE.classes))
    return PALETTE.classes[place], SYMBOLS[rounds % len(SYMBOLS)]


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


def between(share: float, ends: Sequence[str]) -> str:
    """A colour from the first to the last of a series of #rrggbb; `share` from 0 to 1."""
    stops = np.array([channels(color) for color in ends])
    mixed = [np.interp(share, np.linspace(0, 1, len(ends)), stops[:, channel]) for channel in range(3)]
    return "#{:02x}{:02x}{:02x}".format(*(round(float(part)) for part in mixed))


def error_colors(errors: np.ndarray) -> np.ndarray:
    """Colours of signed errors: blue below 0, grey at 0, orange above.

    Parameters
    ----------
    errors
        Of any shape, from -1 to 1; what lies beyond is drawn like the end.

    Returns
    -------
    uint8 of the shape of `errors`, with red, green and blue as one axis more.
    """
    stops = np.array([channels(color) for color in (*_TOO_DARK[:0:-1], *_TOO_BRIGHT)])
    levels = np.linspace(-1, 1, 511)
    table = [np.interp(levels, np.linspace(-1, 1, len(stops)), stops[:, channel]) for channel in range(3)]
    return np.rint(table).astype(np.uint8).T[np.rint((np.clip(errors, -1, 1) + 1) * 255).astype(np.intp)]
