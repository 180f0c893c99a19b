"""Reconstructions of the test images by a run and by PCA, computed once for all visitors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from vaelab.config import RunConfig
from vaelab.networks.sizes import training_images
from vaelab.ui.explore.opened import Opened
from vaelab.ui.explore.results import BY_VERSION
from vaelab.ui.session import dataset


@dataclass(frozen=True, eq=False)
class Reconstructions:
    """Reconstructions of the test images."""

    images: np.ndarray
    """The reconstructions, of the shape (N, ...) of the test images."""
    errors: np.ndarray
    """Squared error per pixel (N,), with pixels from 0 to 1."""


@st.cache_resource(max_entries=4, show_spinner="Reconstructing the test images …", hash_funcs=BY_VERSION)
def reconstructed(opened: Opened) -> Reconstructions:
    """All test images decoded at their posterior means."""
    data, images = opened.data, opened.decode(opened.codes.mean)
    return Reconstructions(images, data.spec.kind.squared_errors(data.x_test, images))


def pca_images(config: RunConfig) -> int:
    """Number of training images that PCA is fitted to beside a run: as many as the run learns from."""
    return training_images(config, len(dataset(config.dataset).x_train))


def reconstructed_by_pca(config: RunConfig) -> Reconstructions:
    """All test images reconstructed by the PCA that runs of a config are compared with."""
    return _reconstructed_by_pca(config.dataset, pca_images(config), config.latent_dim)


@st.cache_resource(max_entries=4, show_spinner="Fitting PCA, once for this many images …")
def _reconstructed_by_pca(name: str, images: int, dimensions: int) -> Reconstructions:
    from vaelab.analysis import pca

    data = dataset(name)
    reconstructions = pca.reconstructed_by_pca(data, images, dimensions)
    return Reconstructions(reconstructions, data.spec.kind.squared_errors(data.x_test, reconstructions))
