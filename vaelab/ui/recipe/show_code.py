"""The popover "Show the code": a recipe as plain PyTorch, to read and to download."""

import streamlit as st

from vaelab.config import RunConfig
from vaelab.export.script import file_stem, notebook, script

HEIGHT = 480
"""Height in pixels of the listing, which scrolls: with the buttons it fits a laptop's screen."""


def show_code(config: RunConfig) -> None:
    """Draw the popover of a recipe's listing, with its downloads."""
    with st.popover("Show the code", icon=":material/code:", key="show_code"):
        st.caption(
            "The model and the training of this recipe, complete, in plain PyTorch: it needs torch and "
            "torchvision, and nothing of VAE Lab."
        )
        text, stem = script(config), file_stem(config)
        with st.container(horizontal=True):
            _download("Script", text, f"{stem}.py", "text/x-python")
            _download("Notebook", notebook(config), f"{stem}.ipynb", "application/x-ipynb+json")
        # The container scrolls and not the code, because the keyboard reaches a scrolling container only.
        with st.container(key="listing", height=HEIGHT, border=False):
            st.code(text, language="python", wrap_lines=True)


def _download(label: str, text: str, name: str, mime: str) -> None:
    st.download_button(
        label, text, file_name=name, mime=mime, key=f"download_{label.lower()}", icon=":material/download:",
        on_click="ignore", help=name,
    )  # fmt: skip
