"""The live parts of lesson 4: the KL computed in two ways, and its rise during training."""

import math

import streamlit as st

from vaelab.figures.lessons import first_steps, posterior_and_prior, running_estimate
from vaelab.runs import read_measures
from vaelab.teaching.glossary import help_for
from vaelab.ui.learn.parts import draw_again, lesson_run, name_runs
from vaelab.ui.session import history
from vaelab.ui.widgets.components import plot
from vaelab.words import signed

DRAWS = (1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000)
"""Numbers of codes to draw."""

STEPS = 235
"""Steps in the first epoch of the default recipe."""

MARKED = 40
"""Drawn codes that are marked on the axis; more would merge into a bar."""


def opening() -> None:
    """Draw the KL of one latent dimension in closed form, and estimated from drawn codes."""
    from vaelab.analysis.demonstrations import kl_estimate

    st.markdown("**The KL of one latent dimension, computed twice**", help=help_for("KL"))
    first, second, third = st.columns(3)
    mean = first.slider("Mean", -3.0, 3.0, 1.0, 0.1, key="lesson_4_mean", persist_state="session")
    logvar = second.slider(
        "Log-variance",
        -5.0,
        2.0,
        -2.0,
        0.1,
        key="lesson_4_logvar",
        persist_state="session",
        help=help_for("log-variance"),
    )
    draws = third.select_slider("Codes drawn", DRAWS, 100, key="lesson_4_draws", persist_state="session")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = draw_again(4, "Resample")
        kl = kl_estimate(mean, logvar, draws, seed)
        estimate, error = float(kl.terms.mean()), kl.standard_error
        spread = "" if math.isnan(error) else f" ± {error:.3f}"
        st.metric("Closed form", f"{kl.exact:z.3f} nats", width="content")
        st.metric(
            "Monte Carlo estimate",
            f"{signed(estimate, '.3f')}{spread} nats",
            width="content",
            help="The average over the codes drawn, and its standard error.",
        )
    left, right = st.columns(2, gap="medium")
    with left:
        plot(
            posterior_and_prior(mean, logvar, kl.z[:MARKED]),
            key="lesson_densities",
            height=280,
            alt="Densities of the posterior and of the prior, and the codes drawn",
        )
    with right:
        plot(
            running_estimate(kl.running, kl.exact),
            key="lesson_running",
            height=280,
            alt="The estimate as more codes are drawn, and the closed form",
        )
    st.caption("A hundred times as many codes make the error ten times smaller. The closed form needs none.")


def experiment() -> None:
    """Draw reconstruction and KL in the first epoch of a training, and the bound at its end."""
    run = lesson_run("vae-2d")
    steps = history(run).steps
    count = int((steps["step"] <= STEPS).sum())
    number, recon, kl = (steps[name][:count].tolist() for name in ("step", "recon", "kl"))
    plot(
        first_steps(number, recon, kl),
        key="lesson_first_steps",
        height=380,
        alt="Reconstruction and KL in the first epoch of a training",
    )
    with st.container(horizontal=True):
        st.metric(
            "Reconstruction",
            f"{recon[-1]:.1f} nats",
            f"{recon[-1] - recon[0]:.1f}",
            delta_color="inverse",
            width="content",
            help=help_for("reconstruction term"),
        )
        st.metric(
            "KL",
            f"{kl[-1]:z.2f} nats",
            f"{kl[-1] - kl[0]:+z.2f}",
            delta_color="off",
            width="content",
            help=help_for("KL"),
        )
        measures = read_measures(run)
        if measures and {"neg_elbo", "nll"} <= measures.values.keys():
            st.metric(
                "Negative ELBO in the end",
                f"{measures.values['neg_elbo']:.1f} nats",
                width="content",
                help=help_for("ELBO"),
            )
            st.metric(
                "A tighter bound on −ln p(x)",
                f"{measures.values['nll']:.1f} nats",
                width="content",
                help=help_for("negative log-likelihood"),
            )
    st.caption(
        "Of batches of training images, in nats per image; the last two on test images, after all epochs."
    )
    name_runs(run)
