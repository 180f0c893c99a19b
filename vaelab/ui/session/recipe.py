"""The recipe of the form, whose widgets have the names of the config's fields as their keys."""

from typing import Any

import streamlit as st

from vaelab.config import FIELD_NAMES, PRESETS, RunConfig, as_text, field_spec, read_config, with_changes
from vaelab.config.defaults import FOLLOWS
from vaelab.config.presets import FIRST_PRESET, nearest_preset
from vaelab.ui.session.visits import Move, put, visit

BOTH = "both"
"""The choice of a recipe and its twin, among the kinds of models."""
_LARGEST_COUNT = 2**53
"""Up to here browsers count exactly."""


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
    """The config of the widgets' values, or None and a sentence for each wrong field.

    In a callback it has what was changed just before, too, in whatever order the callbacks run.
    """
    for name in FIELD_NAMES:
        take_move(name, st.session_state.get(dial_key(name), {}).get("moved"))
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
    visit().preset_base = base = same or visit().preset_base or FIRST_PRESET
    return base


def take_preset(name: str) -> None:
    """Fill the form with a preset, and have Train show its finished example; to be called in a callback."""
    visit().preset_base, visit().example, visit().twins = name, True, False
    fill_form(PRESETS[name].config)


def take_recipe(config: RunConfig) -> None:
    """Fill the form with the recipe of a run; to be called in a callback."""
    visit().preset_base, visit().twins = nearest_preset(config), False
    fill_form(config)


def kind_now() -> str:
    """The kind of model of the form, or `BOTH`."""
    return BOTH if visit().twins else str(st.session_state.model)


def take_kind(kind: str) -> None:
    """In a callback: choose a kind of model, or with `BOTH` the recipe as it is and its twin."""
    visit().twins = kind == BOTH
    if kind != BOTH:
        put("model", kind)


def dial_key(name: str) -> str:
    """Streamlit's key of the dial of a field."""
    return f"dial_{name}"


def take_move(name: str, sent: object) -> None:
    """Set a field to what a browser's dial was moved to, or keep a sentence on why not.

    Parameters
    ----------
    name
        A field whose value is a number.
    sent
        {value, count} as `vaelab.ui.widgets.dial` has it. Anything else is passed over, and so is a move that
        was taken before.
    """
    count = sent.get("count") if isinstance(sent, dict) else None
    known = visit().moves.get(name, Move()).count
    if not isinstance(sent, dict) or type(count) is not int or not known < count < _LARGEST_COUNT:
        return
    given = {**visit().recipe.model_dump(), name: number_of(sent.get("value"))}
    config, problems = read_config(given)
    if config is not None:
        put(name, getattr(config, name))
        visit().turned.add(name)
    visit().moves[name], visit().moved = Move(count, " ".join(problems.values())), True


def number_of(sent: object) -> object:
    """The number that was typed, with a point or a comma before its decimals; other values as they are."""
    if not isinstance(sent, str):
        return sent
    try:
        number = float(sent.replace(",", "."))
    except ValueError:
        return sent
    return int(number) if number.is_integer() else number


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
