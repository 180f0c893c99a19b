"""The live parts of lesson 5: draws among the codes of twins, and paths between images."""

from __future__ import annotations

import numpy as np
import streamlit as st

from vaelab.figures.kinds.image import IMAGE
from vaelab.figures.lessons import codes_and_draws
from vaelab.figures.palette import PALETTE
from vaelab.latent.walks import linear, prior_draws
from vaelab.runs.run import Run
from vaelab.teaching.glossary import help_for
from vaelab.ui.learn.parts import decoded, draw_again, lesson_run, say_which
from vaelab.ui.session.state import dataset, saved_at, test_codes
from vaelab.ui.widgets.components import pictures, plot

SPREADS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0)
"""Standard deviations of the draws: the AE's codes reach to about 60."""

DRAWS, COLUMNS = 40, 10

PLOTTED = 2_000
"""Codes in a chart: enough to see where there are none."""

STEPS = 9
"""Pictures on the way from one image to the other."""


def opening() -> None:
    """The codes of both twins."""
    _planes(None)


def experiment() -> None:
    """Draws of a chosen spread decoded by both twins, and interpolation."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        spread = st.select_slider(
            "Standard deviation of the draws", SPREADS, 1.0, key="lesson_5_spread", width=320,
            persist_state="session", help=help_for("prior"),
        )  # fmt: skip
        seed = draw_again(5, "Draw others")
    draws = prior_draws(DRAWS, 2, spread, seed)
    _planes(draws)
    for column, (name, run) in zip(st.columns(2, gap="medium"), _twins().items(), strict=True):
        with column:
            sheet = IMAGE.sheet(decoded(run, draws), COLUMNS, "", f"What the {name} decodes {DRAWS} draws to")
            pictures(
                [sheet], key=f"lesson-draws-{name}", max_scale=1.6, file_name=f"draws-{name.lower()}.png"
            )
            found = _reach(run, saved_at(run), spread, seed)
            with st.container(horizontal=True):
                st.metric(f"{name}: classes reached", f"{found[0]} of 10", width="content",
                      help="Different digits among the test codes nearest to the draws.")  # fmt: skip
                st.metric(f"{name}: draws in holes", f"{found[1]:.0%}", width="content",
                      help="Draws farther from every test code than 99 % of the codes are from their nearest "
                      "neighbour.")  # fmt: skip
    st.markdown("#### From one image to another")
    _paths()
    say_which(*_twins().values())


def _twins() -> dict[str, Run]:
    return {"AE": lesson_run("ae-2d"), "VAE": lesson_run("vae-2d")}


def _planes(draws: np.ndarray | None) -> None:
    for column, (name, run) in zip(st.columns(2, gap="medium"), _twins().items(), strict=True):
        data = dataset(run.config.dataset)
        codes, labels = test_codes(run).mean[:PLOTTED], data.y_test[:PLOTTED]
        none = np.empty((0, 2))
        with column:
            st.markdown(f"**{name}**")
            key = f"lesson_plane_{name}" if draws is None else f"lesson_draws_{name}"
            plot(codes_and_draws(codes, none if draws is None else draws, labels, PALETTE.classes), key=key,
                 height=320, alt=f"Test codes of the {name}, coloured by class")  # fmt: skip
    st.caption(f"The codes of {PLOTTED:,} test images, coloured by digit. Mind the scales of the axes.")


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs={Run: lambda run: str(run.path)})
def _reach(run: Run, version: int, spread: float, seed: int) -> tuple[int, float]:
    from vaelab.analysis.demonstrations import reach

    found = reach(
        prior_draws(DRAWS, 2, spread, seed), test_codes(run).mean, dataset(run.config.dataset).y_test
    )
    return found.classes, found.in_holes


def _paths() -> None:
    digits = list(range(10))
    left, right = st.columns(2)
    start = left.selectbox("From the digit", digits, 1, key="lesson_5_from", persist_state="session")
    end = right.selectbox("to the digit", digits, 0, key="lesson_5_to", persist_state="session")
    rows = []
    for run in _twins().values():
        labels, mean = dataset(run.config.dataset).y_test, test_codes(run).mean
        ends = [mean[np.flatnonzero(labels == digit)[0]] for digit in (start, end)]
        rows.append(decoded(run, linear(ends[0], ends[1], STEPS)))
    sheet = IMAGE.sheet(np.concatenate(rows), STEPS, "", f"From a {start} to a {end}, decoded by both twins",
                  None, tuple(_twins()))  # fmt: skip
    pictures([sheet], key="lesson-paths", max_scale=3, file_name="paths.png")
    st.caption(
        "Evenly spaced codes on a straight line. The AE's classes lie far apart: its path jumps from one to "
        "the next, or crosses a hole. The VAE's lie close together: its path goes through those between, "
        "blurred where they meet."
    )
