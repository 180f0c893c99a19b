"""What the walks through latent space share: images with their codes, and sheets of pictures."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from vaelab.teaching.glossary import help_for
from vaelab.ui.explore.controls import with_code
from vaelab.ui.explore.opened import Opened
from vaelab.ui.session import one_of
from vaelab.ui.widgets.components import pictures

STEPS = (5, 7, 11)
"""Pictures in a strip: odd numbers, so that one stands in the middle; 11 still fit a phone.

Evenly spaced from -3 to 3, that many values have at most one decimal.
"""


@dataclass(frozen=True, eq=False)
class CodedImage:
    """A test image or a drawing, with its code."""

    image: np.ndarray
    """Its numbers, of the shape of the data set's examples."""
    code: np.ndarray
    """Its code (d,), which is the posterior mean for a VAE."""
    name: str


def test_image(opened: Opened, index: int) -> CodedImage:
    """A test image with its code, or its stand-in where a snapshot has no code of it."""
    index = with_code(opened, index)
    return CodedImage(opened.data.x_test[index], opened.codes.mean[index], opened.describe(index))


def pick_steps(opened: Opened, term: str) -> int:
    """Choose how many pictures a strip has; the help explains `term` of the glossary."""
    texts = tuple(map(str, STEPS))
    key = opened.choices.take("steps", one_of(texts), "11")
    chosen: Any = st.segmented_control(
        "Pictures a strip", texts, key=key, required=True, persist_state="session", help=help_for(term)
    )
    return int(chosen)


def show(
    opened: Opened,
    images: np.ndarray,
    columns: int,
    *,
    key: str,
    alt: str,
    column_labels: tuple[str, ...] | None = None,
    row_labels: tuple[str, ...] | None = None,
    max_scale: float,
) -> None:
    """Show images (N, ...) row by row on one sheet.

    Parameters
    ----------
    key
        Streamlit's key of the sheet: one word, which is also part of the name of its file.
    alt, column_labels, row_labels, max_scale
        As in `vaelab.ui.widgets.components`.
    """
    sheet = opened.renderer.sheet(images, columns, "", alt, column_labels, row_labels)
    pictures([sheet], key=key, max_scale=max_scale, file_name=opened.file_name(key, "png"))
