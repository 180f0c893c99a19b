"""Panels beside the latent views: one code, its neighbours, a decoded point, the KL per dimension."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vaelab.figures.explore import kl_bars
from vaelab.latent.planes import Plane
from vaelab.latent.units import ACTIVE_VARIANCE, active_units
from vaelab.teaching.glossary import help_for
from vaelab.ui.explore.opened import Opened
from vaelab.ui.explore.results import kl_per_dimension
from vaelab.ui.widgets.components import pictures, plot
from vaelab.words import signed

PLANE_HEIGHT = "max(300px, calc(100dvh - 158px))"
"""Height of a plane that fills the window below the bar and the row of the run, down to its legend."""

FEW = 6
"""Largest number of dimensions that can be listed beside a chart without scrolling."""

MOST_NAMED = 12
"""Unused dimensions that the sentence about them names."""

NEAREST_CODES = 10


def beside_plane() -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator]:
    """The columns for a plane, for what is chosen on it, and for what is shown of that."""
    plane, right = st.columns([1.15, 1], gap="medium")
    with right:
        controls, panels = st.columns([1.15, 1], gap="medium")
    return plane, controls.container(key="beside-plane"), panels


def code_panel(opened: Opened, index: int) -> None:
    """Draw a test image, its reconstruction, and its code or posterior in numbers."""
    mean, logvar = opened.codes.mean[index], opened.codes.logvar
    pictures(
        [opened.with_reconstruction(index)],
        key="chosen_image",
        max_scale=4,
        file_name=opened.file_name("test-image", "png"),
    )
    table = {"dimension": [f"z{dimension + 1}" for dimension in range(len(mean))]}
    table["code" if logvar is None else "mean"] = [signed(value, ".3f") for value in mean]
    if logvar is not None:
        table["standard deviation"] = [signed(value, ".3f") for value in np.exp(logvar[index] / 2)]
    name, term = ("Its code", "latent code") if logvar is None else ("Its posterior", "posterior")
    st.markdown(f"**{name}**", help=help_for(term))
    st.table(table, hide_index=True, border="horizontal", height="content" if len(mean) <= FEW else 260)


def neighbours_panel(opened: Opened, index: int) -> None:
    """Draw the test images whose codes are nearest to that of the test image `index`, with their classes."""
    mean, labels = opened.codes.mean, opened.data.y_test
    distances = np.linalg.norm(mean - mean[index], axis=1)
    distances[index] = np.inf
    nearest = np.argsort(distances, kind="stable")[:NEAREST_CODES]
    images = opened.data.x_test[nearest]
    names = [opened.data.spec.classes[label] for label in labels[nearest]]
    st.markdown("**Nearest codes**", help=help_for("latent space"))
    sheets = [
        opened.renderer.sheet(
            images[part],
            NEAREST_CODES // 2,
            "",
            f"Nearest test images: {', '.join(names[part])}",
            tuple(names[part]),
        )
        for part in (slice(0, NEAREST_CODES // 2), slice(NEAREST_CODES // 2, NEAREST_CODES))
    ]
    pictures(sheets, key="neighbours", max_scale=1.8, file_name=opened.file_name("nearest-codes", "png"))
    same = int((labels[nearest] == labels[index]).sum())
    within = f", measured in all {mean.shape[1]} dimensions" if mean.shape[1] > 1 else ""
    have = "has" if same == 1 else "have"
    st.caption(f"{same} of the {NEAREST_CODES} nearest{within}{',' if within else ''} {have} its class.")


def point_panel(opened: Opened, plane: Plane, point: np.ndarray, anchor: int, max_scale: float = 8) -> None:
    """Draw the image that is decoded at a point (2,) of a plane, large, and its coordinates.

    Parameters
    ----------
    anchor
        The test image whose code gives the coordinates that the plane leaves open.
    max_scale
        As in `vaelab.ui.widgets.components`.
    """
    images = opened.decode(plane.lift(point[None], opened.codes.mean[anchor]))
    axes = zip(plane.labels, point, strict=True)
    title = ", ".join(f"{label} = {signed(value, '.2f')}" for label, value in axes if label)
    sheet = opened.renderer.sheet(images, 1, title, f"Image decoded at {title}")
    pictures([sheet], key="kept_point", max_scale=max_scale, file_name=opened.file_name("point", "png"))


def kl_panel(opened: Opened) -> None:
    """Draw the KL of each latent dimension as bars, with a sentence on those that are unused."""
    kl, active = kl_per_dimension(opened), active_units(opened.codes.mean)
    st.markdown("**KL per dimension**", help="\n\n".join(map(help_for, ("KL", "active unit"))))
    plot(
        kl_bars(kl.tolist(), active.tolist()),
        key="kl_bars",
        height=300,
        alt="KL of each latent dimension, the largest first, with those that are unused apart",
    )
    st.caption(
        "Averaged over the test images, the largest first; together"
        f" {kl.sum():z.1f} {opened.data.spec.kind.nats}. {_on_use(active)}"
    )


def _on_use(active: np.ndarray) -> str:
    unused = [f"z{dimension + 1}" for dimension in np.flatnonzero(~active)]
    if not unused:
        return "No dimension is unused: look how evenly they share the work." if len(active) > 1 else ""
    named = ", ".join(unused[:MOST_NAMED]) + (", …" if len(unused) > MOST_NAMED else "")
    verb = "is" if len(unused) == 1 else "are"
    return (
        f"{len(unused)} of {len(active)} dimensions {verb} unused ({named}): there the variance of the"
        f" posterior mean over the test images is at most {ACTIVE_VARIANCE:g}, so that it says hardly"
        " anything of the image."
    )
