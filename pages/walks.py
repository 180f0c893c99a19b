"""Walks: along each latent dimension, from image to image, and to new images."""

import streamlit as st

from vaelab.ui.explore.interpolate import interpolate
from vaelab.ui.explore.opened import open_page
from vaelab.ui.explore.sample import sample
from vaelab.ui.explore.traverse import traverse
from vaelab.ui.session.readers import one_of

WALKS = {"traverse": traverse, "interpolate": interpolate, "sample": sample}

opened = open_page("Walks")
# No `st.tabs`: Streamlit forgets which of them was open when another page is shown.
walk = st.segmented_control(
    "Walk",
    list(WALKS),
    format_func=str.capitalize,
    key=opened.settings.take("walk", one_of(tuple(WALKS)), "traverse"),
    required=True,
    persist_state="session",
    label_visibility="collapsed",
)
with st.container(key="walks"):
    WALKS[walk](opened)
opened.write_address()
