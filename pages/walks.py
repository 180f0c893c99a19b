"""Walks: along each latent dimension, from image to image, and to new images."""

import streamlit as st

from vaelab.ui.explore.controls import pick_option
from vaelab.ui.explore.interpolate import interpolate
from vaelab.ui.explore.opened import open_page
from vaelab.ui.explore.sample import sample
from vaelab.ui.explore.traverse import traverse

WALKS = {"traverse": traverse, "interpolate": interpolate, "sample": sample}

opened = open_page("Walks")
# These are not `st.tabs`, because Streamlit forgets which tab was open when another page is shown.
labels = {name: name.capitalize() for name in WALKS}
walk = pick_option(opened.choices, "walk", "Walk", labels, label_visibility="collapsed")
with st.container(key="walks"):
    WALKS[walk](opened)
opened.write_address()
