"""How a class sees the pages: which controls a link hides, and large letters for projection.

`?hide=advanced,twin` hides controls and `?present=1` shows a page for projection, on every page and until
a link says otherwise (`hide=`, `present=0`). It is for focus and not for security: what is hidden is still
there. Both stay out of what a page itself reads and writes, and are carried along by all of our links.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import streamlit as st

from vaelab.ui.session.address import in_this_link, must_be, parameters, set_parameter
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


def read_display(asked: Mapping[str, str], before: Display) -> tuple[Display, list[str]]:
    """What a link's parameters make of how pages are shown, and a sentence for each that is wrong."""
    found, sentences = before, []
    if "hide" in asked:
        names = [name for name in asked["hide"].split(",") if name]
        found = replace(found, hidden=tuple(name for name in CONTROLS if name in names))
        if wrong := [name for name in names if name not in CONTROLS]:
            sentences.append(must_be("hide", f"some of {', '.join(CONTROLS)}", ", ".join(wrong)))
    if "present" in asked:
        if asked["present"] in ("0", "1"):
            found = replace(found, present=asked["present"] == "1")
        else:
            sentences.append(must_be("present", "0 or 1", asked["present"]))
    return found, sentences


def show_as_asked() -> None:
    """Follow the address, and hide and enlarge what it says; to be called on every page before all else."""
    visit().display, sentences = read_display(parameters(), visit().display)
    shown = visit().display
    st.html(f"<style>{''.join(_rules(shown))}</style>")
    for sentence in sentences:
        st.warning(in_this_link(sentence))


def offer_to_leave() -> None:
    """Draw, on a page that is projected, the way back to how it usually is."""
    if visit().display.present:
        st.button("Leave presentation", key=_LEAVE, icon=":material/close_fullscreen:", type="tertiary",
                  on_click=_leave)  # fmt: skip


def _leave() -> None:
    visit().display = replace(visit().display, present=False)
    set_parameter("present", None)


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
