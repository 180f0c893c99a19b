"""Recipes as links: opening the recipe of an address, and writing the recipe into the address."""

import hashlib
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from vaelab.config import FIELD_NAMES, PRESETS, RunConfig, as_text, read_config, with_changes
from vaelab.config.fields import changes
from vaelab.config.presets import FIRST_PRESET, nearest_preset, preset_of_version
from vaelab.ui.session.address import address, is_new, write_address
from vaelab.ui.session.pages import APP_PAGES
from vaelab.ui.session.visits import visit, visitor

OPEN_SEED = "open"
"""The value of `seed` in a link that gives every visitor a seed of their own."""


def recipe_of(parameters: dict[str, str]) -> tuple[RunConfig, dict[str, str]]:
    """The config that a link's parameters describe, and a sentence for each wrong one.

    Wrong fields keep the preset's value; parameters that are no fields (`run`) are passed over.
    """
    base, problems = _base_of(parameters)
    # A short link has every field that differs, so that none follows another one.
    change = _changed if "preset_version" in parameters else with_changes
    fields: dict[str, Any] = {k: v for k, v in parameters.items() if k in (*FIELD_NAMES, "version")}
    config, wrong = read_config(change(base, fields))
    while config is None:
        problems |= wrong
        right = {name: text for name, text in fields.items() if name not in wrong}
        # If no field of the link were wrong, which cannot be, the preset alone ends the loop.
        fields = right if len(right) < len(fields) else {}
        config, wrong = read_config(change(base, fields))
    return config, problems


def _base_of(parameters: dict[str, str]) -> tuple[RunConfig, dict[str, str]]:
    """The preset's config that a link begins with, and a sentence if it has no such preset or version."""
    name = parameters.get("preset", FIRST_PRESET)
    if name not in PRESETS:
        return PRESETS[FIRST_PRESET].config, {
            "preset": f"Recipe (preset): must be one of {', '.join(PRESETS)}."
        }
    newest = PRESETS[name]
    text = parameters.get("preset_version", str(newest.version))
    is_number = text.isascii() and text.isdigit() and len(text) < 6
    known = preset_of_version(name, int(text)) if is_number else None
    if known:
        return known, {}
    sentence = (
        f"Version of the recipe (preset_version): there is no version {text[:20]!r} of {name} here; this is "
        f"version {newest.version}."
    )
    return newest.config, {"preset_version": sentence}


def _changed(base: RunConfig, fields: dict[str, Any]) -> dict[str, Any]:
    return {**base.model_dump(), **fields}


def own_seed(token: str) -> int:
    """The seed of a visitor in every link that leaves the seed open; it stays the same after a reload.

    It has 31 bits of the token's digest, from which the token cannot be computed.
    """
    digest = hashlib.sha256(f"seed of {token}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def with_own_seed(parameters: dict[str, str]) -> dict[str, str]:
    """A link's parameters with this visitor's seed in place of an open one."""
    is_open = parameters.get("seed") == OPEN_SEED
    return {**parameters, "seed": str(own_seed(visitor()))} if is_open else parameters


def parameters_of(config: RunConfig) -> dict[str, str]:
    """The version and every field of a config as the parameters of a link, defaults included."""
    return {
        "version": as_text(config.version),
        **{name: as_text(getattr(config, name)) for name in FIELD_NAMES},
    }


def short_parameters_of(config: RunConfig) -> dict[str, str]:
    """The parameters of a link that states a preset with its version, and only the fields that differ.

    It keeps its meaning when the preset changes: see `vaelab.config.presets.EARLIER`.
    """
    name = nearest_preset(config)
    preset = PRESETS[name]
    stated = {field: as_text(getattr(config, field)) for field in changes(config, preset.config)}
    return {"preset": name, "preset_version": str(preset.version), **stated}


def link_to(path: str, parameters: dict[str, str]) -> str:
    """The complete address of the page at `path` on this server, with parameters."""
    base = (st.context.url or "").split("?")[0].rstrip("/")
    paths = [f"/{page.path}" for page in APP_PAGES if page.path]
    root = next((base.removesuffix(path) for path in paths if base.endswith(path)), base)
    return f"{root}/{path}?{urlencode(parameters)}"


def followed_link() -> tuple[RunConfig | None, dict[str, str]]:
    """The recipe of an address that the visitor has opened or gone back to; None if it is not new.

    A moved dial is no navigation: while it is dragged, the browser sends its moves with the address from
    before the last of them.
    """
    moved, visit().moved = visit().moved, False
    if moved:
        return None, {}
    parameters = address()
    return taken_recipe(parameters) if is_new("recipe", parameters) else (None, {})


def names_recipe() -> bool:
    """Whether the address says anything of a recipe."""
    return not {"preset", "version", *FIELD_NAMES}.isdisjoint(address())


def taken_recipe(parameters: dict[str, str]) -> tuple[RunConfig, dict[str, str]]:
    """The result of `recipe_of` with this visitor's seed; the form will show the link's or nearest preset."""
    config, problems = recipe_of(with_own_seed(parameters))
    name = parameters.get("preset")
    visit().preset_base = name if name in PRESETS else nearest_preset(config)
    visit().twins = False
    return config, problems


def write_link(config: RunConfig, run_id: str | None) -> None:
    """Write recipe and run to the address, unless it already says the same."""
    now = address()
    is_old = visit().seen.get("recipe", now) != now  # the browser shows what was written last
    if is_old or recipe_of(with_own_seed(now))[0] != config or now.get("run") != run_id:
        wanted = address_of(config, run_id)
        visit().seen |= {"recipe": wanted, "run": run_id}
        write_address(wanted)


def address_of(config: RunConfig, run_id: str | None) -> dict[str, str]:
    """Parameters of the Train page for a recipe and a run; empty for the recipe that a newcomer sees."""
    run = {"run": run_id} if run_id else {}
    is_default = config == PRESETS[FIRST_PRESET].config
    return run if is_default and not run else parameters_of(config) | run
