"""The choices of the page Sweep, which stay while other pages are shown, and its address."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from vaelab.config import FIELD_NAMES, PRESETS, RunConfig, losses, why_not_in_force
from vaelab.config.presets import FIRST_PRESET
from vaelab.sweeps.plan import MOST_SEEDS, SWEPT, suggested_values
from vaelab.ui.session import (
    fill_form,
    in_this_link,
    is_new,
    must_be,
    one_of,
    parameters_of,
    plain,
    put,
    visit,
    whole_number,
    write_address,
)
from vaelab.ui.session.address import address
from vaelab.ui.session.labels import called
from vaelab.ui.session.recipe_link import taken_recipe

EPOCHS = 3
"""Default epochs of each run, with which a sweep of the default recipe takes about a minute."""

LONGEST_VALUES = 300
"""Largest number of letters that a link may have for the values of a field."""

NO_FIELD = ""
"""The value of `sweep_field2` that stands for no second field."""


def _short(text: str) -> str:
    return text[:LONGEST_VALUES]


PARAMETERS: dict[str, tuple[Callable[[str], Any], Any]] = {
    "field": (one_of(SWEPT), "beta"),
    "values": (_short, suggested_values(RunConfig(), "beta")),
    "field2": (one_of(SWEPT), NO_FIELD),
    "values2": (_short, ""),
    "seeds": (whole_number(1, MOST_SEEDS), 3),
    "measure": (lambda text: one_of(tuple(losses()))(text), "neg_elbo"),
}
"""Reader and default of each parameter of the address; the widget of `field` has the key `sweep_field`."""

DEFAULTS = {name: default for name, (_, default) in PARAMETERS.items()}


def restore_choices() -> None:
    """Give every widget that has no value yet its default."""
    for name, default in (DEFAULTS | {"epochs": EPOCHS}).items():
        if f"sweep_{name}" not in st.session_state:
            put(f"sweep_{name}", default)


def follow_sweep_link() -> list[str]:
    """Take what the address asks for, if that is new; returns a sentence for each wrong parameter."""
    parameters = address()
    if not is_new("sweep", parameters):
        return []
    sentences: list[str] = []
    if parameters.keys() & {*FIELD_NAMES, "preset"}:
        config, problems = taken_recipe(parameters)
        sentences += map(plain, problems.values())
        if "epochs" in parameters:
            put("sweep_epochs", config.epochs)
        # The form keeps its own epochs, which are those of a run on the Train page.
        fill_form(config.variant(epochs=visit().recipe.epochs))
    for name in filter(parameters.__contains__, PARAMETERS):
        try:
            put(f"sweep_{name}", PARAMETERS[name][0](parameters[name]))
        except ValueError as allowed:
            sentences.append(in_this_link(must_be(name, allowed, parameters[name])))
    if "field" in parameters and "field2" not in parameters:
        put("sweep_field2", NO_FIELD)
    if "group" in parameters:
        visit().sweep = parameters["group"][:LONGEST_VALUES]
    return sentences + _not_to_vary(parameters)


def _not_to_vary(parameters: dict[str, str]) -> list[str]:
    """A sentence for each field of the link that cannot vary, so that the form offers another."""
    asked = {name: parameters[name] for name in ("field", "field2") if parameters.get(name) in SWEPT}
    sentences = []
    for name, field in asked.items():
        if reason := why_not_in_force(base_recipe(), field):
            sentences.append(in_this_link(f"{called(name)} cannot be {field}, because {reason}."))
    if len(asked) == 2 and len({*asked.values()}) == 1:
        taken = f"{called('field2')} must be another field than {asked['field']}, which {called('field')} is."
        sentences.append(in_this_link(taken))
    return sentences


def base_recipe() -> RunConfig:
    """The form's recipe with the epochs of a run of the sweep."""
    return visit().recipe.variant(epochs=st.session_state.sweep_epochs)


def write_sweep_link() -> None:
    """Write the choices to the address, unless it means the same already."""
    wanted = _address()
    if wanted != address():
        write_address(wanted)
    visit().seen["sweep"] = wanted


def _address() -> dict[str, str]:
    """Parameters of the choices; none if all are the defaults."""
    values = {name: st.session_state[f"sweep_{name}"] for name in PARAMETERS}
    is_default = base_recipe() == PRESETS[FIRST_PRESET].config.variant(epochs=EPOCHS)
    if is_default and values == DEFAULTS and visit().sweep is None:
        return {}
    linked = {name: str(value) for name, value in values.items() if value != NO_FIELD}
    if "field2" not in linked:
        linked.pop("values2", None)
    return parameters_of(base_recipe()) | linked | address_of_sweep()


def address_of_sweep() -> dict[str, str]:
    """Parameters that show the last shown sweep again."""
    group = visit().sweep
    return {"group": group} if group else {}
