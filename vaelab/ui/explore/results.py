"""Results that are computed from an opened run for several pages.

They depend on the run's weights, which change while it trains, and are cached, once for all visitors, by the
run and the time at which its weights were saved.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from vaelab.figures.sheets import Sheet
from vaelab.latent.planes import Plane
from vaelab.latent.view import seen_plane
from vaelab.ui.explore.opened import Opened

if TYPE_CHECKING:  # scikit-learn stays off the way to the first page
    from vaelab.latent.mixture import Mixture

BY_VERSION: dict[str | type[Any], Any] = {
    Opened: lambda opened: (str(opened.run.path), opened.version),
    Plane: lambda plane: (plane.origin, plane.basis),
}
"""How Streamlit's caches tell runs and planes apart."""


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=BY_VERSION)
def kl_per_dimension(opened: Opened) -> np.ndarray:
    """KL of each latent dimension of a model with a KL term, averaged over the test images: (d,) nats."""
    from vaelab.models.codes import kl_per_dimension

    return kl_per_dimension(opened.codes, opened.config)


def usual_plane(opened: Opened) -> Plane:
    """The default plane of a run: both dimensions, or the directions in which the newest codes vary most."""
    return _usual_plane(opened.newest)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=BY_VERSION)
def _usual_plane(opened: Opened) -> Plane:
    plane = seen_plane(opened.codes.mean)
    # The plane goes through 0 and not through the mean of the codes, so that the prior is a unit normal
    # around 0 on it, as on any other.
    return replace(plane, origin=np.zeros_like(plane.origin))


@st.cache_resource(
    max_entries=8, show_spinner="Fitting a Gaussian mixture to the codes …", hash_funcs=BY_VERSION
)
def mixture(opened: Opened) -> Mixture:
    """A density fitted to the codes of the test images; raises ValueError if they are not finite."""
    from vaelab.latent.mixture import fit

    return fit(opened.codes.mean)


@st.cache_data(max_entries=64, show_spinner="Decoding the grid …", hash_funcs=BY_VERSION)
def grid_sheet(opened: Opened, plane: Plane, x: np.ndarray, y: np.ndarray, anchor: int) -> Sheet:
    """Images decoded over a grid of a plane, with the largest y on top.

    Parameters
    ----------
    anchor
        The test image whose code gives the coordinates that the plane leaves open.
    """
    from vaelab.models.codes import decode_grid

    images = decode_grid(opened.model, plane, x, y, opened.codes.mean[anchor])
    return opened.renderer.sheet(images, len(x), "", "Decoded images all over the plane", gap=0)
