"""Which run the pages show: from the link, the picker, or the visitor's newest."""

from __future__ import annotations

import streamlit as st

from vaelab.runs import Run, RunDamaged, describe
from vaelab.ui.state import find_run, own_runs, store

DEFAULT_SHIPPED = "vae-2d"


def follow_run_link() -> str | None:
    """Take the run of the address, if it is new there; a sentence if there is no such run."""
    state, wanted = st.session_state, st.query_params.get("run")
    if wanted is None or wanted == state.get("run"):
        return None
    if state.get("run_refused") != wanted and find_run(wanted):
        state.run = wanted
        return None
    state.run_refused = wanted
    return f"There is no run {wanted[:64]!r} on this server. It may have been deleted, or made elsewhere."


def chosen_run() -> Run | None:
    """The run that the visitor chose, if it still exists."""
    run_id = st.session_state.get("run")
    return find_run(run_id) if run_id else None


def choose(run: Run) -> None:
    """Have all pages show this run."""
    st.session_state.run = run.id


def pick_run() -> Run:
    """The picker of the Explore pages: the visitor's runs that have weights, then the shipped ones.

    A sentence is on the page if the address named an unknown one.
    """
    refused = follow_run_link()
    if refused:
        st.warning(refused)
    options = _with_weights()
    chosen = chosen_run()
    if chosen and chosen.has_model() and chosen.id not in options:
        options = {chosen.id: _label(chosen), **options}  # somebody else's, by its link
    current = chosen.id if chosen and chosen.id in options else _default(options)
    # Set before the widget is made: its options may have changed since it was last shown.
    st.session_state.picked_run = current
    picked = st.selectbox("Run", list(options), format_func=options.__getitem__, key="picked_run")
    st.session_state.run = picked
    return store().get(picked)


def run_to_explore() -> Run | None:
    """The run that the Explore pages show: the chosen one, else the one that they would choose."""
    return chosen_run() or find_run(_default(_with_weights()))


def _with_weights() -> dict[str, str]:
    runs = [*own_runs(), *store().shipped_runs()]
    labels = {}
    for run in runs:
        try:
            if run.has_model() and run.status().step > 0:
                labels[run.id] = _label(run)
        except RunDamaged:
            continue
    return labels


def _label(run: Run) -> str:
    kind = describe(run.config)
    if run.shipped:
        return f"{kind} (finished example)"
    name = run.meta.name
    return f"{name} · {kind}" if name else kind


def _default(options: dict[str, str]) -> str:
    own = next((run_id for run_id in options if run_id not in _shipped_ids()), None)
    return own or (DEFAULT_SHIPPED if DEFAULT_SHIPPED in options else next(iter(options)))


def _shipped_ids() -> set[str]:
    return {run.id for run in store().shipped_runs()}
