"""Traverse: what each latent dimension does, one strip of decoded images for each."""

import numpy as np
import streamlit as st

from vaelab.config import kinds_with
from vaelab.latent.units import ACTIVE_VARIANCE, active_units
from vaelab.latent.walks import percentile_values, prior_values
from vaelab.latent.walks import traverse as codes_along
from vaelab.teaching.glossary import help_for
from vaelab.ui.explore.controls import pick_image, take_image, with_code
from vaelab.ui.explore.opened import Opened
from vaelab.ui.explore.results import kl_per_dimension
from vaelab.ui.explore.walks import pick_steps, show
from vaelab.ui.session import whole_number
from vaelab.ui.widgets.components import pictures
from vaelab.words import signed

FEW = 10
"""Largest number of dimensions for which all are shown, and the default for more."""


def traverse(opened: Opened) -> None:
    """Draw the tab: controls, a strip of pictures for each dimension, and the anchor."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        help = "The test image whose code gives all other coordinates."
        anchor = pick_image(opened, take_image(opened), "Anchor", help)
        steps = pick_steps(opened, "latent traversal")
        rows = _pick_rows(opened)
    anchor = with_code(opened, anchor)
    used = _in_use(opened)
    left, right = st.columns([2.4, 1], gap="medium")
    with left:
        _strips(opened, anchor, steps, rows, used)
        st.caption(_caption(opened))
    with right:
        pictures(
            [opened.with_reconstruction(anchor)],
            key="anchor",
            max_scale=4,
            file_name=opened.file_name("anchor", "png"),
        )
        st.caption("The anchor: every picture has its code, except in the one dimension of its strip.")
        units = "Active units" if opened.traits.is_stochastic else "Dimensions in use"
        st.markdown(f"**{units}: {used.sum()} of {len(used)}**", help=help_for("active unit"))
        st.caption(_rule(opened))


def _pick_rows(opened: Opened) -> int:
    """Choose how many dimensions have a strip."""
    dimensions = opened.config.latent_dim
    if dimensions <= FEW:
        return dimensions
    return st.slider(
        "Dimensions shown",
        1,
        dimensions,
        key=opened.choices.take("shown", whole_number(1, dimensions), FEW),
        width=240,
        persist_state="session",
        help="Those that say most come first.",
    )


def _in_use(opened: Opened) -> np.ndarray:
    """Which dimensions carry information about the image: (d,) bool."""
    if opened.traits.is_stochastic:
        return active_units(opened.codes.mean)
    return np.ptp(opened.codes.mean, axis=0) > 0


def _strips(opened: Opened, anchor: int, steps: int, rows: int, used: np.ndarray) -> None:
    weights = _weights(opened)
    # The strips have the order and the range of the newest weights, so that they stay while Rewind moves.
    dimensions = np.argsort(-_weights(opened.newest), kind="stable")[:rows]
    if opened.traits.has_prior:
        values = prior_values(rows, steps)
        columns = tuple(signed(value, ".1f") for value in values[0])
    else:
        values = percentile_values(opened.newest.codes.mean[:, dimensions], steps)
        columns = ("1 %", *[""] * (steps - 2), "99 %")
    labels = []
    for dimension, along in zip(dimensions, values, strict=True):
        ends = f"{signed(along[0], '.2g')} to {signed(along[-1], '.2g')}"
        extent = f"KL {weights[dimension]:z.2f} nats" if opened.traits.has_kl else ends
        labels.append(f"z{dimension + 1} · {extent}" + ("" if used[dimension] else " · unused"))
    show(
        opened,
        opened.decode(codes_along(opened.codes.mean[anchor], dimensions, values)),
        steps,
        key="traversal",
        alt=f"Images decoded along {rows} of the latent dimensions, one row for each",
        column_labels=columns,
        row_labels=tuple(labels),
        max_scale=2,
    )


def _weights(opened: Opened) -> np.ndarray:
    """Information in each dimension (d,): its KL in nats, or the variance of an AE's codes."""
    return kl_per_dimension(opened) if opened.traits.has_kl else opened.codes.mean.var(0)


def _caption(opened: Opened) -> str:
    if opened.traits.has_prior:
        return (
            "Each row sets one coordinate from −3 to 3 standard deviations of the prior and leaves the others"
            " as they are in the code of the anchor; the one of most KL comes first. Look at what changes"
            " along a row, and whether that is one property of the image or several at once."
        )
    codes = "test codes" if opened.step is None else "newest test codes"
    most = "KL" if opened.traits.has_kl else "variance"
    return (
        f"Each row takes one coordinate from the 1st to the 99th percentile of its {codes} and leaves the"
        f" others as they are in the code of the anchor; the dimension of most {most} comes first."
        f" {opened.traits.subject} has no prior that would say how far to go: look how different the"
        " ranges are, and where rows stop resembling an image."
    )


def _rule(opened: Opened) -> str:
    if opened.traits.is_stochastic:
        return (
            f"A dimension is active if its posterior mean has a variance above {ACTIVE_VARIANCE:g} over the"
            " test images (Burda and co-authors 2016): where it hardly moves, it says nothing of the image."
        )
    return (
        "A dimension is in use if its code is not the same for all test images. The usual threshold for the"
        f" variance is made for {kinds_with('has_prior')}, whose prior gives codes their scale."
    )
