"""The recipe that the form holds: its values fill the widgets, whose keys are the names of the fields."""

from __future__ import annotations

from typing import Any

import streamlit as st

from vaelab.config.defaults import FOLLOWS
from vaelab.config.fields import FIELD_NAMES, as_text, field_spec, read_config
from vaelab.config.presets import PRESETS
from vaelab.config.run_config import RunConfig, with_changes
from vaelab.ui.session.chosen import show_example
from vaelab.ui.session.visit import put, visit


def fill_form(config: RunConfig) -> None:
    """Set every widget to a config; before the widgets are made, or in a callback."""
    for name in FIELD_NAMES:
        value = getattr(config, name)
        put(name, as_text(value) if field_spec(name).kind == "text" else value)
    visit().recipe = config


def restore_form() -> None:
    """Set widgets that Streamlit forgot while another page was shown."""
    if not _has_form():
        fill_form(visit().recipe)


def recipe_now() -> RunConfig:
    """The last valid recipe of the form, with what has just been changed, on any page."""
    if _has_form():
        read_form()
    return visit().recipe


def read_form() -> tuple[RunConfig | None, dict[str, str]]:
    """The recipe that the widgets show, or a sentence for each wrong field."""
    config, problems = read_config({name: st.session_state[name] for name in FIELD_NAMES})
    if config is not None:
        visit().recipe = config
    return config, problems


def _has_form() -> bool:
    return all(name in st.session_state for name in FIELD_NAMES)


def preset_now() -> str:
    """The preset that the recipe is, or was made from."""
    recipe = visit().recipe
    same = next((name for name, preset in PRESETS.items() if preset.config == recipe), None)
    visit().preset_base = preset = same or visit().preset_base or "vae-2d"
    return preset


def take_preset(name: str) -> None:
    """Fill the form with a preset and show its finished example; in a callback."""
    visit().preset_base = name
    fill_form(PRESETS[name].config)
    show_example()


def default_of(name: str, config: RunConfig) -> Any:
    """The value that a field of `FOLLOWS` has by itself in a recipe."""
    return getattr(config.variant(**{name: None}), name)


def follow_field(leader: str) -> None:
    """Move what follows from a field to its new default, unless it was chosen by hand; in a callback."""
    before = visit().recipe
    after = RunConfig.model_validate(with_changes(before, {leader: st.session_state[leader]}))
    for follower, leaders in FOLLOWS.items():
        if leader in leaders and getattr(before, follower) == default_of(follower, before):
            put(follower, getattr(after, follower))
