"""The page's address and the recipe: a link opens a recipe, a change of the recipe writes the link."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from vaelab.config.fields import FIELD_NAMES, as_text, read_config
from vaelab.config.presets import PRESETS, nearest_preset
from vaelab.config.run_config import RunConfig, with_changes
from vaelab.ui.session.address import address, is_new, write_address
from vaelab.ui.session.places import PLACES
from vaelab.ui.session.visit import visit, visitor

DEFAULT_PRESET = "vae-2d"

OPEN_SEED = "open"
"""Stands in a link for the seed that each visitor has."""


def recipe_of(parameters: dict[str, str]) -> tuple[RunConfig, dict[str, str]]:
    """The recipe that a link's parameters mean, and a sentence for each that is wrong.

    Wrong fields are left at the preset's value; parameters that are no fields (`run`) are not ours.
    """
    preset = PRESETS.get(parameters.get("preset", DEFAULT_PRESET))
    problems = {} if preset else {"preset": f"preset: must be one of {', '.join(PRESETS)}."}
    base = (preset or PRESETS[DEFAULT_PRESET]).config
    given: dict[str, Any] = {k: v for k, v in parameters.items() if k in (*FIELD_NAMES, "version")}
    config, wrong = read_config(with_changes(base, given))
    while config is None:
        problems |= wrong
        remaining = {name: value for name, value in given.items() if name not in wrong}
        if len(remaining) == len(given):  # nothing of the link itself is wrong: impossible, but never loop
            remaining = {}
        given = remaining
        config, wrong = read_config(with_changes(base, given))
    return config, problems


def own_seed(token: str) -> int:
    """The seed that a visitor finds in every link that leaves it open: the same after a reload.

    The token itself cannot be found from it: it has 31 bits of the token's digest.
    """
    digest = hashlib.sha256(f"seed of {token}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def with_own_seed(parameters: dict[str, str]) -> dict[str, str]:
    """A link's parameters as they are meant for this visitor: an open seed is theirs."""
    is_open = parameters.get("seed") == OPEN_SEED
    return {**parameters, "seed": str(own_seed(visitor()))} if is_open else parameters


def parameters_of(config: RunConfig) -> dict[str, str]:
    """Every field as a link writes it, the defaults and the version too."""
    return {
        "version": as_text(config.version),
        **{name: as_text(getattr(config, name)) for name in FIELD_NAMES},
    }


def link_to(page: str, parameters: dict[str, str]) -> str:
    """The address of a page of this server with parameters, as one would paste it."""
    base = (st.context.url or "").split("?")[0].rstrip("/")
    known = [f"/{place.path}" for place in PLACES if place.path]
    root = next((base.removesuffix(path) for path in known if base.endswith(path)), base)
    return f"{root}/{page}?{urlencode(parameters)}"


def followed_link() -> tuple[RunConfig | None, dict[str, str]]:
    """The recipe of the address if that is new: opened, or reached by the browser's Back; else None."""
    parameters = address()
    return taken_recipe(parameters) if is_new("recipe", parameters) else (None, {})


def taken_recipe(parameters: dict[str, str]) -> tuple[RunConfig, dict[str, str]]:
    """The recipe that a link means for this visitor, as `recipe_of`; the form names it after its preset."""
    config, problems = recipe_of(with_own_seed(parameters))
    named = parameters.get("preset")
    visit().preset_base = named if named in PRESETS else nearest_preset(config)
    return config, problems


def write_link(config: RunConfig, run_id: str | None) -> None:
    """Write recipe and run to the address, unless it means the same already."""
    now = address()
    if recipe_of(with_own_seed(now))[0] != config or now.get("run") != run_id:
        wanted = address_of(config, run_id)
        visit().seen |= {"recipe": wanted, "run": run_id}
        write_address(wanted)


def address_of(config: RunConfig, run_id: str | None) -> dict[str, str]:
    """Parameters of the Train page for a recipe and a run; none for what a newcomer sees."""
    run = {"run": run_id} if run_id else {}
    is_default = config == PRESETS[DEFAULT_PRESET].config
    return run if is_default and not run else parameters_of(config) | run
