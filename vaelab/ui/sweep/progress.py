"""The progress of a sweep, and its outcome in a few sentences."""

import streamlit as st

from vaelab.config import QUANTITIES
from vaelab.sweeps.results import Best, bands, words
from vaelab.teaching.glossary import help_for
from vaelab.ui.session import engine, may_change, store, visit
from vaelab.ui.sweep.shown import ShownSweep, read_sweep, seconds_left
from vaelab.words import counted, counted_that, duration


def sweep_progress(sweep: ShownSweep, group: str) -> None:
    """Draw how far the sweep of a group is, with a button that ends it."""
    count = len(sweep.runs)
    with st.container(horizontal=True, vertical_alignment="center"):
        if sweep.active:
            left = seconds_left(sweep, engine().at_a_time(count))
            share = sum(
                min(1.0, status.epoch / config.epochs) if status.active else 1.0
                for status, config in zip(sweep.statuses, sweep.configs, strict=True)
            )
            time = "" if left is None else f", {duration(left)} left"
            st.progress(share / count, f"**{sweep.over} of {count} done**{time}")
        else:
            paused = count - sweep.over
            rest = f", {paused} paused, to resume on the page Runs" if paused else ""
            gone = sweep.runs[0].meta.planned - count
            were = "was planned" if gone == 1 else "were planned"
            removed = f" {gone} more {were}, but stopped before the start." if gone > 0 else ""
            ended = counted_that(count, "run", "has ended", "have ended")
            st.markdown(f"**{sweep.over} of {ended}**{rest}.{removed}")
        if sweep.active and sweep.own:
            stopping = is_stopping(sweep)
            st.button(
                "Stopping …" if stopping else "Stop all",
                key="sweep_stop",
                icon=":material/stop:",
                disabled=stopping,
                on_click=_stop,
                args=(group,),
                help="Ends the runs that train; those that have not begun are removed.",
            )


def is_stopping(sweep: ShownSweep) -> bool:
    """Whether all runs of a sweep that are not over were asked to stop."""
    return all(
        run.request().action == "stop"
        for run, status in zip(sweep.runs, sweep.statuses, strict=True)
        if status.active
    )


def _stop(group: str) -> None:
    if not all(may_change(run) for run in store().group(group)):
        return  # a browser can send the click of a button that was not drawn
    engine().stop_group(group)
    if read_sweep(group) is None:  # no run had begun
        visit().sweep = None


def sweep_outcome(sweep: ShownSweep, leading: Best | None) -> None:
    """State the best value, and the runs without a result."""
    sentences = [_best_in_words(sweep, leading)] if leading else []
    for state, verb in (("diverged", "diverged"), ("failed", "failed"), ("stopped", "stopped early")):
        ended = [result for result in sweep.results if result.state == state]
        if ended:
            where = dict.fromkeys(words(sweep.axes, result.values) for result in ended)
            runs, verbs = counted(len(ended), "run"), "counts" if len(ended) == 1 else "count"
            sentences.append(f"{runs} {verb} ({'; '.join(where)}) and {verbs} for nothing.")
    if not sentences:
        sentences.append("The best value will stand here as soon as runs have finished.")
    with st.container(key="sweep-outcome"):
        st.markdown(" ".join(sentences), help=help_for("held-out images"))


def _best_in_words(sweep: ShownSweep, leading: Best) -> str:
    measure = QUANTITIES[leading.measure]
    so_far = " so far" if sweep.active else ""
    count = leading.held_out.seeds
    seeds = "one seed" if count == 1 else f"mean of {count} seeds"
    sentence = (
        f"Best{so_far} on held-out images: **{words(sweep.axes, leading.values)}**, {measure.label} "
        f"**{measure.with_unit(leading.held_out.mean)}** ({seeds}); on the test images "
        f"{measure.with_unit(leading.test.mean)}."
    )
    close = [
        words(sweep.axes, band.values)
        for band in bands(sweep.results, leading.measure)
        if band.values != leading.values and band.low <= leading.held_out.high
    ]
    if count == 1:
        return f"{sentence} One seed cannot tell a difference from luck: take three."
    if close:
        return f"{sentence} Its seeds overlap with those of {' and '.join(close)}: the order may be luck."
    if count == 2:
        return f"{sentence} Two seeds can lie apart by luck: take three."
    return sentence
