"""A link as a QR code to project: large, black on white in every theme, and beside it the link in words."""

from __future__ import annotations

from html import escape

import segno
import streamlit as st

SHOWN = "link_shown"
"""Session state: title, link and sentence of the code that is on the page."""

QUIET_ZONE = 4
"""Modules of white around the code, which ISO/IEC 18004 asks for."""


def show_link(title: str, link: str, sentence: str) -> None:
    """Have the page show a link large when it is next drawn; for the callback of a button."""
    st.session_state[SHOWN] = (title, link, sentence)


def shown_link() -> None:
    """Draw the link that `show_link` asked for, over the page."""
    if shown := st.session_state.get(SHOWN):
        _dialog(*shown)


def image_address(text: str) -> str:
    """A text as a QR code that cameras read: the address of an image that holds all of it itself."""
    # The lowest level of correction, raised as far as it costs no room: large modules are what a camera at
    # the back of a classroom needs, and a screen has no dirt on it.
    code = segno.make(text, error="l", micro=False)
    return code.svg_data_uri(border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True)


def _forget() -> None:
    st.session_state.pop(SHOWN, None)


@st.dialog("Share", width="large", on_dismiss=_forget)
def _dialog(title: str, link: str, sentence: str) -> None:
    st.markdown(f"**{title}** · {sentence}")
    alternative = f"QR code of the link that stands beside it: {title.lower()}"
    left, right = st.columns([1.7, 1], gap="medium", vertical_alignment="center")
    with left:
        # As large as fits on the screen together with the words; st.image knows no height.
        st.html(
            f'<img src="{escape(image_address(link))}" alt="{escape(alternative)}" '
            'style="display:block;margin:auto;width:min(100%, 72vh);aspect-ratio:1">'
        )
    with right:
        st.code(link, language=None, wrap_lines=True)
