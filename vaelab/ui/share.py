"""The Share popover: a recipe as a link, as a command line and as Python."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from vaelab.config import RunConfig
from vaelab.recipes import command_line, python_code
from vaelab.runs import Run
from vaelab.ui.link import link_to, parameters_of


def share(config: RunConfig, run: Run | None = None) -> None:
    """Draw the popover of a recipe, and of the run that was trained with it, if there is one."""
    with st.popover("Share", icon=":material/share:"):
        links, command, python = st.tabs(["Link", "Command", "Python"])
        with links:
            _recipe_link(config)
            if run:
                _code(link_to("latent-space", {"run": run.id}))
                st.caption("The trained run: whoever has this link can look at it on this server.")
        with command:
            _code(command_line(config))
            st.caption("Trains this recipe where VAE Lab is installed, in its folder.")
        with python:
            _code(python_code(config))


def _recipe_link(config: RunConfig) -> None:
    link = link_to("", parameters_of(config))
    _code(link)
    sentence = "The recipe, with every setting: it means the same when a default changes."
    if urlsplit(link).hostname in ("localhost", "127.0.0.1", "::1"):
        sentence += (
            " This address is your own machine; elsewhere, replace its start by the address of VAE Lab there."
        )
    st.caption(sentence)


def _code(text: str) -> None:
    # Without colours: those of Streamlit's languages are too pale to read.
    st.code(text, language=None, wrap_lines=True)
