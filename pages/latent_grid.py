"""Latent grid: what the decoder draws all over a plane of the latent space."""

import re

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from vaelab.figures import PALETTE, latent_grid
from vaelab.glossary import help_for
from vaelab.planes import Plane, grid_points, prior_quantiles
from vaelab.ui.code_panels import cell_panel
from vaelab.ui.components import pictures, plot
from vaelab.ui.explore import Opened, grid_sheet, open_page
from vaelab.ui.view_controls import (
    Interval,
    central_range,
    pick_anchor,
    pick_plane,
    pick_range,
    take_anchor,
)
from vaelab.ui.view_link import whole_number


def positions(opened: Opened, plane: Plane, ends: list[Interval] | None, count: int) -> list[np.ndarray]:
    """Where the columns and the rows of the grid lie."""
    axes = min(2, opened.config.latent_dim)
    if ends is None and opened.is_vae:
        places = [prior_quantiles(count)] * axes
    else:
        points = plane.project(opened.codes.mean)
        ends = ends or [central_range(points[:, axis]) for axis in range(axes)]
        places = [np.linspace(*axis_ends, count) for axis_ends in ends]
    return places if axes == 2 else [*places, np.zeros(1)]


def caption(opened: Opened, is_auto: bool, count: int) -> str:
    """What the cells stand for and what to look for."""
    if not opened.is_vae:
        text = "An AE has no prior: nothing says which codes stand for images, so the grid covers " + (
            "the middle 98 % of its test codes along each axis." if is_auto else "the range chosen above."
        )
        return text + " Look for cells that resemble no image: holes between the classes."
    if not is_auto:
        return (
            "Evenly spaced over the range chosen above. On each axis, 95 % of the prior's draws lie between"
            " −2 and 2: look what becomes of the images farther out."
        )
    lines = "Columns" if opened.config.latent_dim == 1 else "Rows and columns"
    look = "these two directions change" if opened.config.latent_dim > 2 else "lies between the classes"
    return (
        f"{lines} lie at the quantiles (i + 0.5) / {count} of the prior, so that every cell stands for the"
        f" same share of it. Look what {look}."
    )


def forget_cell() -> None:
    """Let the middle be shown again: another grid has other cells."""
    st.session_state.pop("view_cell", None)


def grid_figure(sheet: bytes, x: np.ndarray, y: np.ndarray, titles: tuple[str, str], cell: int) -> go.Figure:
    """The grid with a frame around one cell."""
    column, row = cell % len(x), len(y) - 1 - cell // len(x)
    frame = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
    figure = latent_grid(sheet, x, y, titles)
    figure.add_shape(type="rect", **frame, line={"color": PALETTE.posterior, "width": 2})
    figure.update_yaxes(visible=len(y) > 1, constraintoward="top")
    return figure.update_layout(title_text=f"Decoded images of {len(x) * len(y):,} codes")


opened = open_page("Latent grid")
settings, dimensions = opened.settings, opened.config.latent_dim
with st.container(horizontal=True, vertical_alignment="bottom"):
    plane = pick_plane(opened)
    auto = "Prior quantiles" if opened.is_vae else "Middle of the codes"
    terms = "\n\n".join(map(help_for, ("latent grid", "prior")))
    ends = pick_range(opened, plane, {"auto": auto, "chosen": "Even, over a range"}, terms)
    label = "Images a side" if dimensions > 1 else "Images"
    key = settings.take("n", whole_number(8, 40), 20)
    count = st.slider(label, 8, 40, key=key, width=240, persist_state="session", on_change=forget_cell)
anchor_key = take_anchor(opened)
anchor = st.session_state[anchor_key]
left, right = st.columns([1.9, 1], gap="medium")
x, y = positions(opened, plane, ends, count)
sheet = grid_sheet(opened, plane, x, y, anchor)
cell_key = settings.take("cell", whole_number(0, len(x) * len(y) - 1), len(x) * (len(y) // 2) + len(x) // 2)
with left:
    with st.container(key="latent-grid"):
        figure = grid_figure(sheet, x, y, plane.labels, st.session_state[cell_key])
        height = 640 if len(y) > 1 else 160
        alt = "Decoded images over a grid of codes"
        clicked = plot(figure, key="latent_grid_plot", height=height, selectable=True, alt=alt)
    st.caption(caption(opened, ends is None, count))
if isinstance(clicked, int) and clicked != st.session_state[cell_key]:
    st.session_state[cell_key] = clicked
    st.rerun()  # the grid above marks the chosen cell
with right:
    if dimensions > 2:
        pick_anchor(
            opened, anchor_key, "Anchor", "The test image whose code fills in what the plane leaves open."
        )
        pictures([opened.with_reconstruction(anchor)], key="anchor", max_scale=3)
        st.caption("All cells have the code of this image, but for the two directions of the plane.")
    cell_panel(opened, plane, grid_points(x, y)[st.session_state[cell_key]], anchor)
    name = re.sub(r"[^a-z0-9]+", "-", opened.run.title.lower()).strip("-")
    st.download_button(
        "Download the grid", sheet, f"latent-grid-{name}.png", "image/png",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip
settings.write_link(opened.run)
