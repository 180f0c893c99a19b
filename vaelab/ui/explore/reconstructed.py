"""Reconstructions of the test images by a run and by PCA, computed once for all visitors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from vaelab.ui.explore.opened import Opened
from vaelab.ui.explore.results import BY_VERSION
from vaelab.ui.session import dataset

if TYPE_CHECKING:  # scikit-learn stays off the way to the first page
    from vaelab.analysis.pca import PrincipalComponents


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


@st.cache_resource(max_entries=4, show_spinner=False)
def reconstructed_by_pca(name: str, dimensions: int) -> Reconstructions:
    """All test images of a data set, reconstructed from a PCA code of that many dimensions."""
    data = dataset(name)
    images = principal_components(name).reconstruct(data.x_test, dimensions)
    return Reconstructions(images, data.spec.kind.squared_errors(data.x_test, images))


@st.cache_resource(max_entries=4, show_spinner="Fitting PCA, once for a data set …")
def principal_components(name: str) -> PrincipalComponents:
    """The principal components of a data set's training images."""
    from vaelab.analysis.pca import fit

    return fit(dataset(name).x_train, dataset(name).spec.kind)
