"""The live part of lesson 2: the loss of one pixel, and of a whole image."""

import numpy as np
import streamlit as st

from vaelab.figures.kinds.image import IMAGE
from vaelab.figures.lessons import pixel_curves
from vaelab.teaching.glossary import help_for
from vaelab.ui.learn.parts import decoded, lesson_run, name_runs, pick_image
from vaelab.ui.session import dataset, test_codes, trained
from vaelab.ui.widgets.components import pictures, plot
from vaelab.words import signed

ANSWERS = np.linspace(0.005, 0.995, 199)
"""Answers of the network on the curves, without 0 and 1, where cross-entropy may be infinite."""


def experiment() -> None:
    """Draw the loss of one pixel, then of a whole image."""
    _one_pixel()
    st.markdown("## The same for a whole image")
    _whole_image()
    st.markdown(
        "## Who brings the loss down\nAn **optimizer** follows the gradient of the loss. Full gradient "
        "descent takes one exact step an epoch, SGD many rough ones; momentum keeps some of its speed, and "
        "Adam gives every weight a step size of its own. The sweep at the end of this page trains the same "
        "network with all four: predict their order first."
    )


def _one_pixel() -> None:
    from vaelab.analysis.demonstrations import pixel_floor, pixel_losses

    first, second, third = st.columns(3)
    pixel = first.slider(
        "The pixel",
        0.0,
        1.0,
        0.5,
        0.05,
        key="lesson_2_pixel",
        persist_state="session",
        help="0 is black, 1 is white.",
    )
    answer = second.slider(
        "The network's answer", 0.01, 0.99, 0.5, 0.01, key="lesson_2_answer", persist_state="session"
    )
    sigma = third.slider(
        "Sigma", 0.05, 1.0, 0.3, 0.05, key="lesson_2_sigma", persist_state="session", help=help_for("sigma")
    )
    curves = pixel_losses(pixel, ANSWERS, sigma)
    here = {name: float(values[0]) for name, values in pixel_losses(pixel, np.array([answer]), sigma).items()}
    floor = pixel_floor(np.array([pixel]))[0]
    with st.container(horizontal=True, key="lesson-pixel"):
        st.metric("Cross-entropy", f"{here['bce']:.3f} nats", width="content", help=help_for("bce"))
        st.metric("of which floor", f"{floor:.3f} nats", width="content", help=help_for("floor"))
        st.metric("Squared error", f"{here['mse']:.4f}", width="content", help=help_for("mse"))
        st.metric(
            "Gaussian", f"{signed(here['gaussian'], '.3f')} nats", width="content", help=help_for("density")
        )
    names = {"bce": "cross-entropy (nats)", "mse": "squared error (no unit)"}
    figure = pixel_curves(
        ANSWERS,
        {label: curves[name] for name, label in names.items()},
        answer,
        {label: here[name] for name, label in names.items()},
    )
    plot(
        figure,
        key="lesson_pixel_curves",
        height=320,
        alt="What the pixel costs for every answer of the network",
    )


def _whole_image() -> None:
    from vaelab.analysis.demonstrations import image_losses

    run = lesson_run("ae-2d")
    index = pick_image(2, run)
    image = dataset(run.config.dataset).x_test[index]
    code = test_codes(run).mean[index]
    both = np.stack([image, decoded(run, code[None])[0]])
    losses = image_losses(trained(run).model, image, code)
    left, right = st.columns([1.2, 1], vertical_alignment="center")
    with left:
        sheet = IMAGE.sheet(
            both, 2, "", f"Test image {index} and its reconstruction", ("Image", "Reconstruction")
        )
        pictures([sheet], key="lesson-loss", max_scale=5, file_name="loss.png")
    with right:
        st.metric("Cross-entropy of the image", f"{losses.bce:.1f} nats per image", width="content")
        st.metric("its floor", f"{losses.floor:.1f} nats per image", width="content")
        st.metric("Squared error of the image", f"{losses.mse:.4f} per pixel", width="content")
    name_runs(run)
