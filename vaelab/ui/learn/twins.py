"""The live parts of lesson 5: draws among the codes of twins, and paths between images."""

import numpy as np
import streamlit as st

from vaelab.figures.kinds.image import IMAGE
from vaelab.figures.lessons import codes_and_draws
from vaelab.figures.palette import PALETTE
from vaelab.latent.walks import linear, prior_draws
from vaelab.runs import Run
from vaelab.teaching.glossary import help_for
from vaelab.ui.learn.parts import decoded, draw_again, lesson_run, name_runs
from vaelab.ui.session import dataset, saved_at, test_codes
from vaelab.ui.widgets.components import pictures, plot

SPREADS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0)
"""Standard deviations of the draws; the AE's codes reach as far as about 60."""

DRAWS, COLUMNS = 40, 10

PLOTTED = 2_000
"""Codes in a chart: enough to show where the holes are."""

STEPS = 9
"""Pictures on the path from one image to the other."""


def opening() -> None:
    """Draw the codes of both twins."""
    _planes(np.empty((0, 2)), "plane")


def experiment() -> None:
    """Draw what both twins decode from draws of a chosen spread, and interpolations."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        spread = st.select_slider(
            "Standard deviation of the draws",
            SPREADS,
            1.0,
            key="lesson_5_spread",
            width=320,
            persist_state="session",
            help=help_for("prior"),
        )
        seed = draw_again(5, "Draw others")
    draws = prior_draws(DRAWS, 2, spread, seed)
    _planes(draws, "draws")
    for column, (name, run) in zip(st.columns(2, gap="medium"), _twins().items(), strict=True):
        with column:
            sheet = IMAGE.sheet(decoded(run, draws), COLUMNS, "", f"What the {name} decodes {DRAWS} draws to")
            pictures(
                [sheet], key=f"lesson-draws-{name}", max_scale=1.6, file_name=f"draws-{name.lower()}.png"
            )
            classes, in_holes = _reach(run, saved_at(run), spread, seed)
            with st.container(horizontal=True):
                st.metric(
                    f"{name}: classes reached",
                    f"{classes} of 10",
                    width="content",
                    help="Different digits among the test codes nearest to the draws.",
                )
                st.metric(
                    f"{name}: draws in holes",
                    f"{in_holes:.0%}",
                    width="content",
                    help="Draws farther from every test code than 99 % of the codes are from their nearest "
                    "neighbour.",
                )
    st.markdown("## From one image to another")
    _paths()
    name_runs(*_twins().values())


def _twins() -> dict[str, Run]:
    return {"AE": lesson_run("ae-2d"), "VAE": lesson_run("vae-2d")}


def _planes(draws: np.ndarray, key: str) -> None:
    """Draw the codes of both twins, and draws (N, 2) among them."""
    for column, (name, run) in zip(st.columns(2, gap="medium"), _twins().items(), strict=True):
        data = dataset(run.config.dataset)
        codes, labels = test_codes(run).mean[:PLOTTED], data.y_test[:PLOTTED]
        with column:
            st.markdown(f"**{name}**")
            plot(
                codes_and_draws(codes, draws, labels, PALETTE.classes),
                key=f"lesson_{key}_{name}",
                height=320,
                alt=f"Test codes of the {name}, coloured by class",
            )
    st.caption(f"The codes of {PLOTTED:,} test images, coloured by digit. Mind the scales of the axes.")


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs={Run: lambda run: str(run.path)})
def _reach(run: Run, saved: int, spread: float, seed: int) -> tuple[int, float]:
    """How many classes the draws reach, and the share of them in holes; `saved` tells weights apart."""
    from vaelab.analysis.demonstrations import reach

    draws, labels = prior_draws(DRAWS, 2, spread, seed), dataset(run.config.dataset).y_test
    reached = reach(draws, test_codes(run).mean, labels)
    return reached.classes, reached.in_holes


def _paths() -> None:
    digits = list(range(10))
    left, right = st.columns(2)
    start = left.selectbox("From the digit", digits, 1, key="lesson_5_from", persist_state="session")
    end = right.selectbox("to the digit", digits, 0, key="lesson_5_to", persist_state="session")
    rows = []
    for run in _twins().values():
        first = test_codes(run).mean[dataset(run.config.dataset).first_of_each_class()]
        rows.append(decoded(run, linear(first[start], first[end], STEPS)))
    sheet = IMAGE.sheet(
        np.concatenate(rows),
        STEPS,
        "",
        f"From a {start} to a {end}, decoded by both twins",
        None,
        tuple(_twins()),
    )
    pictures([sheet], key="lesson-paths", max_scale=3, file_name="paths.png")
    st.caption(
        "Evenly spaced codes on a straight line. The AE's classes lie far apart: its path jumps from one to "
        "the next, or crosses a hole. The VAE's lie close together: its path goes through those between, "
        "blurred where they meet."
    )
