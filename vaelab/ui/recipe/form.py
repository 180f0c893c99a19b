"""The recipe as a form, made from the fields of `RunConfig`. A widget's key is its field's name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from vaelab.config.fields import FIELD_NAMES, as_text, changes_in_words, field_spec, read_config
from vaelab.config.presets import PRESETS
from vaelab.config.run_config import FOLLOWS, RunConfig, why_not_in_force, with_changes
from vaelab.ui.recipe.example import usual_objective
from vaelab.ui.session.chosen import show_example

IN_PLAIN_SIGHT = ("model", "dataset", "latent_dim", "epochs")

ADVANCED = {
    "Network": ("architecture", "hidden", "activation", "code_activation"),
    "Objective": ("reconstruction", "sigma", "beta", "beta_warmup", "corruption", "corruption_strength"),
    "Optimizer": ("optimizer", "learning_rate", "lr_schedule", "batch_size", "precision"),
    "Data and end": ("train_size", "held_out", "stop_loss", "seed"),
}


def fill_form(config: RunConfig) -> None:
    """Set every widget to a config; before the widgets are made, or in a callback."""
    for name in FIELD_NAMES:
        value = getattr(config, name)
        st.session_state[name] = as_text(value) if field_spec(name).kind == "text" else value
    st.session_state.recipe = config


def restore_form() -> None:
    """Set widgets that Streamlit forgot while another page was shown."""
    missing = [name for name in FIELD_NAMES if name not in st.session_state]
    if missing:
        fill_form(st.session_state.get("recipe", RunConfig()))


def preset_picker() -> None:
    """Choose a preset; says what it teaches, and what has been changed since."""
    state, config = st.session_state, st.session_state.recipe
    same = next((name for name, preset in PRESETS.items() if preset.config == config), None)
    state.preset = same or state.get("preset_base") or "vae-2d"
    state.preset_base = state.preset
    st.selectbox(
        "Recipe",
        list(PRESETS),
        format_func=lambda name: PRESETS[name].title,
        key="preset",
        on_change=_take_preset,
        help="A starting point. Everything below can be changed.",
    )


def _take_preset() -> None:
    st.session_state.preset_base = st.session_state.preset
    fill_form(PRESETS[st.session_state.preset].config)
    show_example(st.session_state.preset)


def preset_caption() -> str:
    """What the chosen preset teaches, and how the recipe differs from it."""
    preset, config = PRESETS[st.session_state.preset], st.session_state.recipe
    changed = changes_in_words(config, preset.config)
    return preset.teaches + (f" **Changed:** {changed}." if changed else "")


def plain_sight() -> list[Callable[[], None]]:
    """What draws the preset and the fields that everybody needs, one after the other."""
    return [preset_picker, *(partial(field, name) for name in IN_PLAIN_SIGHT)]


def advanced() -> None:
    """All other fields, in columns by what they are about."""
    for column, (title, names) in zip(st.columns(len(ADVANCED)), ADVANCED.items(), strict=True):
        with column:
            st.markdown(f"**{title}**")
            for name in names:
                field(name)


def field(name: str) -> None:
    """The widget of a field, disabled with the reason while the field is not in force."""
    spec = field_spec(name)
    off = why_not_in_force(st.session_state.recipe, name)
    unit = f" ({spec.unit})" if spec.unit and spec.unit not in ("epochs", "images", "numbers") else ""
    common: dict[str, Any] = {
        "label": spec.label + unit,
        "key": name,
        "help": f"{spec.help} {_default_hint(name)}".strip() + (f" **Not in force: {off}.**" if off else ""),
        "disabled": off is not None,
    }
    if any(name in leaders for leaders in FOLLOWS.values()):
        common |= {"on_change": _follow, "args": (name,)}
    if spec.kind == "choice":
        labels = spec.labels
        if name == "model":  # short names, and the choice that everybody makes
            st.segmented_control(
                options=spec.choices, format_func=labels.__getitem__, required=True, **common
            )
        else:
            st.selectbox(options=spec.choices, format_func=labels.__getitem__, **common)
    elif spec.kind == "integer":
        st.number_input(min_value=int(spec.minimum or 0), max_value=int(spec.maximum or 0), step=1, **common)
    elif spec.kind == "number":
        smallest = name == "learning_rate"
        st.number_input(
            min_value=float(spec.minimum or 0.0),
            max_value=float(spec.maximum or 0.0),
            step=0.001 if smallest else 0.1,
            format="%.5g",
            **common,
        )
    else:
        st.text_input(**common)


def _default_hint(name: str) -> str:
    config: RunConfig = st.session_state.recipe
    if name == "learning_rate":
        label = field_spec("optimizer").labels[config.optimizer]
        return f"The default of {label} for this recipe is {_default(name, config):g}."
    usual = usual_objective(st.session_state.preset) if name == "stop_loss" else None
    return "" if usual is None else f"The finished example of this recipe ended at {usual:.1f}."


def _default(follower: str, config: RunConfig) -> Any:
    return getattr(config.variant(**{follower: None}), follower)


def _follow(leader: str) -> None:
    """Move what follows from a field to its new default, unless it was chosen by hand."""
    before = st.session_state.recipe
    after = RunConfig.model_validate(with_changes(before, {leader: st.session_state[leader]}))
    for follower, leaders in FOLLOWS.items():
        if leader in leaders and getattr(before, follower) == _default(follower, before):
            st.session_state[follower] = getattr(after, follower)


def recipe_now() -> RunConfig:
    """The last valid recipe of the form, with what has just been changed, on any page."""
    if all(name in st.session_state for name in FIELD_NAMES):
        read_form()
    return st.session_state.get("recipe", RunConfig())


def read_form() -> tuple[RunConfig | None, dict[str, str]]:
    """The recipe that the widgets show, or a sentence for each wrong field."""
    values = {name: st.session_state[name] for name in FIELD_NAMES}
    config, problems = read_config(values)
    if config is not None:
        st.session_state.recipe = config
    return config, problems
