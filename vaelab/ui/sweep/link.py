"""What the page Sweep is set to, kept while other pages are shown, and its address.

As on the Train page, widgets are not bound to the address; see `vaelab.ui.session.recipe_link`.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from vaelab.config.fields import FIELD_NAMES
from vaelab.config.presets import PRESETS
from vaelab.config.quantities import losses
from vaelab.config.run_config import RunConfig, why_not_in_force
from vaelab.sweeps.plan import MOST_SEEDS, SWEPT, suggested_values
from vaelab.ui.session.display import address, write_address
from vaelab.ui.session.recipe import fill_form
from vaelab.ui.session.recipe_link import DEFAULT_PRESET, parameters_of, taken_recipe
from vaelab.ui.session.visit import put, visit

EPOCHS = 3
"""Epochs of each run at first: a sweep of the default recipe is then over within about a minute."""

LONGEST_VALUES = 300
"""Letters of the text of values that is read from a link."""

NO_FIELD = ""
"""Stands for no second field."""

_DEFAULTS: dict[str, Any] = {
    "sweep_field": "beta",
    "sweep_values": suggested_values(RunConfig(), "beta"),
    "sweep_field2": NO_FIELD,
    "sweep_values2": "",
    "sweep_seeds": 3,
    "sweep_epochs": EPOCHS,
    "sweep_measure": "neg_elbo",
}
"""Session state of the page, each with what a newcomer finds; most are keys of widgets."""

_LINKED = {
    "field": "sweep_field", "values": "sweep_values", "field2": "sweep_field2", "values2": "sweep_values2",
    "seeds": "sweep_seeds", "measure": "sweep_measure",
}  # fmt: skip
"""Parameters of the address, and what they set."""


def restore_settings() -> None:
    """Give every setting its value again, also those that Streamlit forgot on another page."""
    for name, default in _DEFAULTS.items():
        if name not in st.session_state:
            put(name, visit().sweep_settings.get(name, default))


def keep_settings() -> None:
    """Remember all settings, for after a visit to another page; when all widgets are drawn."""
    visit().sweep_settings = {name: st.session_state[name] for name in _DEFAULTS}


def follow_sweep_link() -> list[str]:
    """Take what the address asks for, if that is new; a sentence for each thing that is wrong."""
    parameters = address()
    if parameters == visit().seen.get("sweep"):
        return []
    visit().seen["sweep"] = parameters
    sentences: list[str] = []
    if parameters.keys() & {*FIELD_NAMES, "preset"}:
        config, problems = taken_recipe(parameters)
        sentences += problems.values()
        if "epochs" in parameters:
            put("sweep_epochs", config.epochs)
        # The form's own epochs are those of a run on the Train page.
        fill_form(config.variant(epochs=visit().recipe.epochs))
    for name, key in _LINKED.items():
        if name in parameters:
            value, problem = _read(name, parameters[name])
            if problem:
                sentences.append(f"In this link, {name} must be {problem}, not {parameters[name][:40]!r}.")
            else:
                put(key, value)
    if parameters and "field2" not in parameters and "field" in parameters:
        put("sweep_field2", NO_FIELD)
    if "group" in parameters:
        visit().sweep = parameters["group"][:LONGEST_VALUES]
    return sentences + _not_to_vary(parameters)


def _not_to_vary(parameters: dict[str, str]) -> list[str]:
    """A sentence for each field of the link that the recipe cannot vary, so that another is offered."""
    asked = {name: parameters[name] for name in ("field", "field2") if parameters.get(name) in SWEPT}
    sentences = []
    for name, field in asked.items():
        if reason := why_not_in_force(base_recipe(), field):
            sentences.append(f"In this link, {name} cannot be {field}, because {reason}.")
    if len(asked) == 2 and len({*asked.values()}) == 1:
        sentences.append(f"In this link, field2 must be another field than {asked['field']}, which field is.")
    return sentences


def _read(name: str, text: str) -> tuple[Any, str]:
    """The value of a parameter, and what it must be if it is no such value."""
    if name in ("field", "field2"):
        return text, "" if text in SWEPT else f"one of {', '.join(SWEPT)}"
    if name == "seeds":
        sound = text in [str(count) for count in range(1, MOST_SEEDS + 1)]
        return (int(text), "") if sound else (None, f"a whole number from 1 to {MOST_SEEDS}")
    if name == "measure":
        return text, "" if text in losses() else f"one of {', '.join(losses())}"
    return text[:LONGEST_VALUES], ""


def base_recipe() -> RunConfig:
    """The form's recipe with the number of epochs that a run of the sweep has."""
    return visit().recipe.variant(epochs=st.session_state.sweep_epochs)


def write_sweep_link() -> None:
    """Write the settings to the address, unless it means the same already."""
    wanted = _address()
    if wanted != address():
        write_address(wanted)
    visit().seen["sweep"] = wanted


def _address() -> dict[str, str]:
    """Parameters of what is set; none for what a newcomer sees."""
    state = st.session_state
    newcomer = PRESETS[DEFAULT_PRESET].config.variant(epochs=EPOCHS)
    is_new = all(state[name] == default for name, default in _DEFAULTS.items()) and visit().sweep is None
    if is_new and base_recipe() == newcomer:
        return {}
    linked = {name: str(state[key]) for name, key in _LINKED.items() if state[key] not in (None, NO_FIELD)}
    if state.sweep_field2 == NO_FIELD:
        linked.pop("values2", None)
    return parameters_of(base_recipe()) | linked | address_of_sweep()


def address_of_sweep() -> dict[str, str]:
    """Parameters that show the sweep again that was shown last."""
    group = visit().sweep
    return {"group": group} if group else {}
