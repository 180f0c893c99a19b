"""Everyone can tell the colours apart, on both themes."""

from __future__ import annotations

import tomllib
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vaelab.figures.palette import PALETTE, RUN_STYLES, channels, class_style, luminance, text_on
from vaelab.paths import PROJECT

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Machado, Oliveira and Fernandes 2009, severity 1.0, for linear red, green and blue.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                            [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip

TOGETHER = {
    "losses": (PALETTE.recon, PALETTE.kl, PALETTE.total, PALETTE.objective, PALETTE.baseline),
    "plane": (PALETTE.prior, PALETTE.posterior),
    "runs": tuple(color for color, _ in RUN_STYLES),
}


def oklab(color: str, vision: np.ndarray) -> np.ndarray:
    """A colour in OKLab (Ottosson 2020) as somebody sees it."""
    encoded = channels(color) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    cones = np.array([[0.4122214708, 0.5363325363, 0.0514459929],
                      [0.2119034982, 0.6806995451, 0.1073969566],
                      [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
    mixed = np.array([[0.2104542553, 0.7936177850, -0.0040720468],
                      [1.9779984951, -2.4285922050, 0.4505937099],
                      [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip
    return mixed @ np.cbrt(cones @ np.clip(vision @ linear, 0, 1))


def nearest(colors: tuple[str, ...], vision: np.ndarray) -> float:
    seen = [oklab(color, vision) for color in colors]
    return min(float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(
    ("vision", "least"),
    [("normal", 0.15), ("protanopia", 0.07), ("deuteranopia", 0.07), ("tritanopia", 0.07)],
)
def test_classes_can_be_told_apart_with_any_colour_vision(vision: str, least: float):
    """For comparison: the eight colours of Okabe and Ito are 0.076 apart, those of Tableau 0.007."""
    assert nearest(PALETTE.classes, VISION[vision]) >= least


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("figure", TOGETHER)
def test_lines_of_one_figure_can_be_told_apart_with_any_colour_vision(figure: str, vision: str):
    assert nearest(TOGETHER[figure], VISION[vision]) >= 0.06


def test_all_colours_stand_out_on_both_themes():
    themes = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["theme"]
    backgrounds = ("#ffffff", themes["light"]["backgroundColor"], themes["dark"]["backgroundColor"])
    for color in {*PALETTE.classes, *TOGETHER["losses"], *TOGETHER["plane"]}:
        assert min(contrast(color, background) for background in backgrounds) >= 3


def test_the_thin_lines_of_losses_stand_out_more():
    themes = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["theme"]
    backgrounds = (themes["light"]["backgroundColor"], themes["dark"]["backgroundColor"])
    lines = (PALETTE.recon, PALETTE.kl, PALETTE.total, PALETTE.objective)
    assert min(contrast(color, background) for color in lines for background in backgrounds) >= 3.6
    assert nearest((PALETTE.recon, PALETTE.total), VISION["normal"]) >= 0.25, "they lie on each other"


@UNHURRIED
@given(st.integers(0, 0xFFFFFF))
def test_text_can_be_read_on_any_colour(number: int):
    color = f"#{number:06x}"
    assert contrast(text_on(color), color) >= 4.5


def test_colour_and_symbol_of_26_letters_are_unique():
    styles = [class_style(label) for label in range(26)]
    assert len(set(styles)) == 26
    assert {symbol for _, symbol in styles[:10]} == {"circle"}
