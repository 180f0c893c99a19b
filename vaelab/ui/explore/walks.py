"""What the walks through latent space share: images with their codes, and pictures to take away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from vaelab.teaching.glossary import help_for
from vaelab.ui.explore.controls import pick_number, with_code
from vaelab.ui.explore.opened import Opened
from vaelab.ui.session.readers import one_of, whole_number
from vaelab.ui.widgets.components import pictures
from vaelab.words import with_minus

STEPS = (5, 7, 11)
"""Pictures a strip: odd numbers, so that one stands in the middle; 11 still fit a phone.

With these, places from -3 to 3 have no more than one decimal.
"""


@dataclass(frozen=True, eq=False)
class Place:
    """An image and where it lies in latent space, wherever it comes from."""

    image: np.ndarray
    """(...) of the shape of the data set."""
    code: np.ndarray
    """(d,): of a VAE the posterior mean."""
    name: str


def pick_image(opened: Opened, name: str, label: str, default: int, help: str) -> int:
    """Choose a test image by its number or at random; `name` is that of the setting."""
    count = len(opened.newest.data.x_test)
    key = opened.settings.take(name, whole_number(0, count - 1), default)
    return pick_number(key, label, count, "Random", help)


def place_of(opened: Opened, index: int) -> Place:
    """A test image and its code; another one's, with a sentence, where a snapshot has no code of it."""
    index = with_code(opened, index)
    return Place(opened.data.x_test[index], opened.codes.mean[index], opened.describe(index))


def pick_steps(opened: Opened, term: str) -> int:
    """Choose how many pictures a strip has; the help explains a term of the glossary."""
    texts = tuple(map(str, STEPS))
    key = opened.settings.take("steps", one_of(texts), "11")
    chosen: Any = st.segmented_control(
        "Pictures a strip", texts, key=key, required=True, persist_state="session", help=help_for(term)
    )
    return int(chosen)


def decoded(opened: Opened, codes: np.ndarray) -> np.ndarray:
    """Mean images (N, ...) of codes (N, d)."""
    from vaelab.models.codes import decode

    return decode(opened.model, codes)


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
        What the sheet is, in one word: Streamlit's key of it, and part of the name of its file.
    alt, column_labels, row_labels, max_scale
        As in `vaelab.ui.widgets.components`.
    """
    sheet = opened.drawn.sheet(images, columns, "", alt, column_labels, row_labels)
    pictures([sheet], key=key, max_scale=max_scale, file_name=opened.file_name(key, "png"))


def signed(value: float, form: str = ".1f") -> str:
    """A number with a true minus sign, and without one if it is rounded to 0."""
    text = f"{value:{form}}"
    return with_minus(text) if float(text) else text.removeprefix("-")
