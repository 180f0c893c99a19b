"""The table of runs: a fragment that follows them while any of them is active."""

from datetime import UTC, datetime, timedelta
from typing import Any

import streamlit as st

from vaelab.config import FIELD_NAMES, PRESETS, RunConfig, field_spec, losses, why_not_in_force
from vaelab.config.comparable import fields_that_differ
from vaelab.config.in_force import in_force
from vaelab.runs import Run, Summary
from vaelab.runs.summary import summarise
from vaelab.teaching.glossary import help_for
from vaelab.ui.runs.removal import carry_out_deletions
from vaelab.ui.runs.words import state_in_words
from vaelab.ui.session import chosen_run, follow, next_look, open_run, own_runs, put, store, visit, waits
from vaelab.ui.widgets.waiting import wait_for

TICK = 1.0
"""Seconds between two looks at runs that train."""

FIRST, LAST = ("title", "state"), ("time", "made")
IN_VIEW = 3
"""Largest number of fields that stand before the losses, so that no laptop has to scroll to them."""
DESCRIBED = ("model", "dataset", "latent_dim", "epochs")
"""Fields that the title of a run without a name contains."""


def listed_runs() -> list[Summary]:
    """The visitor's runs, newest first, another visitor's run that a link has opened, and the examples."""
    own, chosen = own_runs(), chosen_run()
    shipped = sorted(store().shipped_runs(), key=_position_of_preset)
    opened = [chosen] if chosen and chosen not in (*own, *shipped) else []
    return [summarise(run) for run in (*own, *opened, *shipped)]


def _position_of_preset(run: Run) -> int:
    return list(PRESETS).index(run.id) if run.id in PRESETS else len(PRESETS)


def selected_run(listed: list[Summary]) -> Summary | None:
    """The run that was chosen, here or on another page, else the first one."""
    chosen = (summary for summary in listed if summary.run.id == visit().run)
    return next(chosen, None) or next(iter(listed), None)


def runs_table(listed: list[Summary]) -> None:
    """Draw the table of runs, and follow those that train."""
    follow(listed, _look, _draw, tick=_tick, sign=_sign)


def _look() -> list[Summary]:
    carry_out_deletions()
    return listed_runs()


def _tick(listed: list[Summary]) -> float | None:
    return next_look(TICK) if any(summary.status.state == "running" for summary in listed) else None


def _sign(listed: list[Summary]) -> object:
    chosen = selected_run(listed)
    return chosen and chosen.run.id, [(summary.run.id, summary.status.state) for summary in listed]


def _draw(listed: list[Summary]) -> None:
    grouped = ["group"] if any(summary.meta and summary.meta.group for summary in listed) else []
    fields = _worth_a_column(listed)
    # What tells the visitor's own runs apart is in view; examples have names of their own.
    ahead = IN_VIEW if len(_own(listed)) > 1 else 0
    order = [*FIRST, *grouped, *fields[:ahead], *losses(), *fields[ahead:], *LAST]
    _select_row_of(selected_run(listed), listed, order)
    st.dataframe(
        _columns(listed),
        column_config=_column_config(),
        column_order=order,
        hide_index=True,
        placeholder="",
        key="runs_selection",
        on_select=_choose_selected,
        # A selected cell chooses its row: by a click anywhere, or with the arrow keys.
        selection_mode=("single-row-required", "single-cell"),
        alt="Runs with their state, test losses and settings; choose a row for what can be done with it",
    )
    if _tick(listed) is None:
        wait_for([summary.run for summary in listed if waits(summary.status)], key="waiting_runs")


def _select_row_of(chosen: Summary | None, listed: list[Summary], order: list[str]) -> None:
    """Select the row of the chosen run anew, because new runs appear above it.

    A cell of the row is selected with it: from there, the arrow keys choose among the runs.
    """
    cells = st.session_state.get("runs_selection", {}).get("selection", {}).get("cells", [])
    column = next((column for _, column in cells if column in order), order[0])
    rows = [row for row, summary in enumerate(listed) if summary is chosen]
    cells = [(row, column) for row in rows]
    put("runs_selection", {"selection": {"rows": rows, "columns": [], "cells": cells}})
    visit().runs_offered = [summary.run.id for summary in listed], rows


def _choose_selected() -> None:
    """Open the run of the newly selected row, which may be selected by its mark or by one of its cells."""
    selection = st.session_state.runs_selection["selection"]
    offered, before = visit().runs_offered
    for row in [*selection["rows"], *(row for row, _ in selection["cells"])]:
        if row not in before and row < len(offered):
            open_run(offered[row])


def _columns(listed: list[Summary]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {
        "title": [summary.title for summary in listed],
        "state": [state_in_words(summary) for summary in listed],
        "group": [_group(summary) for summary in listed],
        "time": [timedelta(seconds=max(1, round(s.seconds))) if s.seconds else None for s in listed],
        "made": [datetime.fromtimestamp(s.meta.created, UTC) if s.meta else None for s in listed],
    }
    for name, loss in losses().items():
        columns[name] = [loss.rounded(summary.losses.get(name)) for summary in listed]
    for name in FIELD_NAMES:
        columns[name] = [_field_value(summary.config, name) for summary in listed]
    return columns


def _group(summary: Summary) -> str | None:
    """The name of the sweep or of the twins that a run belongs to: "sweep 3f2a1b"."""
    return (summary.run.short_group or None) if summary.meta else None


def _worth_a_column(listed: list[Summary]) -> list[str]:
    """Fields that differ between the visitor's runs, or between all runs if the visitor has fewer than two.

    The table's own menu shows the other fields. Fields in the title are left out unless a run has a name.
    """
    own = _own(listed)
    compared = own if len(own) > 1 else [summary for summary in listed if summary.config]
    titles_say_it = all(summary.config and summary.title == summary.run.in_words for summary in compared)
    differing = fields_that_differ([summary.config for summary in compared if summary.config])
    return [name for name in differing if not (titles_say_it and name in DESCRIBED)]


def _own(listed: list[Summary]) -> list[Summary]:
    return [summary for summary in listed if summary.config and not summary.run.shipped]


def _column_config() -> dict[str, Any]:
    """The format, header and help of each column; a unit stands in the header."""
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    config: dict[str, Any] = {
        "title": text("Run", width=260),
        "state": text("State"),
        "group": text("Group", help="Runs that were started together: those of a sweep, or two twins."),
        "time": number("Time", format="compact", help="Spent training."),
        "made": st.column_config.DatetimeColumn(
            "Made", format="YYYY-MM-DD HH:mm", timezone=st.context.timezone
        ),
    }
    for name, loss in losses().items():
        label = f"{loss.head} ({loss.unit.removesuffix(' per image')})"
        words = f"Over all test images, after the last epoch. {help_for(name)}"
        config[name] = number(label, format=f"%.{loss.digits}f", help=words)
    for name in FIELD_NAMES:
        spec = field_spec(name)
        label = f"{spec.label} ({spec.unit})" if spec.unit.startswith("nats") else spec.label
        form = {"integer": "%d", "number": "%.6g"}.get(spec.kind)
        config[name] = number(label, format=form, help=spec.help) if form else text(label, help=spec.help)
    return config


def _field_value(config: RunConfig | None, name: str) -> Any:
    if config is None or why_not_in_force(config, name):
        return None
    return getattr(config, name) if field_spec(name).kind in ("integer", "number") else in_force(config, name)
