"""Charts and pictures that a click on Next changes, inside a fragment as on the live page."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from vaelab.figures.sheets import Sheet, tile
from vaelab.ui.session import visitor
from vaelab.ui.widgets.components import pictures, plot

POINTS = 2000
CLASSES = (
    *("T-shirt", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
ROWS = ("test image", "reconstruction")


def losses(step: int) -> go.Figure:
    steps = np.arange(1, 50 + step)
    figure = go.Figure()
    for name, scale in (("training", 1.0), ("test", 1.05)):
        figure.add_scatter(x=steps, y=scale * (100 + 400 / steps), name=name, mode="lines")
    figure.update_xaxes(range=[0, 100 if step < 3 else 200])  # as another run has another end
    figure.update_layout(
        title="Loss", xaxis_title="Step", yaxis_title="Negative ELBO (nats per image)", showlegend=True
    )
    return figure


def scatter(step: int) -> go.Figure:
    codes = np.random.default_rng(step).normal(size=(POINTS, 2))
    figure = go.Figure()
    for label in range(10):
        members = np.arange(label, POINTS, 10)
        figure.add_scatter(
            x=codes[members, 0], y=codes[members, 1], customdata=members, name=str(label), mode="markers"
        )
    title = "Random points in place of codes, under a title that a phone shows in two lines"
    return figure.update_layout(title=title, xaxis_title="z1", yaxis_title="z2", showlegend=True)


def rings(step: int) -> bytes:
    """Twenty rings that blur from step to step, so that a glance tells whether pictures are right."""
    rows, columns = np.mgrid[:28, :28]
    distance = np.hypot(rows - 13.5, columns - 13.5) - np.arange(20)[:, None, None] % 10
    images = 255 * np.exp(-(distance**2) / (2 + step))
    return tile(images[:, None].astype(np.uint8), columns=10)


@st.fragment
def views() -> None:
    if st.button("Next"):
        st.session_state.step = st.session_state.get("step", 0) + 1
    step = st.session_state.get("step", 0)
    with st.container(key="losses"):
        plot(losses(step), key="loss-chart", height=320, alt="Losses by step", state="running", step=step)
    with st.container(key="latent"):
        chosen = plot(scatter(step), key="codes", height=420, alt="Codes", step=step, selectable=True)
    if chosen is not None:
        st.session_state.chosen = chosen
    st.write(f"Chosen: {st.session_state.get('chosen')}")
    sheets = [
        Sheet(rings(step), "Reconstructions", "Rings by class", CLASSES, ROWS),
        Sheet(rings(step), "Samples", "Rings"),
    ]
    with st.container(key="strip"):
        pictures(sheets, key="strip-pictures", file_name="rings.png", state="running", step=step)


st.set_page_config(layout="wide")
st.title("Components")
st.write(f"Visitor: {visitor()}")
views()
if st.button("Fail"):
    raise RuntimeError("a secret detail")
