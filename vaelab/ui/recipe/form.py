"""The form of a recipe, made from the fields of `RunConfig`. A widget's key is its field's name."""

from typing import Any

import streamlit as st

from vaelab.config import field_spec, why_not_in_force
from vaelab.config.defaults import FOLLOWS
from vaelab.ui.recipe.example import usual_objective
from vaelab.ui.session import visit
from vaelab.ui.session.recipe import default_of, follow_field, preset_now

ADVANCED = {
    "Network": ("architecture", "hidden", "activation", "code_activation"),
    "Objective": ("reconstruction", "sigma", "beta_warmup", "corruption", "corruption_strength"),
    "Optimizer": ("optimizer", "lr_schedule", "batch_size", "precision"),
    "Data and end": ("train_size", "held_out", "stop_loss", "seed"),
}


def advanced() -> None:
    """Draw the fields that stand on no dial, in a column for each group of `ADVANCED`."""
    for column, (title, names) in zip(st.columns(len(ADVANCED)), ADVANCED.items(), strict=True):
        with column:
            st.markdown(f"**{title}**")
            for name in names:
                field(name)


def field(name: str) -> None:
    """Draw the widget of a field, disabled with a reason while the field is not in force."""
    spec = field_spec(name)
    reason = why_not_in_force(visit().recipe, name)
    not_in_force = f" **Not in force: {reason}.**" if reason else ""
    unit = f" ({spec.unit})" if spec.unit and spec.unit not in ("epochs", "images", "numbers") else ""
    common: dict[str, Any] = {
        "label": spec.label + unit,
        "key": name,
        "help": help_of(name) + not_in_force,
        "disabled": reason is not None,
    }
    if any(name in leaders for leaders in FOLLOWS.values()):
        common |= {"on_change": follow_field, "args": (name,)}
    if spec.kind == "choice":
        st.selectbox(options=spec.choices, format_func=spec.labels.__getitem__, **common)
    elif spec.kind == "integer":
        st.number_input(min_value=int(spec.minimum or 0), max_value=int(spec.maximum or 0), step=1, **common)
    elif spec.kind == "number":
        st.number_input(
            min_value=float(spec.minimum or 0.0),
            max_value=float(spec.maximum or 0.0),
            step=0.1,
            format="%.5g",
            **common,
        )
    else:
        st.text_input(**common)


def help_of(name: str) -> str:
    """The explanation of a field, with the value that it has by default or usually."""
    return f"{field_spec(name).help} {_default_hint(name)}".strip()


def _default_hint(name: str) -> str:
    config = visit().recipe
    if name == "learning_rate":
        label = field_spec("optimizer").labels[config.optimizer]
        return f"The default of {label} for this recipe is {default_of(name, config):g}."
    usual = usual_objective(preset_now()) if name == "stop_loss" else None
    return "" if usual is None else f"The finished example of this recipe ended at {usual:.1f}."
