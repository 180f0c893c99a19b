"""The main script: every visit to any address runs it, and it runs the page at that address."""

import streamlit as st

from vaelab.paths import ASSETS, PAGES
from vaelab.ui.navigation import addresses_within
from vaelab.ui.session.address import page_link
from vaelab.ui.session.display import offer_to_leave, show_as_asked
from vaelab.ui.session.places import ICONS
from vaelab.ui.widgets.components import close_sidebar

# The paths are absolute because Streamlit would take relative ones from this script's folder.
GROUPS = {
    "Train": [
        st.Page(
            PAGES / "train.py",
            title="Train",
            default=True,
            help="Choose a recipe, train a model and watch it learn.",
        ),
    ],
    "Explore": [
        st.Page(
            PAGES / "reconstructions.py",
            title="Reconstructions",
            url_path="reconstructions",
            help="Test images beside what the model makes of them, and where it errs.",
        ),
        st.Page(
            PAGES / "latent_space.py",
            title="Latent space",
            url_path="latent-space",
            help="Where the model puts every test image.",
        ),
        st.Page(
            PAGES / "latent_grid.py",
            title="Latent grid",
            url_path="latent-grid",
            help="The images that the decoder draws, all over the latent space.",
        ),
        st.Page(
            PAGES / "walks.py",
            title="Walks",
            url_path="walks",
            help="What each latent dimension does, what lies between images, and new images.",
        ),
    ],
    "Intuition": [
        st.Page(
            PAGES / "compare.py",
            title="Compare",
            url_path="compare",
            help="Two to six runs side by side, with one cursor for all latent planes.",
        ),
        st.Page(
            PAGES / "sweep.py",
            title="Sweep",
            url_path="sweep",
            help="What one setting does: train with several values of it and compare.",
        ),
        st.Page(
            PAGES / "failures.py",
            title="Failures",
            url_path="failures",
            help="Recipes that go wrong, each in its own way: predict how, then train them.",
        ),
    ],
    "Learn": [
        st.Page(
            PAGES / "lessons.py",
            title="Lessons",
            url_path="lessons",
            help="Six short lessons, each with a question and a model to try it on.",
        ),
        st.Page(
            PAGES / "glossary.py",
            title="Glossary",
            url_path="glossary",
            help="Every term that the pages use, explained.",
        ),
    ],
    "Runs": [
        st.Page(
            PAGES / "runs.py",
            title="Runs",
            url_path="runs",
            help="Every run you trained: compare, rename, download, delete.",
        ),
    ],
}

# Streamlit's own list of pages has, when grouped, list items outside of a list (axe-core: serious), and it
# makes a page's icon its favicon, which browsers would then fetch from Google.
page = st.navigation(GROUPS, position="hidden")
st.set_page_config(page_title=f"{page.title} · VAE Lab", page_icon=ASSETS / "icon.svg", layout="wide")
st.logo(ASSETS / "logo.svg", icon_image=ASSETS / "icon.svg", size="large")
st.html(ASSETS / "page.css")
show_as_asked()
addresses = addresses_within((entry.title for entries in GROUPS.values() for entry in entries), page.title)
for title, entries in GROUPS.items():
    with st.sidebar.container(gap="xsmall"):
        st.caption(f"**{title}**")
        for entry in entries:
            # A link of the sidebar has no parameters by itself: these carry recipe and run along.
            page_link(entry, icon=ICONS[entry.title], query_params=addresses[entry.title])
with st.sidebar:
    close_sidebar(page.title)
page.run()
offer_to_leave()
