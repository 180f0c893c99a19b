"""Latent grid: images decoded all over a plane of the latent space."""

import numpy as np
import streamlit as st

from vaelab.latent.planes import Plane
from vaelab.latent.view import Span
from vaelab.teaching.glossary import help_for
from vaelab.ui.explore.controls import (
    coordinate_system,
    grid_lines,
    largest_coordinate,
    pick_image,
    pick_plane,
    pick_range,
    take_image,
    with_code,
)
from vaelab.ui.explore.gifs import gif_button, grid_drawer
from vaelab.ui.explore.opened import Opened, open_page
from vaelab.ui.explore.panels import PLANE_HEIGHT, beside_plane, point_panel
from vaelab.ui.explore.results import grid_sheet
from vaelab.ui.session import interval_text, point, take_choice, whole_number
from vaelab.ui.session.readers import switch, switch_text
from vaelab.ui.widgets.components import pictures
from vaelab.ui.widgets.latent_canvas import CanvasContents, Layer, latent_canvas


def caption(opened: Opened, is_auto: bool) -> str:
    """Explain what the cells stand for, and what to look for."""
    if not opened.traits.has_prior:
        covered = "the middle 98 % of its test codes along each axis" if is_auto else "the range chosen above"
        return (
            f"{opened.traits.subject} has no prior: nothing says which codes stand for images, so the grid"
            f" covers {covered}. Look for cells that resemble no image: holes between the classes."
        )
    if not is_auto:
        return (
            "Evenly spaced over the range chosen above. On each axis, 95 % of the prior's draws lie between"
            " −2 and 2: look what becomes of the images farther out."
        )
    lines = "Columns" if opened.config.latent_dim == 1 else "Rows and columns"
    look = "these two directions change" if opened.config.latent_dim > 2 else "lies between the classes"
    return (
        f"{lines} are closer in the middle, where the prior has more codes: every cell stands for the same"
        f" share of its draws. Look what {look}."
    )


def take_position(opened: Opened, plane: Plane, x: np.ndarray, y: np.ndarray) -> str:
    """Settle which point of the grid is shown large, by default its middle; returns the state's key."""
    middle = (float(x[len(x) // 2]), float(y[len(y) // 2]))
    read, within = point(largest_coordinate(opened, plane)), coordinate_system(opened, plane)
    return opened.choices.take("at", read, middle, interval_text, within=within)


def grid_span(x: np.ndarray, y: np.ndarray) -> Span:
    """Ends of the axes, half a cell beyond the outermost images."""
    across, up = (
        (1.5 * values[0] - 0.5 * values[1], 1.5 * values[-1] - 0.5 * values[-2])
        if len(values) > 1
        else (-0.5, 0.5)
        for values in (x.tolist(), y.tolist())
    )
    return across, up


def pick_overlay(opened: Opened) -> frozenset[Layer]:
    """Choose whether the codes lie over the decoded images, unless the latent space is a line."""
    if opened.config.latent_dim == 1:
        return frozenset({"manifold"})
    codes = st.toggle(
        "Codes",
        key=opened.choices.take("codes", switch, False, switch_text),
        persist_state="session",
        help="Draws the codes of the test images over the grid.",
    )
    return frozenset({"manifold", "points"} if codes else {"manifold"})


opened = open_page("Latent grid")
choices, dimensions = opened.choices, opened.config.latent_dim
left, controls, panels = beside_plane()
with controls:
    plane = pick_plane(opened)
    auto = "Prior quantiles" if opened.traits.has_prior else "Middle of the codes"
    terms = "\n\n".join(map(help_for, ("latent grid", "prior")))
    ends = pick_range(opened, plane, {"auto": auto, "chosen": "Even, over a range"}, terms)
    label = "Images a side" if dimensions > 1 else "Images"
    key = choices.take("n", whole_number(8, 40), 20, label=label)
    count = st.slider(label, 8, 40, key=key, width=240, persist_state="session")
    layers = pick_overlay(opened)
anchor_key = take_image(opened)
with panels:
    anchor = with_code(opened, st.session_state[anchor_key])
x, y = grid_lines(opened, plane, ends, count)
at_key = take_position(opened, plane, x, y)
with left, st.container(key="latent-grid"):
    view = CanvasContents(
        opened.run,
        opened.version,
        plane,
        grid_span(x, y),
        layers,
        anchor=anchor,
        point=st.session_state[at_key],
        grid=(x.tolist(), y.tolist()),
    )
    alt = (
        "Decoded images over a grid of codes. Arrow keys move the cursor, Shift makes small steps, Enter "
        "keeps a point, plus and minus zoom, 0 shows everything."
    )
    height = PLANE_HEIGHT if dimensions > 1 else 150
    chosen = latent_canvas(view, key="latent_grid_canvas", height=height, alt=alt)
if chosen and chosen.point:
    take_choice({at_key: chosen.point})
with controls:
    sheet, name = grid_sheet(opened, plane, x, y, anchor), opened.file_name("latent-grid", "png")
    st.download_button(
        "Download the grid", sheet.image, name, "image/png", icon=":material/download:", on_click="ignore"
    )
    gif_button(opened, "latent-grid", grid_drawer(opened.renderer, plane, x, y, st.session_state[anchor_key]))
    st.caption(
        "Move over the grid: every point between the images is decoded as you go. "
        + caption(opened, ends is None)
    )
with panels:
    point_panel(opened, plane, np.array(st.session_state[at_key]), anchor)
    st.caption("Click a point of the grid to keep it here, or reach it with the arrow keys and press Enter.")
    if dimensions > 2:
        help = "The test image whose code fills in what the plane leaves open."
        pick_image(opened, anchor_key, "Anchor", help)
        pictures(
            [opened.with_reconstruction(anchor)],
            key="anchor",
            max_scale=3,
            file_name=opened.file_name("anchor", "png"),
        )
        st.caption("All images have the code of this one, but for the two directions of the plane.")
opened.write_address()
