"""The recipe of the form, whose widgets have the names of the config's fields as their keys."""

from typing import Any

import streamlit as st

from vaelab.config import FIELD_NAMES, PRESETS, RunConfig, as_text, field_spec, read_config, with_changes
from vaelab.config.defaults import FOLLOWS
from vaelab.ui.session.visits import put, visit


def fill_form(config: RunConfig) -> None:
    """Set every widget to a config; to be called before the widgets are drawn, or in a callback."""
    for name in FIELD_NAMES:
        value = getattr(config, name)
        put(name, as_text(value) if field_spec(name).kind == "text" else value)
    visit().recipe = config


def restore_form() -> None:
    """Set widgets that Streamlit forgot while another page was shown."""
    if not _has_form():
        fill_form(visit().recipe)


def recipe_now() -> RunConfig:
    """The last valid recipe of the form, on any page, with changes that the visitor has just made."""
    if _has_form():
        read_form()
    return visit().recipe


def read_form() -> tuple[RunConfig | None, dict[str, str]]:
    """The config of the widgets' values, or None and a sentence for each wrong field."""
    config, problems = read_config({name: st.session_state[name] for name in FIELD_NAMES})
    if config is not None:
        visit().recipe = config
    return config, problems


def _has_form() -> bool:
    return all(name in st.session_state for name in FIELD_NAMES)


def preset_now() -> str:
    """The name of the preset that the recipe equals, or was made from."""
    recipe = visit().recipe
    same = next((name for name, preset in PRESETS.items() if preset.config == recipe), None)
    visit().preset_base = base = same or visit().preset_base or "vae-2d"
    return base


def take_preset(name: str) -> None:
    """Fill the form with a preset, and have Train show its finished example; to be called in a callback."""
    visit().preset_base, visit().example = name, True
    fill_form(PRESETS[name].config)


def default_of(name: str, config: RunConfig) -> Any:
    """The default that a field of `FOLLOWS` has in a config."""
    return getattr(config.variant(**{name: None}), name)


def follow_field(leader: str) -> None:
    """In a callback: give the fields that follow `leader` their new defaults, unless set by hand."""
    before = visit().recipe
    after = RunConfig.model_validate(with_changes(before, {leader: st.session_state[leader]}))
    for follower, leaders in FOLLOWS.items():
        if leader in leaders and getattr(before, follower) == default_of(follower, before):
            put(follower, getattr(after, follower))
