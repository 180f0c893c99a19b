"""The region that a visitor has drawn on the latent plane, and the test images whose codes lie there."""

from functools import partial

import numpy as np
import streamlit as st

from vaelab.figures.explore import class_counts
from vaelab.latent.planes import Plane, inside
from vaelab.ui.explore.controls import coordinate_system, largest_coordinate
from vaelab.ui.explore.opened import Opened
from vaelab.ui.session import put
from vaelab.ui.session.readers import coordinates
from vaelab.ui.widgets.components import pictures, plot
from vaelab.ui.widgets.latent_canvas import Region

MOST_CORNERS = 80
MOST_SHOWN = 60


def take_region(opened: Opened, plane: Plane) -> str:
    """Settle which region of the plane is chosen, if any; returns the key of the session's state."""
    read = partial(_read, largest_coordinate(opened, plane))
    return opened.choices.take("region", read, None, _write, within=coordinate_system(opened, plane))


def _read(limit: float, text: str) -> Region | None:
    if not text:
        return None
    corners = [coordinates(corner, limit) for corner in text.split(";")]
    region = tuple(corner for corner in corners if corner is not None)
    if len(region) < len(corners) or not 3 <= len(region) <= MOST_CORNERS:
        raise ValueError(
            f"3 to {MOST_CORNERS} corners such as 0,0;1,0;1,1, with coordinates from {-limit:g} to {limit:g}"
        )
    return region


def _write(region: Region | None) -> str:
    return ";".join(f"{x:.4g},{y:.4g}" for x, y in region or ())


def region_panel(opened: Opened, plane: Plane, key: str) -> None:
    """Draw what is in the chosen region: the test images per class, their mean, and some of them."""
    region = st.session_state[key]
    if region is None:
        return
    members = np.flatnonzero(inside(plane.project(opened.codes.mean), np.array(region)))
    with st.container(key="region"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**The chosen region: {len(members):,} test images**", width="content")
            st.button("Forget the region", on_click=put, args=(key, None), icon=":material/close:")
        if len(members) == 0:
            st.caption("No test image has its code here: the decoder was never asked to draw this region.")
            return
        left, middle, right = st.columns([1.2, 0.6, 1.8], gap="medium")
        with left:
            _counts(opened, members)
        with middle:
            _mean(opened, members)
        with right:
            _gallery(opened, members)


def _counts(opened: Opened, members: np.ndarray) -> None:
    classes = opened.data.spec.classes
    counts = np.bincount(opened.data.y_test[members], minlength=len(classes))
    plot(
        class_counts(counts, classes),
        key="region_counts",
        height=220,
        alt="Test images of the region by class",
    )


def _mean(opened: Opened, members: np.ndarray) -> None:
    kind = opened.data.spec.kind
    mean = kind.examples(kind.mean(opened.data.x_test, members))
    sheet = opened.renderer.sheet(mean[None], 1, "Their mean", f"Mean {kind.one} of the region")
    pictures([sheet], key="region_mean", max_scale=4, file_name=opened.file_name("region-mean", "png"))


def _gallery(opened: Opened, members: np.ndarray) -> None:
    drawn = np.sort(np.random.default_rng(0).permutation(members)[:MOST_SHOWN])
    images = opened.data.x_test[drawn]
    title = "All of them" if len(drawn) == len(members) else f"{len(drawn)} of them, at random"
    sheet = opened.renderer.sheet(images, 12, title, "Test images of the region")
    pictures([sheet], key="region_gallery", max_scale=1.6, file_name=opened.file_name("region", "png"))
