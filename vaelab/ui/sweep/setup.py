"""The form of a sweep: recipe, fields and values, the expected duration, and Start."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from vaelab.config import field_spec
from vaelab.data import DATASETS
from vaelab.engine.limits import LimitReached
from vaelab.networks.sizes import expected_seconds
from vaelab.paths import PAGES
from vaelab.sweeps.plan import MOST_SEEDS, Sweep, plan, read_values, suggested_values, sweepable
from vaelab.teaching.glossary import help_for
from vaelab.ui.recipe.example import BUSY, measured_speed
from vaelab.ui.recipe.recipes import preset_caption, recipe_cards
from vaelab.ui.session import address_of, engine, page_link, plain, put, visit, visitor
from vaelab.ui.sweep.link import NO_FIELD, base_recipe
from vaelab.words import counted, duration, durations

START_SECONDS = 0.5
"""Seconds that a run takes besides training: its start, snapshots and checkpoints."""


def set_up() -> None:
    """Draw the form of a sweep; Start queues its runs and makes the page show it."""
    with st.container(border=True, key="sweep-setup"):
        _recipe()
        _varied()
        sweep = _planned()
        with st.container(horizontal=True, vertical_alignment="center"):
            start = st.button(
                "Start",
                key="sweep_start",
                type="primary",
                icon=":material/play_arrow:",
                disabled=sweep is None,
            )
            if sweep is not None:
                st.markdown(cost_in_words(sweep))
    if start and sweep is not None:
        _start(sweep)


def _recipe() -> None:
    recipe, epochs, seeds = st.columns([3, 1, 1], vertical_alignment="bottom")
    with recipe:
        st.markdown(":small[Recipe]")
        recipe_cards()
    epochs.number_input(
        "Epochs of each run",
        1,
        500,
        key="sweep_epochs",
        persist_state="session",
        disabled="epochs" in (st.session_state.sweep_field, st.session_state.sweep_field2),
        help="Few epochs show where things go; the best value may be another one after many.",
    )
    seeds.number_input(
        "Seeds", 1, MOST_SEEDS, key="sweep_seeds", persist_state="session", help=help_for("seed band")
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(preset_caption(), width="content")
        page_link(
            PAGES / "train.py",
            label="Change the recipe on Train",
            icon=":material/edit:",
            query_params=address_of(visit().recipe, None),
        )


def _varied() -> None:
    names = sweepable(base_recipe())
    if st.session_state.sweep_field not in names:
        put("sweep_field", names[0])
        _suggest("sweep_field", "sweep_values")
    others = [NO_FIELD, *(name for name in names if name != st.session_state.sweep_field)]
    if st.session_state.sweep_field2 not in others:
        put("sweep_field2", NO_FIELD)
    first, first_values, second, second_values = st.columns([1.2, 1.8, 1.2, 1.8])
    with first:
        _field("What varies", names, "", help_for("sweep"))
    with first_values:
        _values("Its values", "")
    with second:
        table = "A second field makes a table: every value of one with every value of the other."
        _field("What else varies", others, "2", table)
    with second_values:
        _values("Values of that", "2")


def _field(label: str, names: Sequence[str], number: str, help: str) -> None:
    key = f"sweep_field{number}"
    st.selectbox(
        label,
        names,
        format_func=_label,
        key=key,
        persist_state="session",
        on_change=_suggest,
        args=(key, f"sweep_values{number}"),
        help=help,
    )


def _values(label: str, number: str) -> None:
    chosen = st.session_state[f"sweep_field{number}"]
    st.text_input(
        label,
        key=f"sweep_values{number}",
        persist_state="session",
        disabled=chosen == NO_FIELD,
        help=None if chosen == NO_FIELD else _allowed(chosen),
    )


def _label(name: str) -> str:
    return field_spec(name).label if name else "nothing else"


def _allowed(name: str) -> str:
    spec = field_spec(name)
    return f"With commas between them. {spec.help} Each must be {spec.allowed}."


def _suggest(field_key: str, values_key: str) -> None:
    """Offer values of the field that was just chosen."""
    name = st.session_state[field_key]
    put(values_key, suggested_values(visit().recipe, name) if name else "")


def _planned() -> Sweep | None:
    """The sweep that the form describes; None, with an error on the page, if it is not valid."""
    texts = {st.session_state[f"sweep_field{n}"]: st.session_state[f"sweep_values{n}"] for n in ("", "2")}
    axes = [(name, read_values(text)) for name, text in texts.items() if name != NO_FIELD]
    try:
        return plan(base_recipe(), axes, st.session_state.sweep_seeds)
    except ValueError as error:
        st.error(plain(str(error)))
        return None


def cost_in_words(sweep: Sweep) -> str:
    """State how many runs there will be, and how long they will take on this machine."""
    runs, threads = len(sweep.configs), engine().threads
    side_by_side = engine().at_a_time(runs)
    # The known speed is that of a run with all threads; here each run has only a share of them.
    share = max(1, threads // runs) / threads
    kinds = {config.architecture: config for config in sweep.configs}
    speeds = {name: measured_speed(config, threads) for name, config in kinds.items()}

    def seconds(speeds: Mapping[Any, float | None]) -> float:
        each = (
            START_SECONDS
            + expected_seconds(config, DATASETS[config.dataset], speeds.get(config.architecture)) / share
            for config in sweep.configs
        )
        return sum(each) / side_by_side

    least, most = seconds({}), seconds(speeds)
    # A run that was slow because the machine was busy is no forecast.
    time = durations(least, most) if most > BUSY * least else duration(most)
    how = "one after the other" if side_by_side == 1 else f"{side_by_side} at a time"
    return f"**{counted(runs, 'run')}, {time}** on this machine ({how})"


def _start(sweep: Sweep) -> None:
    # The runs of one seed come first, so that all values have a result early and their bands later.
    configs = sorted(sweep.configs, key=lambda config: config.seed)
    try:
        runs = engine().submit_group(
            configs, owner=visitor(), kind="sweep", axes=[axis.name for axis in sweep.axes]
        )
    except LimitReached as error:
        st.error(str(error))
        return
    except OSError as error:
        st.error(f"The runs could not be written ({error.strerror}). Make room on the disk and try again.")
        return
    visit().sweep = runs[0].meta.group
    st.rerun()
