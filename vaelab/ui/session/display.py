"""How a class sees the pages: which controls a link hides, and large letters for projection.

`?hide=advanced,twin` hides controls and `?present=1` shows pages for projection. Both hold for all pages
until a link says otherwise (`hide=`, `present=0`), and all links of the app keep them. Hiding serves focus
and not security: hidden elements remain in the page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import streamlit as st

from vaelab.ui.session.address import in_this_link, must_be, parameters, set_parameter
from vaelab.ui.session.visits import Display, visit

LETTERS = 18
"""Font size of projected charts, in CSS pixels."""

BODY = 20
"""Font size of all other projected text, in CSS pixels, instead of the usual 16."""

_LEAVE = "leave-presentation"


@dataclass(frozen=True)
class Control:
    """What a link can hide."""

    label: str
    selector: str
    """CSS selector of the elements that are hidden."""


CONTROLS = {
    "navigation": Control("Navigation", '.st-key-topbar, [data-testid="stHeaderLogo"]'),
    "recipe": Control("Recipe", ".st-key-recipe-fields"),
    "advanced": Control("Advanced settings", ".st-key-advanced"),
    "twin": Control("Both: train twins", '.st-key-kind_of_run [role="radio"]:last-child'),
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
"""Everything that can be hidden, by its name in a link. All but navigation, share and rewind are on Train."""

COLUMNS = {frozenset({"losses", "hints"}): ".st-key-losses", frozenset({"latent"}): ".st-key-live-latent"}
"""Columns by the controls that fill them: where all of these are hidden, the neighbours take the room."""


EARLIER_NAMES = {"sidebar": "navigation"}
"""Names in links that have been sent, with the names that stand for them now."""


def read_display(asked: Mapping[str, str], before: Display) -> tuple[Display, list[str]]:
    """The display that a link asks for, given the one before, and a sentence for each wrong parameter."""
    display, sentences = before, []
    if "hide" in asked:
        names = [EARLIER_NAMES.get(name, name) for name in asked["hide"].split(",") if name]
        display = replace(display, hidden=tuple(name for name in CONTROLS if name in names))
        if wrong := [name for name in names if name not in CONTROLS]:
            sentences.append(must_be("hide", f"some of {', '.join(CONTROLS)}", ", ".join(wrong)))
    if "present" in asked:
        if asked["present"] in ("0", "1"):
            display = replace(display, present=asked["present"] == "1")
        else:
            sentences.append(must_be("present", "0 or 1", asked["present"]))
    return display, sentences


def show_as_asked() -> None:
    """Hide controls and enlarge letters as the address asks; to be called on every page before all else."""
    visit().display, sentences = read_display(parameters(), visit().display)
    st.html(f"<style>{''.join(_rules(visit().display))}</style>")
    for sentence in sentences:
        st.warning(in_this_link(sentence))


def offer_to_leave() -> None:
    """Draw, on a projected page, the button that ends the projection."""
    if visit().display.present:
        st.button(
            "Leave presentation",
            key=_LEAVE,
            icon=":material/close_fullscreen:",
            type="tertiary",
            on_click=_leave,
        )


def _leave() -> None:
    visit().display = replace(visit().display, present=False)
    set_parameter("present", None)


def _rules(display: Display) -> Iterable[str]:
    """The CSS rules of a display."""
    for name in display.hidden:
        selector = CONTROLS[name].selector
        yield f"{selector} {{ display: none !important; }}\n"
        # Streamlit's wrapper of the element would leave a gap.
        yield f'[data-testid="stLayoutWrapper"]:has(> :is({selector})) {{ display: none !important; }}\n'
    for names, selector in COLUMNS.items():
        if names <= set(display.hidden):
            yield f'[data-testid="stColumn"]:has({selector}) {{ display: none !important; }}\n'
    if display.present:
        yield f"{CONTROLS['navigation'].selector}, .stAppHeader {{ display: none !important; }}\n"
        yield f":root {{ --vaelab-letters: {LETTERS}px; font-size: {BODY}px !important; }}\n"
        yield '[data-testid="stMainBlockContainer"] { padding-top: 2rem; max-width: 110rem; }\n'
        yield (
            f".st-key-{_LEAVE} {{ position: fixed; right: 0.5rem; bottom: 0.5rem; z-index: 100; width: auto; "
            "padding: 0 0.5rem; border-radius: 0.5rem; background: var(--st-background-color, canvas); }\n"
        )
