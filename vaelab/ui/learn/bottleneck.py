"""The live parts of lesson 1: an image through the bottleneck, and PCA with codes of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from vaelab.figures.kinds.image import IMAGE
from vaelab.figures.lessons import compression_curve
from vaelab.runs import Run
from vaelab.teaching.glossary import help_for
from vaelab.ui.explore.reconstructed import pca_images
from vaelab.ui.learn.parts import decoded, lesson_run, name_runs, pick_image
from vaelab.ui.session import dataset, saved_at, test_codes
from vaelab.ui.widgets.components import pictures, plot
from vaelab.words import counted, signed

if TYPE_CHECKING:  # scikit-learn stays off the way to the first page
    from vaelab.analysis.pca import PrincipalComponents

DIMENSIONS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
"""Sizes of PCA's code that can be chosen."""

COUNTED = 2_000
"""Test images on which errors are measured: enough for three digits, and quick."""

CLASSES = 10
"""Images in a row: one of each class."""

PIXELS = 784


def opening() -> None:
    """Draw a test image, its code and its reconstruction."""
    run = lesson_run("ae-2d")
    index = pick_image(1, run)
    code = test_codes(run).mean[index]
    both = np.stack([dataset(run.config.dataset).x_test[index], decoded(run, code[None])[0]])
    left, right = st.columns([1.4, 1], vertical_alignment="center")
    with left:
        sheet = IMAGE.sheet(
            both,
            2,
            "",
            f"Test image {index} and its reconstruction",
            ("Image: 784 numbers", "Reconstruction"),
        )
        pictures([sheet], key="lesson-through", max_scale=6, file_name="autoencoder.png")
    with right:
        st.metric(
            "Its code: 2 numbers",
            ", ".join(signed(value, ".2f") for value in code),
            help=help_for("latent code"),
            width="content",
        )
        st.caption("All that the decoder gets. The scale is the network's own choice.")
    name_runs(run)


def experiment() -> None:
    """Draw PCA with a code of any size beside the autoencoder with 2 numbers."""
    run, linear, wide = (lesson_run(preset) for preset in ("ae-2d", "linear-ae", "ae-256"))
    chosen = st.select_slider(
        "Numbers a code has, for PCA",
        DIMENSIONS,
        2,
        key="lesson_1_dimensions",
        persist_state="session",
        help=help_for("latent dimension"),
    )
    images = pca_images(run.config)
    errors = pca_errors(run.config.dataset, images)
    models = {
        name: (model.config.latent_dim, _error(model, saved_at(model)))
        for name, model in (("autoencoder above", run), ("linear autoencoder", linear), ("ReLU code", wide))
    }
    with st.container(horizontal=True):
        st.metric("Compression", f"{PIXELS / chosen:.1f} ×", width="content", help=help_for("compression"))
        st.metric(
            f"PCA, {counted(chosen, 'number')}",
            f"{errors[chosen]:.4f}",
            width="content",
            help=help_for("mse"),
        )
        st.metric("Autoencoder, 2 numbers", f"{models['autoencoder above'][1]:.4f}", width="content")
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        figure = compression_curve(DIMENSIONS, list(errors.values()), chosen, models)
        plot(
            figure,
            key="lesson_compression",
            height=340,
            alt="Squared error per pixel against the numbers a code has",
        )
        st.caption(
            f"Squared error per pixel on {COUNTED:,} test images. Lower is closer. PCA is fitted to "
            f"{images:,} training images, as many as the autoencoder above learned from."
        )
    with right:
        _rows(run, images, chosen)
    name_runs(run, linear, wide)


def _rows(run: Run, images: int, chosen: int) -> None:
    """Draw test images, and what PCA fitted to so many training images and the autoencoder make of them."""
    data = dataset(run.config.dataset)
    indices = data.first_of_each_class()
    shown = data.x_test[indices]
    by_pca = _principal_components(run.config.dataset, images).reconstruct(shown, chosen)
    rows = np.concatenate([shown, by_pca, decoded(run, test_codes(run).mean[indices])])
    sheet = IMAGE.sheet(
        rows,
        CLASSES,
        "",
        f"Test images, PCA with {counted(chosen, 'number')}, and the autoencoder with 2",
        None,
        ("Image", f"PCA {chosen}", "AE 2"),
    )
    pictures([sheet], key="lesson-rows", max_scale=1.5, file_name="compression.png")


@st.cache_data(max_entries=4, show_spinner="Fitting PCA, once for this many images …")
def pca_errors(name: str, images: int) -> dict[int, float]:
    """Squared error per pixel of PCA, by the size of its code, on the first test images of a data set.

    Parameters
    ----------
    images: number of training images that PCA is fitted to.
    """
    components, tested = _principal_components(name, images), dataset(name).x_test[:COUNTED]
    return {
        size: float(components.kind.squared_errors(tested, components.reconstruct(tested, size)).mean())
        for size in DIMENSIONS
    }


@st.cache_resource(max_entries=1, show_spinner=False)
def _principal_components(name: str, images: int) -> PrincipalComponents:
    """Those that the run is compared with on all pages."""
    from vaelab.analysis.pca import fitted

    return fitted(dataset(name), images)


@st.cache_data(max_entries=8, show_spinner=False, hash_funcs={Run: lambda run: str(run.path)})
def _error(run: Run, saved: int) -> float:
    """Squared error per pixel of a run's model on the same images; `saved` tells its weights apart."""
    data = dataset(run.config.dataset)
    reconstructions = decoded(run, test_codes(run).mean[:COUNTED])
    return float(data.spec.kind.squared_errors(data.x_test[:COUNTED], reconstructions).mean())
