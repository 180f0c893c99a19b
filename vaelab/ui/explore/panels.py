"""Panels beside the latent views: one code in numbers, and how much each latent dimension says."""

from __future__ import annotations

import numpy as np
import streamlit as st

from vaelab.figures.explore import kl_bars
from vaelab.latent.planes import Plane
from vaelab.latent.units import ACTIVE_VARIANCE, active_units
from vaelab.teaching.glossary import help_for
from vaelab.ui.explore.opened import Opened, kl_per_dimension
from vaelab.ui.widgets.components import pictures, plot
from vaelab.words import with_minus

FEW = 6
"""Dimensions that can be listed beside a chart without scrolling."""

MOST_NAMED = 12


def code_panel(opened: Opened, index: int) -> None:
    """A test image, its reconstruction, and its code or posterior in numbers."""
    mean, logvar = opened.codes.mean[index], opened.codes.logvar
    pictures(
        [opened.with_reconstruction(index)],
        key="chosen_image",
        max_scale=5,
        file_name=opened.file_name("test-image", "png"),
    )
    table = {"dimension": [f"z{place + 1}" for place in range(len(mean))]}
    table["code" if logvar is None else "mean"] = [_number(value) for value in mean]
    if logvar is not None:
        table["standard deviation"] = [_number(value) for value in np.exp(logvar[index] / 2)]
    name, term = ("Its code", "latent code") if logvar is None else ("Its posterior", "posterior")
    st.markdown(f"**{name}**", help=help_for(term))
    st.table(table, hide_index=True, border="horizontal", height="content" if len(mean) <= FEW else 260)


NEIGHBOURS = 10


def neighbours_panel(opened: Opened, index: int) -> None:
    """The test images whose codes are nearest to that of one, with their true classes."""
    mean, labels = opened.codes.mean, opened.data.y_test
    distances = np.linalg.norm(mean - mean[index], axis=1)
    distances[index] = np.inf
    nearest = np.argsort(distances, kind="stable")[:NEIGHBOURS]
    images = opened.data.x_test[nearest]
    names = [opened.data.spec.classes[label] for label in labels[nearest]]
    st.markdown("**Nearest codes**", help=help_for("latent space"))
    sheets = [
        opened.drawn.sheet(images[part], NEIGHBOURS // 2, "",
                           f"Nearest test images: {', '.join(names[part])}", tuple(names[part]))
        for part in (slice(0, NEIGHBOURS // 2), slice(NEIGHBOURS // 2, NEIGHBOURS))
    ]  # fmt: skip
    pictures(sheets, key="neighbours", max_scale=1.8, file_name=opened.file_name("nearest-codes", "png"))
    same = int((labels[nearest] == labels[index]).sum())
    within = f", measured in all {mean.shape[1]} dimensions" if mean.shape[1] > 1 else ""
    st.caption(f"{same} of the {NEIGHBOURS} nearest{within}{',' if within else ''} have its class.")


def _number(value: float, decimals: int = 3) -> str:
    return with_minus(f"{value:.{decimals}f}")


def place_panel(opened: Opened, plane: Plane, point: np.ndarray, anchor: int) -> None:
    """The image that is decoded at a point (2,) of a plane, large, and where that is.

    `anchor` is the test image whose code gives the coordinates that the plane leaves open.
    """
    picture = opened.decode(plane.lift(point[None], opened.codes.mean[anchor])[0])
    named = zip(plane.labels, point, strict=True)
    place = ", ".join(f"{label} = {_number(value, 2)}" for label, value in named if label)
    sheet = opened.drawn.sheet(picture[None], 1, place, f"Image decoded at {place}")
    pictures([sheet], key="place", max_scale=8, file_name=opened.file_name("place", "png"))


def kl_panel(opened: Opened) -> None:
    """How much each latent dimension of a VAE says, as bars and in a sentence."""
    kl, active = kl_per_dimension(opened), active_units(opened.codes.mean)
    st.markdown("**KL per dimension**", help="\n\n".join(map(help_for, ("KL", "active unit"))))
    plot(
        kl_bars(kl.tolist(), active.tolist()), key="kl_bars", height=300,
        alt="KL of each latent dimension, the largest first, with those that are unused apart",
    )  # fmt: skip
    st.caption(
        "Averaged over the test images, the largest first; together"
        f" {kl.sum():.1f} nats per image. {_on_use(active)}"
    )


def _on_use(active: np.ndarray) -> str:
    unused = [f"z{place + 1}" for place in np.flatnonzero(~active)]
    if not unused:
        return "No dimension is unused: look how evenly they share the work." if len(active) > 1 else ""
    named = ", ".join(unused[:MOST_NAMED]) + (", …" if len(unused) > MOST_NAMED else "")
    verb = "is" if len(unused) == 1 else "are"
    return (
        f"{len(unused)} of {len(active)} dimensions {verb} unused ({named}): there the variance of the"
        f" posterior mean over the test images is at most {ACTIVE_VARIANCE:g}, so that it says hardly"
        " anything of the image."
    )
