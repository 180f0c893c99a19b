"""Latent space: the codes of all test images, and the image decoded at every point."""

import numpy as np
import streamlit as st

from vaelab.teaching.glossary import help_for
from vaelab.teaching.scale import scale_in_words
from vaelab.ui.explore.controls import (
    pick_image,
    pick_layers,
    pick_plane,
    pick_range,
    seen_span,
    take_image,
    take_kept_position,
    with_code,
)
from vaelab.ui.explore.gifs import gif_button, map_drawer
from vaelab.ui.explore.opened import Opened, open_page
from vaelab.ui.explore.panels import (
    PLANE_HEIGHT,
    beside_plane,
    code_panel,
    kl_panel,
    neighbours_panel,
    point_panel,
)
from vaelab.ui.explore.region import region_panel, take_region
from vaelab.ui.session import take_choice
from vaelab.ui.widgets.latent_canvas import CanvasContents, latent_canvas

IMAGE = "Test image"  # what this page calls the image whose code is marked


def caption(opened: Opened) -> str:
    """Explain what the plane shows, and what to look for."""
    dimensions = opened.config.latent_dim
    text = "Each dot is the code of a test image" + (
        ", its posterior mean. " if opened.traits.is_stochastic else ". "
    )
    text += "Training never sees the labels: look which classes part all the same, and which overlap."
    if dimensions == 1:
        text += " The height within a row means nothing."
    elif dimensions > 2:
        others = "the third dimension" if dimensions == 3 else f"the other {dimensions - 2} dimensions"
        text += f" Points that meet here may still differ in {others}."
    text += " The ring marks the chosen test image"
    text += ", and the orange line its posterior." if opened.traits.is_stochastic else "."
    if opened.traits.has_prior and dimensions > 1:
        text += " Dashed circles hold 39, 86 and 99 % of random codes from the prior."
    return text


opened = open_page("Latent space")
left, controls, panels = beside_plane()
with controls:
    plane = pick_plane(opened)
    ends = pick_range(
        opened,
        plane,
        {"auto": "All codes", "chosen": "A range"},
        "Shows all codes, or the part of the plane that the Latent grid then covers, too.",
    )
    layers = pick_layers(opened)
    if words := scale_in_words(opened.traits, opened.codes.mean):
        st.caption(words)
key = take_image(opened, label=IMAGE)
region = take_region(opened, plane)
kept = take_kept_position(opened, plane)
with controls:
    picker = st.container()  # drawn after the canvas, on which an image may be chosen
    chosen_image = with_code(opened, st.session_state[key])
with left:
    with st.container(key="latent-scatter"):
        view = CanvasContents(
            opened.run,
            opened.version,
            plane,
            seen_span(opened, plane, ends),
            layers,
            anchor=chosen_image,
            chosen=chosen_image,
            region=st.session_state[region],
            point=st.session_state[kept],
        )
        alt = (
            "Test codes by class. Arrow keys move the cursor, Shift makes small steps, N goes to the nearest "
            "code, Enter chooses it, L begins a region, plus and minus zoom, 0 shows everything."
        )
        chosen = latent_canvas(view, key="latent_canvas", height=PLANE_HEIGHT, alt=alt, lasso=True)
    st.caption(
        "Move over the plane: every point is decoded as you go. Click a code or a point to keep it, drag to "
        "move, turn the wheel to zoom (or use two fingers), use the loop to choose a region. By keys: "
        "arrows, Enter to keep a point, N for the nearest code, L for a region, plus, minus and 0 to zoom. "
        + caption(opened)
    )
    gif_button(opened, "latent-space", map_drawer(opened, plane, view.span, "prior" in layers))
if chosen and chosen.index is not None:
    take_choice({key: chosen.index, kept: None})
if chosen and chosen.point:
    take_choice({kept: chosen.point})
if chosen and chosen.region:
    take_choice({region: chosen.region})
with picker:
    pick_image(opened, key, IMAGE, "Click a dot, or give the number of a test image.")
with controls, st.container(key="kept"):
    st.markdown("**A point of your choice**", help=help_for("decoder"))
    if st.session_state[kept] is None:
        st.caption("Click between the dots: what is decoded there stays here, and a ring shows where.")
    else:
        point_panel(opened, plane, np.array(st.session_state[kept]), chosen_image, max_scale=4)
with panels:
    code_panel(opened, chosen_image)
    neighbours_panel(opened, chosen_image)
region_panel(opened, plane, region)
if opened.traits.has_kl:
    kl_panel(opened)
opened.write_address()
