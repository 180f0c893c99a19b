"""The main script: every visit to any address runs it, and it runs the page at that address."""

from pathlib import Path

import streamlit as st

PAGES = Path(__file__).resolve().parents[2] / "pages"

# The paths are absolute because Streamlit would take relative ones from this script's folder.
page = st.navigation(
    {
        "Train": [
            st.Page(
                PAGES / "train.py",
                title="Train",
                icon=":material/play_circle:",
                default=True,
                help="Choose a recipe, train a model and watch it learn.",
            ),
        ],
        "Explore": [
            st.Page(
                PAGES / "reconstructions.py",
                title="Reconstructions",
                icon=":material/compare:",
                url_path="reconstructions",
                help="Test images beside what the model makes of them, and where it errs.",
            ),
            st.Page(
                PAGES / "latent_space.py",
                title="Latent space",
                icon=":material/scatter_plot:",
                url_path="latent-space",
                help="Where the model puts every test image.",
            ),
            st.Page(
                PAGES / "latent_grid.py",
                title="Latent grid",
                icon=":material/grid_view:",
                url_path="latent-grid",
                help="The images that the decoder draws, all over the latent space.",
            ),
        ],
        "Runs": [
            st.Page(
                PAGES / "runs.py",
                title="Runs",
                icon=":material/list:",
                url_path="runs",
                help="Every run you trained: compare, rename, download, delete.",
            ),
        ],
    }
)
st.set_page_config(page_title=f"{page.title} · VAE Lab", layout="wide")
page.run()
