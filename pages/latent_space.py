"""Latent space: where the model puts every test image, and what one of these codes says."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from vaelab.figures import PALETTE, PRIOR_CIRCLES, latent_scatter
from vaelab.planes import Plane
from vaelab.ui.code_panels import FEW, code_panel, kl_panel
from vaelab.ui.components import plot
from vaelab.ui.explore import Opened, open_page
from vaelab.ui.view_controls import Interval, pick_anchor, pick_plane, pick_range, take_anchor
from vaelab.ui.view_link import switch, switch_text

# What lies within so many standard deviations of a one-dimensional normal; the last label has room.
PRIOR_INTERVALS = ((1, "68 %"), (2, "95 %"), (3, "99.7 % of prior draws"))


def scatter(
    opened: Opened, plane: Plane, ends: list[Interval] | None, anchor: int, digits: bool
) -> go.Figure:
    """All test codes on the plane, with the chosen one's posterior."""
    is_line, labels, classes = opened.config.latent_dim == 1, opened.data.y_test, opened.data.spec.classes
    points = plane.project(opened.codes.mean)
    if is_line:  # one row a class, in which the height means nothing
        points[:, 1] = labels + np.random.default_rng(0).uniform(-0.35, 0.35, len(points))
        ends = ends and [*ends, (-0.7, len(classes) - 0.3)]
    logvar = opened.codes.logvar
    figure = latent_scatter(
        points,
        labels,
        classes,
        axis_titles=(plane.labels[0], "class") if is_line else plane.labels,
        circles=PRIOR_CIRCLES if opened.is_vae and not is_line else (),
        posterior=None if logvar is None else (points[anchor], plane.variance(np.exp(logvar[anchor]))),
        chosen=anchor,
        digits_as_markers=digits,
        span=tuple(ends) if ends else None,
        centroids=not is_line,
    )
    if is_line:
        figure.update_yaxes(scaleanchor=None, tickvals=np.arange(len(classes)), ticktext=classes)
        line = {"dash": "dot", "width": 1.5, "color": PALETTE.prior}
        for sigmas, share in PRIOR_INTERVALS if opened.is_vae else ():
            figure.add_vline(-sigmas, line=line)
            figure.add_vline(sigmas, line=line, annotation_text=share)
    # Another run or plane has another scale, for which a zoom would be wrong.
    revision = f"{opened.run.id} {plane.labels} {ends}"
    return figure.update_layout(uirevision=revision, title_text=f"Codes of {len(points):,} test images")


def caption(opened: Opened) -> str:
    """What the picture shows and what to look for."""
    dimensions = opened.config.latent_dim
    text = "Each point is the code of a test image" + (", its posterior mean. " if opened.is_vae else ". ")
    text += "Training never sees the labels: look which classes part all the same, and which overlap."
    if dimensions == 1:
        text += " The height within a row means nothing."
    elif dimensions > 2:
        text += f" Points that meet here may still differ in the other {dimensions - 2} dimensions."
    return text


opened = open_page("Latent space")
with st.container(horizontal=True, vertical_alignment="bottom"):
    plane = pick_plane(opened)
    ends = pick_range(
        opened, plane, {"auto": "All codes", "chosen": "A range"},
        "Shows all codes, or the part of the plane that the Latent grid then covers, too.",
    )  # fmt: skip
    key = opened.settings.take("markers", switch, False, switch_text)
    digits = st.toggle(
        "Classes as markers", key=key, persist_state="session",
        help="Draws each point as its class, so that classes are told apart without colour.",
    )  # fmt: skip
key = take_anchor(opened)
left, right = st.columns([1.9, 1], gap="medium")
with left:
    with st.container(key="latent-scatter"):
        figure = scatter(opened, plane, ends, st.session_state[key], digits)
        clicked = plot(figure, key="latent_plot", height=620, selectable=True, alt="Test codes by class")
    st.caption(caption(opened))
if isinstance(clicked, int) and clicked != st.session_state[key]:
    st.session_state[key] = clicked
    st.rerun()  # the chart above marks the chosen point
with right:
    index = pick_anchor(opened, key, "Test image", "Click a point, or give the number of a test image.")
    code_panel(opened, index)
if opened.is_vae:
    with right if opened.config.latent_dim <= FEW else st.container():
        kl_panel(opened)
opened.settings.write_link(opened.run)
