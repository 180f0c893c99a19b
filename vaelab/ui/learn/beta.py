"""The live part of lesson 6: the active units at beta 4, and rate against distortion in a sweep."""

import numpy as np
import streamlit as st

from vaelab.figures.explore import kl_bars
from vaelab.figures.kinds.image import IMAGE
from vaelab.figures.lessons import ring
from vaelab.figures.rate_distortion import rate_distortion
from vaelab.latent.units import active_units
from vaelab.sweeps.results import bands
from vaelab.teaching.glossary import help_for
from vaelab.ui.learn.parts import decoded, lesson_run, name_runs, trained_by_visitor
from vaelab.ui.session import dataset, test_codes
from vaelab.ui.sweep.shown import example
from vaelab.ui.widgets.components import pictures, plot

COLUMNS = 10
"""Images in a row."""


def experiment() -> None:
    """Draw the active units at beta 4, then rate against distortion of a sweep."""
    _active()
    st.markdown("## Rate against distortion")
    _trade()


def _active() -> None:
    from vaelab.models.codes import kl_per_dimension

    run = lesson_run("beta-vae")
    codes = test_codes(run)
    active, kl = active_units(codes.mean), kl_per_dimension(codes, run.config)
    left, right = st.columns([1, 1.1], gap="medium", vertical_alignment="center")
    with left:
        st.metric(
            "Active units at beta 4",
            f"{active.sum()} of {len(active)}",
            width="content",
            help=help_for("active unit"),
        )
        plot(
            kl_bars(kl.tolist(), active.tolist()),
            key="lesson_kl_bars",
            height=280,
            alt="KL of each latent dimension, the largest first",
        )
    with right:
        # Only a run that differs in beta alone shows what beta does, and no such example is shipped.
        other = trained_by_visitor(run.config.variant(beta=1))
        runs = {"beta 4": run} | ({"beta 1": other} if other else {})
        images = dataset(run.config.dataset).x_test[:COLUMNS]
        rows = [images, *(decoded(vae, test_codes(vae).mean[:COLUMNS]) for vae in runs.values())]
        labels = ("Image", *runs)
        about = f"Test images, reconstructed with {' and '.join(runs)}"
        sheet = IMAGE.sheet(np.concatenate(rows), COLUMNS, "", about, None, labels)
        pictures([sheet], key="lesson-blur", max_scale=2, file_name="beta.png")
        st.caption(
            "Both have ten dimensions, and differ in beta alone."
            if other
            else "Train “The same at beta 1” below: its reconstructions will then stand here, under these."
        )
    name_runs(*runs.values())


def _trade() -> None:
    sweep = example()
    betas = list(dict.fromkeys(result.values[0] for result in sweep.results))
    beta = st.select_slider(
        "Beta", betas, 1.0, key="lesson_6_beta", persist_state="session", help=help_for("beta")
    )
    means = {
        name: {band.values[0]: band.mean for band in bands(sweep.results, name)}
        for name in ("kl", "recon", "neg_elbo")
    }
    with st.container(horizontal=True):
        st.metric("Rate: KL", f"{means['kl'][beta]:z.2f} nats", width="content", help=help_for("rate"))
        st.metric(
            "Distortion: reconstruction",
            f"{means['recon'][beta]:.1f} nats",
            width="content",
            help=help_for("reconstruction term"),
        )
        st.metric(
            "Negative ELBO", f"{means['neg_elbo'][beta]:.1f} nats", width="content", help=help_for("ELBO")
        )
        weighted = means["recon"][beta] + beta * means["kl"][beta]
        st.metric("Objective", f"{weighted:.1f} nats", width="content", help=help_for("objective"))
    figure = rate_distortion(sweep.axes, sweep.results)
    figure.add_trace(ring(means["kl"][beta], means["recon"][beta]))
    plot(figure, key="lesson_trade", height=360, alt="KL against reconstruction for five values of beta")
    st.caption(
        "A finished sweep: three seeds of each beta, on held-out images. The numbers above are their means."
    )
