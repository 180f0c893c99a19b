"""The run that the pages show: from the link, the picker, or the visitor's newest."""

import streamlit as st

from vaelab.config.presets import FIRST_PRESET
from vaelab.runs import Run, RunDamaged, RunNotFound
from vaelab.ui.session.address import is_new, parameter, set_parameter
from vaelab.ui.session.linked import linked_run
from vaelab.ui.session.state import find_run, own_runs, store
from vaelab.ui.session.visits import put, visit
from vaelab.words import passed


def follow_run_link() -> str | None:
    """Choose the run of the address, if that is new; a sentence if no such run is found."""
    wanted = parameter("run")
    if is_new("run", wanted):
        visit().run_refusal = ""
        try:
            if wanted is not None:
                choose(linked_run(wanted))
        except (RunNotFound, RunDamaged) as error:
            visit().run_refusal = str(error)
    return visit().run_refusal or None


def chosen_run() -> Run | None:
    """The run that the visitor chose, if it still exists."""
    run_id = visit().run
    return find_run(run_id) if run_id else None


def choose(run: Run) -> None:
    """Have all pages show this run."""
    visit().run, visit().example = run.id, False


def open_run(run_id: str) -> None:
    """Have all pages show this run, and name it in the address of the page that is shown."""
    visit().run = run_id
    set_parameter("run", run_id)


def pick_run() -> Run:
    """Draw the picker of the Explore pages: the visitor's runs that have weights, then the examples.

    Raises
    ------
    RunNotFound
        If there is no run to pick.
    """
    runs = [*own_runs(), *store().shipped_runs()]
    options = {run.id: _label(run) for run in runs if _has_weights(run)}
    current = chosen_run()
    if current and current.has_model() and current.id not in options:
        options = {current.id: _label(current), **options}  # another visitor's run, opened by its link
    if current is None or current.id not in options:
        current = _first_with_weights()
    if current is None:
        raise RunNotFound("There is no run with weights here yet: train one on the Train page.")
    # The value is set before the widget is drawn, because the options may have changed since the last time.
    put("picked_run", current.id)
    st.selectbox(
        "Run",
        list(options),
        format_func=options.__getitem__,
        key="picked_run",
        on_change=_take_picked,
        label_visibility="collapsed",
        width=430,
    )
    visit().run = current.id
    return current


def _take_picked() -> None:
    visit().run = str(st.session_state.picked_run)


def run_to_explore() -> Run | None:
    """The run that the Explore pages show: the chosen one, else the one that they would choose."""
    return chosen_run() or _first_with_weights()


def _first_with_weights() -> Run | None:
    """The visitor's newest run that has weights, else an example."""
    examples = sorted(store().shipped_runs(), key=lambda run: run.id != FIRST_PRESET)
    # Only as many runs are read as needed: the top bar asks on every page, and a visitor may have many runs.
    return next(filter(_has_weights, [*own_runs(), *examples]), None)


def _has_weights(run: Run) -> bool:
    try:
        run.check()
        return run.has_model() and run.status().step > 0
    except RunDamaged:
        return False


def _label(run: Run) -> str:
    """The picker's text for a run, which differs from that of every other run."""
    kind, status = run.in_words, run.status()
    if run.shipped:
        return f"{kind} (example {run.id})"
    is_whole = status.state == "finished" and status.epoch >= run.config.epochs
    stage = "" if is_whole else f" · {status.state}, epoch {passed(status.epoch)}"
    return f"{run.meta.name or kind}{f' · {kind}' if run.meta.name else ''}{stage} · {run.short_id}"
