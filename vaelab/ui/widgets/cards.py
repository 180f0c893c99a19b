"""Cards to choose one of, as a browser component: each a picture, a title and a sentence."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from vaelab.ui.widgets.components import component


@dataclass(frozen=True)
class Card:
    """A card; its name is what is told when it is chosen."""

    name: str
    title: str
    sentence: str
    picture: str | None
    """Address of a picture twice as wide as high."""


def cards(shown: Sequence[Card], current: str, *, key: str, on_chosen: Callable[[object], None]) -> None:
    """Show cards, of which the one named `current` is marked.

    Parameters
    ----------
    key
        Streamlit's key of the element.
    on_chosen
        Called with a card's name before the script runs again; it comes from a browser and may be anything.
    """
    component("cards")(
        key=key,
        data={"cards": [asdict(card) for card in shown], "current": current},
        on_chosen_change=lambda: on_chosen(st.session_state[key]["chosen"]),
    )
