"""The live parts of lesson 3: a tutorial's autoencoder beside a VAE, and a code computed step by step."""

from typing import Any

import numpy as np
import streamlit as st

from vaelab.config import PRESETS
from vaelab.figures.kinds.image import IMAGE
from vaelab.figures.lessons import posterior_and_prior
from vaelab.latent.walks import prior_draws
from vaelab.runs import Run
from vaelab.teaching.glossary import help_for
from vaelab.teaching.lessons.posterior import TUTORIAL
from vaelab.ui.learn.parts import decoded, draw_again, lesson_run, name_runs, pick_image
from vaelab.ui.recipe.show_code import show_code
from vaelab.ui.session import dataset, take_next_seed, test_codes
from vaelab.ui.slow_motion.panel import slow_motion
from vaelab.ui.widgets.components import pictures, plot
from vaelab.words import signed

NUMBERS = ("mean", "log-variance", "epsilon", "z")
"""The stages of computing a code."""

TERMS = {
    "mean": "posterior",
    "log-variance": "log-variance",
    "epsilon": "reparameterisation",
    "z": "latent code",
}
"""The term of the glossary that explains each stage."""

COLUMNS = 8
"""Pictures in a row."""


def opening() -> None:
    """Draw the tutorial's listing."""
    st.markdown("This stands in many a tutorial:")
    with st.container(key="listing-tutorial"):
        st.code(TUTORIAL, language="python", wrap_lines=True)
    st.caption(
        "The autoencoder below is this one but for the last sigmoid: with squared error our decoders give "
        "the mean of a normal distribution, and only pictures of it are cut to pixels from 0 to 1."
    )


def experiment() -> None:
    """Draw both models on test images and on prior draws, a code in stages, and one training step."""
    _side_by_side()
    st.markdown("## A code, one number at a time")
    _one_code()
    st.markdown("## The whole step")
    st.caption("The same numbers where they occur: one training step on one image, forwards and backwards.")
    panel = st.expander(
        "Slow motion: one training step",
        key="lesson_slow",
        on_change="rerun",
        icon=":material/slow_motion_video:",
    )
    if panel.open:
        with panel:
            slow_motion(lesson_run("vae-2d"))


def _side_by_side() -> None:
    runs = {"AE": lesson_run("ae-256"), "VAE": lesson_run("vae-256")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = draw_again(3, "Draw other codes")
        show_code(PRESETS["vae-256"].config)
    draws = prior_draws(COLUMNS, PRESETS["vae-256"].config.latent_dim, 1.0, seed)
    images = dataset("mnist").x_test[:COLUMNS]
    left, right = st.columns(2, gap="medium")
    again = [decoded(run, test_codes(run).mean[:COLUMNS]) for run in runs.values()]
    with left:
        _sheet("lesson-copies", "Test images, reconstructed", [images, *again], ("Image", *runs))
    with right:
        _sheet(
            "lesson-draws",
            "Codes drawn from the unit normal, decoded",
            [decoded(run, draws) for run in runs.values()],
            tuple(runs),
        )
    name_runs(*runs.values())


def _sheet(key: str, title: str, rows: list[np.ndarray], labels: tuple[str, ...]) -> None:
    sheet = IMAGE.sheet(np.concatenate(rows), COLUMNS, title, f"{title}: {', '.join(labels)}", None, labels)
    pictures([sheet], key=key, max_scale=2, file_name=f"{key}.png")


def _one_code() -> None:
    from vaelab.analysis.demonstrations import draw_code

    run = lesson_run("vae-2d")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        index = pick_image(3, run)
        chosen: Any = st.segmented_control(
            "Computed so far",
            NUMBERS,
            default=NUMBERS[0],
            key="lesson_3_stage",
            required=True,
            persist_state="session",
            help=help_for("reparameterisation"),
        )
        stage = NUMBERS.index(chosen)
        st.button(
            "Resample",
            key="lesson_3_resample",
            icon=":material/casino:",
            on_click=take_next_seed,
            args=("lesson_3_epsilon",),
            disabled=stage < NUMBERS.index("epsilon"),
            help="Draws another epsilon.",
        )
    codes = test_codes(run)
    assert codes.logvar is not None
    mean, logvar = codes.mean[index], codes.logvar[index]
    z, epsilon = draw_code(mean, logvar, st.session_state.get("lesson_3_epsilon", 0))
    values = dict(zip(NUMBERS, (mean, logvar, epsilon, z), strict=True))
    with st.container(horizontal=True, key="lesson-numbers"):
        for name in NUMBERS[: stage + 1]:
            both = ", ".join(signed(float(value), ".3f") for value in values[name])
            st.metric(name, both, width="content", help=help_for(TERMS[name]))
    st.latex(_sum(values, stage))
    _picture_of_code(run, index, values, stage)
    st.caption(
        "Both latent dimensions; the formula and the chart show the first. Resample changes epsilon, and "
        "with it z; mean and log-variance stay."
    )
    name_runs(run)


def _sum(values: dict[str, np.ndarray], stage: int) -> str:
    """The reparameterisation of the first dimension, with numbers for the stages up to this one."""
    letters = (r"\mu_1", r"\ell_1", r"\varepsilon_1", "z_1")
    mean, logvar, epsilon, z = (
        f"{values[name][0]:z.3f}" if stage >= index else letters[index] for index, name in enumerate(NUMBERS)
    )
    sum_ = f"z_1 = {mean} + e^{{{logvar} / 2}} \\cdot ({epsilon})"
    return f"{sum_} = {z}" if stage == len(NUMBERS) - 1 else sum_


def _picture_of_code(run: Run, index: int, values: dict[str, np.ndarray], stage: int) -> None:
    """Draw the distributions that are known at a stage, and the images decoded at the mean and at z."""
    mean, logvar, z = values["mean"], values["log-variance"], values["z"]
    is_drawn = stage == len(NUMBERS) - 1
    left, right = st.columns([1.3, 1], gap="medium", vertical_alignment="center")
    with left:
        spread = float(logvar[0]) if stage else None
        figure = posterior_and_prior(float(mean[0]), spread, z[:1] if is_drawn else z[:0])
        plot(
            figure,
            key="lesson_code",
            height=280,
            alt="Posterior and prior of the first latent dimension, and the code drawn",
        )
    with right:
        codes = np.stack([mean, z] if is_drawn else [mean])
        labels = ("Image", "at the mean", "at z")[: len(codes) + 1]
        image = dataset(run.config.dataset).x_test[index][None]
        images = np.concatenate([image, decoded(run, codes)])
        alt = f"Test image {index}, and what its mean and code decode to"
        sheet = IMAGE.sheet(images, len(images), "", alt, labels)
        pictures([sheet], key="lesson-code", max_scale=4, file_name="code.png")
