"""The runs of a sweep as a table: their values, seeds, states and losses, also as CSV."""

from typing import Any

import streamlit as st

from vaelab.config import field_spec, in_words, losses
from vaelab.sweeps.results import SPLITS, as_csv
from vaelab.ui.session import choose, find_run, visit
from vaelab.ui.sweep.shown import ShownSweep
from vaelab.ui.widgets.components import heading_row

HEIGHT = 420
"""Height of a chart or table in a column of the page, in CSS pixels."""

IMAGES = (("held-out", "held-out training images"), ("test", "test images"))
"""Names of the images of each split, in heads of columns and in a sentence."""

ROW_HEIGHT = 35
"""Height of a row of Streamlit's tables, in CSS pixels."""


def sweep_table(sweep: ShownSweep) -> None:
    """Draw the table; choosing a row opens its run."""
    with heading_row("runs"):
        st.markdown("**Runs**", width="content")
        name = f"vaelab-sweep-{'-'.join(sweep.axes)}.csv".replace("_", "-")
        st.download_button(
            "CSV",
            as_csv(sweep.axes, sweep.results),
            name,
            "text/csv",
            key="sweep_csv",
            icon=":material/download:",
            on_click="ignore",
        )
    visit().sweep_offered = [result.run for result in sweep.results]
    with st.container(key="sweep-table"):
        st.dataframe(
            _columns(sweep),
            hide_index=True,
            key="sweep_table",
            placeholder="",
            height=min(HEIGHT, ROW_HEIGHT * (len(sweep.results) + 1) + 2),
            column_config=_config(),
            on_select=_take_row if sweep.runs else "ignore",
            selection_mode=("single-row", "single-cell"),
            alt="The runs with their values, seeds, states and losses; choose a row to open its run",
        )


def _columns(sweep: ShownSweep) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {
        field_spec(name).label: [in_words(name, result.values[axis]) for result in sweep.results]
        for axis, name in enumerate(sweep.axes)
    }
    columns |= {
        "Seed": [result.seed for result in sweep.results],
        "State": [result.state for result in sweep.results],
    }
    for split, (title, _) in zip(SPLITS, IMAGES, strict=True):
        for name, loss in losses().items():
            values = [loss.rounded(result.losses(split).get(name)) for result in sweep.results]
            if any(value is not None for value in values):
                columns[f"{title} {name}"] = values
    if any(result.seconds for result in sweep.results):
        columns["Seconds"] = [result.seconds or None for result in sweep.results]
    return columns


def _config() -> dict[str, Any]:
    number = st.column_config.NumberColumn
    seconds = "Spent training: it also depends on what else the machine did meanwhile."
    columns: dict[str, Any] = {"Seconds": number("Time (s)", format="%.1f", help=seconds)}
    for title, images in IMAGES:
        for name, loss in losses().items():
            unit = f" ({loss.unit.removesuffix(' per image')})"
            columns[f"{title} {name}"] = number(
                f"{loss.head}, {title}{unit}",
                format=f"%.{loss.digits}f",
                help=f"{loss.label} in {loss.unit}, on {images}.",
            )
    return columns


def _take_row() -> None:
    """Open the run of the row that was just chosen."""
    selection = st.session_state.sweep_table["selection"]
    rows = [*selection["rows"], *(row for row, _ in selection["cells"])]
    if rows and (run := find_run(visit().sweep_offered[rows[0]])):
        choose(run)
