"""How a class sees the pages: which controls a link hides, and large letters for projection.

`?hide=advanced,twin` hides controls, and `?present=1` shows pages for projection. Both hold for all pages
until a link says otherwise (`hide=`, `present=0`), and all links of the app keep them. A link to Train may
say `?show=latent,losses` instead, which hides all its other parts. Hiding serves focus and not security:
hidden elements remain in the page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

import streamlit as st

from vaelab.paths import ASSETS
from vaelab.ui.session.address import in_this_link, must_be, parameters, set_parameter
from vaelab.ui.session.visits import Display, visit

LETTERS = 18
"""Font size of projected charts, in CSS pixels."""

BODY = 21
"""Font size of other projected text, in CSS pixels, instead of 16; the small letters in it are 7/8 of it."""

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
    "advanced": Control("More settings", ".st-key-advanced"),
    "twin": Control("The choice to train twins", '.st-key-kind_of_run [role="radio"]:last-child'),
    "controls": Control("Train, Pause and Stop", ".st-key-controls"),
    "outcome": Control("Progress and outcome", ".st-key-outcome"),
    "verdict": Control("Verdict in words", ".st-key-verdict"),
    "code": Control("Show the code", ".st-key-show_code"),
    "share": Control("Share", ".st-key-share_opened"),
    "losses": Control("Losses, with their hints", ".st-key-live-losses"),
    "hints": Control("Hints", ".st-key-hints"),
    "latent": Control("Latent space", ".st-key-live-latent"),
    "pictures": Control("Reconstructions and samples", ".st-key-live-digits"),
    "measures": Control("Table of measures", ".st-key-measures"),
    "slow-motion": Control("Slow motion", ".st-key-slow_motion, .st-key-lesson_slow"),
    "rewind": Control("Rewind", ".st-key-rewind, .st-key-rewind_words, .st-key-rewind_losses"),
}
"""Everything that can be hidden, by its name in a link. All but navigation and rewind are on Train."""

PARTS = tuple(name for name in CONTROLS if name not in ("navigation", "rewind"))
"""What `show` chooses from: the parts of Train."""


def _wrapper(part: str) -> str:
    """Selector of the wrapper that Streamlit puts around a container."""
    return f'[data-testid="stLayoutWrapper"]:has(> .st-key-{part})'


ROOMS = {
    frozenset({"recipe", "advanced"}): (
        f"{_wrapper('dials')} {{ display: none !important; }}\n"
        ".st-key-stage { grid-template-columns: minmax(0, 1fr) !important; }\n"
    ),
    # What `assets/styles/stage.css` takes off for the bar is its height and the gap below it.
    frozenset({"controls", "outcome", "verdict"}): (
        f"{_wrapper('stage-bar')} {{ display: none !important; }}\n"
        ".st-key-stage { --bar: -0.5rem !important; }\n"
    ),
    frozenset({"controls", "outcome"}): (
        f"{_wrapper('verdict')} {{ flex: 1 1 0 !important; }}\n.st-key-verdict {{ max-width: none; }}\n"
    ),
    frozenset({"losses", "pictures"}): f"{_wrapper('stage-side')} {{ display: none !important; }}\n",
    frozenset({"latent"}): f"{_wrapper('stage-side')} {{ flex: 1 1 0 !important; }}\n",
}
"""The rules by which neighbours take the room of controls, where all of these are hidden."""


_LOW_WINDOW = """@media (min-width: 1181px) and (max-height: 999px) {
  [data-testid="stLayoutWrapper"]:has(> .st-key-live-samples) { display: none !important; }
}
@media (min-width: 1181px) and (max-height: 839px) {
  [data-testid="stLayoutWrapper"]:has(> .st-key-live-digits) { display: none !important; }
}
"""
"""Where losses in large letters leave no room for pictures below them."""

EARLIER_NAMES = {"sidebar": "navigation"}
"""Names in links that have been sent, with the names that stand for them now."""


def read_display(asked: Mapping[str, str], before: Display) -> tuple[Display, list[str]]:
    """The display that a link asks for, given the one before, and a sentence for each wrong parameter."""
    display, sentences, hidden = before, [], set[str]()
    for parameter, label, allowed in (
        ("hide", "Hidden parts", tuple(CONTROLS)),
        ("show", "Shown parts", PARTS),
    ):
        if parameter in asked:
            names = [EARLIER_NAMES.get(name, name) for name in asked[parameter].split(",") if name]
            if parameter == "hide":
                hidden |= set(names)
            elif chosen := set(PARTS) & set(names):  # a page with no part at all is nobody's wish
                hidden |= set(PARTS) - chosen
            display = replace(display, hidden=tuple(name for name in CONTROLS if name in hidden))
            if wrong := [name for name in names if name not in allowed]:
                named = f"some of {', '.join(allowed)}"
                sentences.append(must_be(parameter, named, ", ".join(wrong), label))
    if "present" in asked:
        if asked["present"] in ("0", "1"):
            display = replace(display, present=asked["present"] == "1")
        else:
            sentences.append(must_be("present", "0 or 1", asked["present"]))
    return display, sentences


def link_of(display: Display) -> dict[str, str]:
    """The parameters of a link to Train: what it shows large, where that is less than what it hides."""
    shown = [name for name in PARTS if name not in display.hidden]
    if not display.present or not 0 < len(shown) < len(PARTS) / 2:
        return display.parameters()
    others = tuple(name for name in display.hidden if name not in PARTS)
    return {"show": ",".join(shown)} | Display(others, present=True).parameters()


def show_as_asked(*, on_train: bool) -> None:
    """Hide controls and enlarge letters as the address asks; to be called on every page before all else.

    On other pages than Train, `show` is a choice of the page.
    """
    visit().display, sentences = read_display(_of_display(parameters(), on_train), visit().display)
    st.html(f"<style data-display>{''.join(_rules(visit().display))}</style>")
    for sentence in sentences:
        st.warning(in_this_link(sentence))


def first_styles(path: str, query: str) -> str:
    """The styles of a display that an address asks for, before its script has run; empty for the usual one.

    Parameters
    ----------
    path: of the page below the app's address; empty for Train.
    query: the address's parameters, as after its "?".
    """
    asked = dict(parse_qsl(query, keep_blank_values=True))
    display, _ = read_display(_of_display(asked, on_train=not path), Display())
    return "".join(_rules(display))


def _of_display(asked: Mapping[str, str], on_train: bool) -> dict[str, str]:
    return {name: text for name, text in asked.items() if on_train or name != "show"}


def offer_to_present() -> None:
    """Draw the button that shows the page large; the top bar has it, which a projected page hides."""
    st.button(
        "Present",
        key="present",
        icon=":material/present_to_all:",
        type="tertiary",
        on_click=_present,
        help="Shows this page large, without this bar, for projection.",
    )


def _present() -> None:
    visit().display = replace(visit().display, present=True)
    set_parameter("present", "1")


def offer_to_leave(*, on_train: bool) -> None:
    """Draw, on a projected page, the button that ends the projection."""
    if visit().display.present:
        st.button(
            "Leave presentation",
            key=_LEAVE,
            icon=":material/close_fullscreen:",
            type="tertiary",
            on_click=_leave,
            args=(("hide", "show", "present") if on_train else ("hide", "present"),),
        )


def _leave(names: Sequence[str]) -> None:
    """End the projection; what it left out comes back, since the buttons may be among that."""
    visit().display = Display()
    for name in names:
        set_parameter(name, None)


def _rules(display: Display) -> Iterable[str]:
    """The CSS rules of a display."""
    for name in display.hidden:
        selector = CONTROLS[name].selector
        yield f"{selector} {{ display: none !important; }}\n"
        # Streamlit's wrapper of the element would leave a gap.
        yield f'[data-testid="stLayoutWrapper"]:has(> :is({selector})) {{ display: none !important; }}\n'
    if display.present:
        bar = f"{CONTROLS['navigation'].selector}, {_wrapper('topbar')}, .stAppHeader"
        yield f"{bar} {{ display: none !important; }}\n"
        yield f":root {{ --vaelab-letters: {LETTERS}px; font-size: {BODY}px !important; }}\n"
        # The way out has the room of the bar to itself, where it covers nothing.
        yield (
            f".st-key-{_LEAVE} {{ position: fixed; inset: 0 0 auto; z-index: 1000; width: 100%; "
            "height: 2.25rem; padding: 0 0.75rem; align-items: flex-start; "
            "background: var(--st-secondary-background-color, canvas); }\n"
        )
        yield (ASSETS / "presentation.css").read_text(encoding="utf-8")
        if "losses" not in display.hidden:
            yield _LOW_WINDOW
        if {"controls", "outcome"} <= set(display.hidden):
            yield ".st-key-stage { --bar: 2.75rem !important; }\n"
    for names, rules in ROOMS.items():
        if names <= set(display.hidden):
            yield rules
    if display != Display():
        height = f"max({_least_height(display)}rem, calc(100dvh - 3.75rem))"
        yield f".st-key-stage {{ --stage: {height} !important; }}\n"


def _least_height(display: Display) -> int:
    """Height in rem below which the stage does not fit into the window, for what is shown on it."""
    hidden = set(display.hidden)
    if {"recipe", "advanced"} <= hidden and hidden & {"losses", "pictures"}:
        return 20
    return 27 if display.present else 34
