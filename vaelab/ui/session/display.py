"""How a class sees the pages: which controls a link hides, and large letters for projection.

`?hide=advanced,twin` hides controls and `?present=1` shows a page for projection, on every page and until
a link says otherwise (`hide=`, `present=0`). It is for focus and not for security: what is hidden is still
there. Both stay out of what a page itself reads and writes, and are carried along by all of our links.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from vaelab.ui.session.text import plain
from vaelab.ui.session.visit import Display, visit

LETTERS = 18
"""CSS pixels of the letters of charts that are projected."""

BODY = 20
"""CSS pixels of all other letters, in place of the usual 16."""

_LEAVE = "leave-presentation"


@dataclass(frozen=True)
class Control:
    """What a link can hide."""

    label: str
    selector: str
    """Of CSS."""


CONTROLS = {
    "sidebar": Control(
        "Sidebar", '[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"], [data-testid="stLogo"]'
    ),
    "recipe": Control("Recipe", ".st-key-recipe-fields"),
    "advanced": Control("Advanced settings", ".st-key-advanced"),
    "twin": Control("Train its twin", ".st-key-twins"),
    "code": Control("Show the code", ".st-key-show_code"),
    "share": Control("Share", ".st-key-share_opened"),
    "losses": Control("Losses", ".st-key-heading-losses, .st-key-losses, .st-key-losses-caption"),
    "hints": Control(
        "Hints", ".st-key-hints, .st-key-hints-of-example, .st-key-heading-losses .stMarkdownBadge"
    ),
    "latent": Control("Latent space", ".st-key-live-latent"),
    "pictures": Control("Reconstructions and samples", ".st-key-live-reconstructions, .st-key-live-samples"),
    "measures": Control("How good is it?", ".st-key-measures"),
    "slow-motion": Control("Slow motion", ".st-key-slow_motion, .st-key-lesson_slow"),
    "rewind": Control("Rewind", ".st-key-rewind, .st-key-rewind_losses"),
}
"""Everything that can be hidden, by its name in a link. All but sidebar, share and rewind are on Train."""

COLUMNS = {frozenset({"losses", "hints"}): ".st-key-losses", frozenset({"latent"}): ".st-key-live-latent"}
"""Columns that have nothing else than these controls, so that what is beside them can have their room."""


def read_display(parameters: Mapping[str, str], before: Display) -> tuple[Display, list[str]]:
    """What a link's parameters make of how pages are shown, and a sentence for each that is wrong."""
    found, sentences = before, []
    if "hide" in parameters:
        names = [name for name in parameters["hide"].split(",") if name]
        found = replace(found, hidden=tuple(name for name in CONTROLS if name in names))
        if wrong := [name for name in names if name not in CONTROLS]:
            sentences.append(f"hide must be some of {', '.join(CONTROLS)}, not {', '.join(wrong)[:40]!r}.")
    if "present" in parameters:
        if parameters["present"] in ("0", "1"):
            found = replace(found, present=parameters["present"] == "1")
        else:
            sentences.append(f"present must be 0 or 1, not {parameters['present'][:40]!r}.")
    return found, sentences


def display() -> Display:
    """How pages are shown now."""
    return visit().display


def show_as_asked() -> None:
    """Follow the address, and hide and enlarge what it says; to be called on every page before all else."""
    visit().display, sentences = read_display(st.query_params.to_dict(), display())
    shown = display()
    st.html(f"<style>{''.join(_rules(shown))}</style>")
    for sentence in sentences:
        st.warning(plain(f"In this link, {sentence}"))


def offer_to_leave() -> None:
    """Draw, on a page that is projected, the way back to how it usually is."""
    if display().present:
        st.button("Leave presentation", key=_LEAVE, icon=":material/close_fullscreen:", type="tertiary",
                  on_click=_leave)  # fmt: skip


def _leave() -> None:
    visit().display = replace(display(), present=False)
    if "present" in st.query_params:
        del st.query_params["present"]


def _rules(shown: Display) -> Iterable[str]:
    """What CSS says of a display."""
    for name in shown.hidden:
        selector = CONTROLS[name].selector
        yield f"{selector} {{ display: none !important; }}\n"
        # What Streamlit lays around a part would keep the distance between parts.
        yield f'[data-testid="stLayoutWrapper"]:has(> :is({selector})) {{ display: none !important; }}\n'
    for names, selector in COLUMNS.items():
        if names <= set(shown.hidden):
            yield f'[data-testid="stColumn"]:has({selector}) {{ display: none !important; }}\n'
    if shown.present:
        yield f"{CONTROLS['sidebar'].selector}, .stAppHeader {{ display: none !important; }}\n"
        yield f":root {{ --vaelab-letters: {LETTERS}px; font-size: {BODY}px !important; }}\n"
        yield '[data-testid="stMainBlockContainer"] { padding-top: 2rem; max-width: 110rem; }\n'
        yield (
            f".st-key-{_LEAVE} {{ position: fixed; right: 0.5rem; bottom: 0.5rem; z-index: 100; width: auto; "
            "padding: 0 0.5rem; border-radius: 0.5rem; background: var(--st-background-color, canvas); }\n"
        )


# Addresses: those of pages know nothing of how they are shown


def address() -> dict[str, str]:
    """The parameters of the address that are the page's own."""
    return {
        name: value for name, value in st.query_params.to_dict().items() if name not in ("hide", "present")
    }


def write_address(parameters: Mapping[str, str]) -> None:
    """Replace the page's own parameters in the address."""
    st.query_params.from_dict(shown_the_same(parameters))


def shown_the_same(parameters: Mapping[str, str]) -> dict[str, str]:
    """Parameters of a link within the app, which leads to pages that are shown as this one is."""
    return {**parameters, **display().parameters()}


def page_link(page: Any, *, query_params: Mapping[str, str] | None = None, **options: Any) -> None:
    """`st.page_link` to a page that is shown as this one is."""
    st.page_link(page, query_params=shown_the_same(query_params or {}), **options)
