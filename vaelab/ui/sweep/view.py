"""A sweep while it trains and afterwards: the charts of its results, its curves, and the chosen run."""

from functools import partial

import streamlit as st

from vaelab.config import QUANTITIES, field_spec
from vaelab.figures.rate_distortion import rate_distortion
from vaelab.figures.sweep import measure_curve
from vaelab.figures.sweep_curves import curves, panels_height
from vaelab.figures.sweep_heat import heat_map
from vaelab.paths import PAGES
from vaelab.runs import Run
from vaelab.sweeps.results import Best, Result, best, criteria, words
from vaelab.teaching.glossary import help_for
from vaelab.ui.session import (
    VIEWS,
    address_of,
    choose,
    find_run,
    follow,
    next_look,
    page_link,
    plain,
    put,
    visit,
    waits,
)
from vaelab.ui.sweep.progress import sweep_outcome, sweep_progress
from vaelab.ui.sweep.shown import ShownSweep, example, read_sweep
from vaelab.ui.sweep.table import HEIGHT, sweep_table
from vaelab.ui.widgets.components import heading_row, plot
from vaelab.ui.widgets.waiting import wait_for
from vaelab.words import counted

TICK = 1.0
"""Seconds between two looks at a sweep under way."""


def watch_sweep(group: str | None) -> None:
    """Draw a sweep, the finished example if there is no group, and follow it."""
    look = partial(read_sweep, group) if group else example
    follow(look() or example(), look, partial(_draw, group), tick=_tick)


def _tick(sweep: ShownSweep) -> float | None:
    return next_look(TICK) if any(status.state == "running" for status in sweep.statuses) else None


def _draw(group: str | None, sweep: ShownSweep) -> None:
    if group:
        sweep_progress(sweep, group)
    else:
        st.markdown(
            "**A finished example:** beta of the default recipe. Press **Start** for one of your own."
        )
    measures = criteria(sweep.configs)
    leading = best(sweep.results, measures[0])
    sweep_outcome(sweep, leading)
    left, right = st.columns(2, gap="medium")
    with left:
        _results(sweep, measures, leading)
    with right:
        if sweep.histories:
            _curves(sweep, measures[0])
        else:
            _rate_distortion(sweep, measures)
    if sweep.histories and "kl" in measures:
        left, right = st.columns(2, gap="medium")
        with left:
            _rate_distortion(sweep, measures)
        with right:
            sweep_table(sweep)
    else:
        sweep_table(sweep)
    _chosen(sweep)
    if _tick(sweep) is None:
        waiting = [run for run, status in zip(sweep.runs, sweep.statuses, strict=True) if waits(status)]
        wait_for(waiting, key="waiting_sweep")


def _results(sweep: ShownSweep, measures: tuple[str, ...], leading: Best | None) -> None:
    if st.session_state.sweep_measure not in measures:
        put("sweep_measure", measures[0])
    with heading_row("results"):
        st.markdown("**Results**", help=help_for("seed band"), width="content")
        measure = st.selectbox(
            "Measure",
            measures,
            format_func=lambda name: QUANTITIES[name].label,
            key="sweep_measure",
            persist_state="session",
            label_visibility="collapsed",
            width=260,
        )
    if len(sweep.axes) == 1:
        figure = measure_curve(sweep.axes, sweep.results, measure, leading)
        caption = (
            "Look whether the band, from the lowest to the highest seed, is wide beside the differences: "
            "then a difference may be luck. The dashed line, or a cross, is on the test images."
        )
    else:
        figure = heat_map(sweep.axes, sweep.results, measure, leading)
        caption = "Each cell is the mean over the seeds on held-out images. Darker is lower."
    if len(measures) == 1:
        caption += " These runs have different objectives, so only the squared error compares them."
    names = " and ".join(field_spec(field).label.lower() for field in sweep.axes)
    with st.container(key="sweep-results"):
        chosen = plot(
            figure,
            key="sweep_results",
            height=HEIGHT,
            selectable=bool(sweep.runs),
            step=_finished(sweep),
            state="active" if sweep.active else "over",
            alt=f"{QUANTITIES[measure].label} against {names}",
        )
    what = "point" if len(sweep.axes) == 1 else "cell"
    st.caption(caption + (f" Choose a {what} to open a run of it." if sweep.runs else ""))
    _take(chosen)


def _finished(sweep: ShownSweep) -> int:
    return sum(result.state == "finished" for result in sweep.results)


def _curves(sweep: ShownSweep, measure: str) -> None:
    with heading_row("curves"):
        st.markdown("**Curves**", help=help_for("held-out images"))
    figure = curves(sweep.axes, sweep.histories, measure, max(config.epochs for config in sweep.configs))
    combinations = len({result.values for result in sweep.results})
    with st.container(key="sweep-curves"):
        plot(
            figure,
            key="sweep_curves",
            height=max(panels_height(combinations), HEIGHT),
            step=sum(status.step for status in sweep.statuses),
            alt=f"Curves of {counted(len(sweep.runs), 'run')}, a panel for each setting",
        )
    st.caption(
        "A panel for each value, over epochs and on the same axes: thin lines are training, one for each "
        "seed, dots are held-out images after each epoch. Look which values are slow and which restless."
    )


def _rate_distortion(sweep: ShownSweep, measures: tuple[str, ...]) -> None:
    if "kl" not in measures:
        return
    with heading_row("rate"):
        st.markdown("**Rate and distortion**", help=help_for("rate-distortion"))
    with st.container(key="sweep-rate"):
        chosen = plot(
            rate_distortion(sweep.axes, sweep.results),
            key="sweep_rate",
            height=HEIGHT,
            selectable=bool(sweep.runs),
            step=_finished(sweep),
            alt="Reconstruction against KL on held-out images, one point a run",
        )
    st.caption(
        "Each point is a run: how many nats its codes say of an image, and how many are still missing. "
        "Left and low is better; no run can be good at both for nothing."
    )
    _take(chosen)


def _take(chosen: object) -> None:
    """Open the run of the point that was just chosen."""
    run = find_run(chosen) if isinstance(chosen, str) else None
    if run is not None:
        choose(run)
        st.rerun()


def _chosen(sweep: ShownSweep) -> None:
    """Draw the chosen run in words, with links to the pages that show it."""
    for run, result in zip(sweep.runs, sweep.results, strict=False):
        if run.id == visit().run:
            with st.container(border=True, key="sweep-chosen", horizontal=True, vertical_alignment="center"):
                st.markdown(plain(_run_in_words(sweep, result)))
                _open_links(run)


def _run_in_words(sweep: ShownSweep, result: Result) -> str:
    text = f"{words(sweep.axes, result.values)}, seed {result.seed}: {result.state}"
    for name, value in list(result.test.items())[:1]:
        text += f", test {QUANTITIES[name].label} {QUANTITIES[name].with_unit(value)}"
    return text


def _open_links(run: Run) -> None:
    address = address_of(visit().recipe, run.id)
    page_link(PAGES / "train.py", label="Train", icon=":material/show_chart:", query_params=address)
    if run.has_model():
        for view in VIEWS:
            page_link(view.script, label=view.title, icon=view.icon, query_params={"run": run.id})
