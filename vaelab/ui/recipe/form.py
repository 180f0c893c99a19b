"""The recipe as a form, made from the fields of `RunConfig`. A widget's key is its field's name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from vaelab.config.defaults import FOLLOWS
from vaelab.config.fields import changes_in_words, field_spec
from vaelab.config.in_force import why_not_in_force
from vaelab.config.presets import PRESETS
from vaelab.config.run_config import RunConfig
from vaelab.ui.recipe.example import usual_objective
from vaelab.ui.session.recipe import default_of, follow_field, preset_now, take_preset
from vaelab.ui.session.visit import put, visit

IN_PLAIN_SIGHT = ("model", "dataset", "latent_dim", "epochs")

ADVANCED = {
    "Network": ("architecture", "hidden", "activation", "code_activation"),
    "Objective": ("reconstruction", "sigma", "beta", "beta_warmup", "corruption", "corruption_strength"),
    "Optimizer": ("optimizer", "learning_rate", "lr_schedule", "batch_size", "precision"),
    "Data and end": ("train_size", "held_out", "stop_loss", "seed"),
}


def preset_picker() -> None:
    """Choose a preset; says what it teaches, and what has been changed since."""
    put("preset", preset_now())
    st.selectbox(
        "Recipe",
        list(PRESETS),
        format_func=lambda name: PRESETS[name].title,
        key="preset",
        on_change=_take_preset,
        help="A starting point. Everything below can be changed.",
    )


def _take_preset() -> None:
    take_preset(st.session_state.preset)


def preset_caption() -> str:
    """What the chosen preset teaches, and how the recipe differs from it."""
    preset, config = PRESETS[st.session_state.preset], visit().recipe
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
    off = why_not_in_force(visit().recipe, name)
    unit = f" ({spec.unit})" if spec.unit and spec.unit not in ("epochs", "images", "numbers") else ""
    common: dict[str, Any] = {
        "label": spec.label + unit,
        "key": name,
        "help": f"{spec.help} {_default_hint(name)}".strip() + (f" **Not in force: {off}.**" if off else ""),
        "disabled": off is not None,
    }
    if any(name in leaders for leaders in FOLLOWS.values()):
        common |= {"on_change": follow_field, "args": (name,)}
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
    config: RunConfig = visit().recipe
    if name == "learning_rate":
        label = field_spec("optimizer").labels[config.optimizer]
        return f"The default of {label} for this recipe is {default_of(name, config):g}."
    usual = usual_objective(st.session_state.preset) if name == "stop_loss" else None
    return "" if usual is None else f"The finished example of this recipe ended at {usual:.1f}."
