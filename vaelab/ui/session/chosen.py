"""Which run the pages show: from the link, the picker, or the visitor's newest."""

from __future__ import annotations

import streamlit as st

from vaelab.runs.errors import RunDamaged, RunNotFound
from vaelab.runs.run import Run, describe
from vaelab.ui.session.address import is_new, parameter, set_parameter
from vaelab.ui.session.state import find_run, own_runs, store
from vaelab.ui.session.text import plain
from vaelab.ui.session.visit import put, visit

DEFAULT_SHIPPED = "vae-2d"


def follow_run_link() -> str | None:
    """Take the run of the address, if that has changed; a sentence if there is no such run."""
    wanted = parameter("run")
    if is_new("run", wanted):
        found = find_run(wanted) if wanted is not None else None
        visit().run_unknown = wanted is not None and found is None
        if found:
            choose(found)
    if not visit().run_unknown:
        return None
    shown = str(wanted)[:64]
    return f"There is no run {shown!r} on this server. It may have been deleted, or made elsewhere."


def chosen_run() -> Run | None:
    """The run that the visitor chose, if it still exists."""
    run_id = visit().run
    return find_run(run_id) if run_id else None


def choose(run: Run) -> None:
    """Have all pages show this run."""
    visit().run, visit().example = run.id, False


def show_example() -> None:
    """Have the Train page show the preset's finished example, until a run is started or chosen."""
    visit().example = True


def open_run(run_id: str) -> None:
    """Have all pages show this run, and name it in the address of the page that is shown."""
    visit().run = run_id
    set_parameter("run", run_id)


def forget_run() -> None:
    """Have the pages show no run that was chosen, because it is gone."""
    visit().run = None


def pick_run() -> Run:
    """The picker of the Explore pages: the visitor's runs that have weights, then the shipped ones.

    A sentence is on the page if the address named an unknown one.

    Raises
    ------
    RunNotFound
        If there is no run to pick.
    """
    refused = follow_run_link()
    if refused:
        st.warning(plain(refused))
    options = _with_weights()
    chosen = chosen_run()
    if chosen and chosen.has_model() and chosen.id not in options:
        options = {chosen.id: _label(chosen), **options}  # somebody else's, by its link
    current = chosen.id if chosen and chosen.id in options else _default(options)
    if current is None:
        raise RunNotFound("There is no run with weights here yet: train one on the Train page.")
    # Set before the widget is made: its options may have changed since it was last shown.
    put("picked_run", current)
    st.selectbox(
        "Run", list(options), format_func=options.__getitem__, key="picked_run", on_change=_take_picked
    )
    visit().run = current
    return store().get(current)


def _take_picked() -> None:
    visit().run = str(st.session_state.picked_run)


def run_to_explore() -> Run | None:
    """The run that the Explore pages show: the chosen one, else the one that they would choose."""
    if chosen := chosen_run():
        return chosen
    # The first that there is: the sidebar asks on every page, and a visitor may have many.
    examples = sorted(store().shipped_runs(), key=lambda run: run.id != DEFAULT_SHIPPED)
    return next(filter(_has_weights, own_runs()), None) or next(filter(_has_weights, examples), None)


def _with_weights() -> dict[str, str]:
    runs = [*own_runs(), *store().shipped_runs()]
    return {run.id: _label(run) for run in runs if _has_weights(run)}


def _has_weights(run: Run) -> bool:
    try:
        run.check()
        return run.has_model() and run.status().step > 0
    except RunDamaged:
        return False


def _label(run: Run) -> str:
    """What the picker says of a run; two runs never the same, because it could not tell them apart."""
    kind, status = describe(run.config), run.status()
    if run.shipped:
        return f"{kind} (finished example {run.id})"
    stage = "" if status.state == "finished" else f" · {status.state} at epoch {status.epoch:.1f}"
    return f"{run.meta.name or kind}{f' · {kind}' if run.meta.name else ''}{stage} · {run.id[:6]}"


def _default(options: dict[str, str]) -> str | None:
    own = next((run_id for run_id in options if run_id not in _shipped_ids()), None)
    return own or (DEFAULT_SHIPPED if DEFAULT_SHIPPED in options else next(iter(options), None))


def _shipped_ids() -> set[str]:
    return {run.id for run in store().shipped_runs()}
