"""Buttons of other pages that open a recipe on the Train page, or train it at once."""

import streamlit as st

from vaelab.config import RunConfig
from vaelab.paths import PAGES
from vaelab.ui.session import ask_to_start, page_link, parameters_of, with_display

TRAIN = PAGES / "train.py"


def recipe_actions(config: RunConfig, key: str, *, twins: bool = False) -> None:
    """Draw a button that trains a recipe, with its twin if wanted, and a link that only opens it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Train it", key=f"train-{key}", type="primary", icon=":material/play_arrow:"):
            ask_to_start(config, twins=twins)
            st.switch_page(TRAIN, query_params=with_display(parameters_of(config)))
        page_link(
            TRAIN,
            label="Only open the recipe",
            icon=":material/edit_note:",
            query_params=parameters_of(config),
            help="Fills the form of the Train page. Copy this link to send the recipe.",
        )
