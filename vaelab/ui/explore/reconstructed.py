"""Test images beside what a run, and PCA, make of them: computed once for all visitors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from vaelab.ui.explore.opened import BY_VERSION, Opened
from vaelab.ui.session.state import dataset

if TYPE_CHECKING:  # scikit-learn stays off the way to the first page
    from vaelab.analysis.pca import PrincipalComponents


@dataclass(frozen=True, eq=False)
class Compared:
    """Test images as something draws them again."""

    images: np.ndarray
    """(N, ...) of the shape of the test images."""
    errors: np.ndarray
    """(N,) squared error per pixel, pixels from 0 to 1."""


@st.cache_resource(max_entries=4, show_spinner="Reconstructing the test images …", hash_funcs=BY_VERSION)
def reconstructed(opened: Opened) -> Compared:
    """All test images decoded at their posterior means."""
    from vaelab.models.codes import decode

    data, images = opened.data, decode(opened.model, opened.codes.mean)
    return Compared(images, data.spec.kind.squared_errors(data.x_test, images))


@st.cache_resource(max_entries=4, show_spinner=False)
def reconstructed_by_pca(name: str, dimensions: int) -> Compared:
    """All test images of a data set as PCA of that many dimensions draws them."""
    data = dataset(name)
    images = principal_components(name).reconstruct(data.x_test, dimensions)
    return Compared(images, data.spec.kind.squared_errors(data.x_test, images))


@st.cache_resource(max_entries=4, show_spinner="Fitting PCA, once for a data set …")
def principal_components(name: str) -> PrincipalComponents:
    """The principal components of a data set's training images."""
    from vaelab.analysis.pca import fit

    return fit(dataset(name).x_train, dataset(name).spec.kind)
