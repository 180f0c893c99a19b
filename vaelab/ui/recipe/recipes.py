"""The choice of a recipe: a card for each, with a picture of its result, behind a button with its name."""

import streamlit as st

from vaelab.config import PRESETS
from vaelab.config.fields import changes_in_words
from vaelab.ui.recipe.pictures import picture_url
from vaelab.ui.session import put, visit
from vaelab.ui.session.recipe import preset_now, take_preset
from vaelab.ui.widgets.cards import Card, cards

OPENED = "recipes"
"""Key of the popover, whose value is whether it is open."""


def recipe_cards() -> None:
    """Draw the button that names the recipe, and behind it a card for each one to choose from."""
    name = preset_now()
    title, is_changed = _short(PRESETS[name].title), visit().recipe != PRESETS[name].config
    with st.popover(
        f"{title} · changed" if is_changed else title,
        icon=None if is_changed else ":material/menu_book:",  # the column of dials has no room for both
        width="stretch",
        wrap=False,
        key=OPENED,
        on_change="rerun",
    ):
        cards(
            [Card(key, preset.title, preset.teaches, picture_url(key)) for key, preset in PRESETS.items()],
            name,
            key="recipe_cards",
            on_chosen=_take,
        )


def preset_caption() -> str:
    """Sentences on what the chosen preset teaches, and how the recipe differs from it."""
    preset, config = PRESETS[preset_now()], visit().recipe
    changed = changes_in_words(config, preset.config)
    return preset.teaches + (f" **Changed:** {changed}." if changed else "")


def _short(title: str) -> str:
    return title.partition(":")[0]


def _take(chosen: object) -> None:
    if isinstance(chosen, str) and chosen in PRESETS:
        take_preset(chosen)
        put(OPENED, False)
