"""Errors of PCA, which runs are compared with: computed once for all visitors, beside the pages."""

import logging
import math
from concurrent.futures import Future
from threading import Lock, Thread

import streamlit as st

from vaelab.config import RunConfig
from vaelab.data import DATASETS, Dataset, is_ready
from vaelab.networks.sizes import training_images
from vaelab.ui.session.state import dataset

log = logging.getLogger(__name__)


class PcaErrors:
    """Errors of PCA by data set, number of training images and size of the code."""

    def __init__(self) -> None:
        self._errors: dict[tuple[str, int, int], Future[float]] = {}
        self._asking, self._computing = Lock(), Lock()

    def get(self, data: Dataset, images: int, dimensions: int) -> float | None:
        """The error, if it is known; the first call for it has it computed. NaN if that failed."""
        key = (data.spec.name, images, dimensions)
        with self._asking:
            asked = self._errors.get(key)
            if asked is None:
                asked = self._errors[key] = Future()
                # A daemon, so that the server's end does not wait for it.
                Thread(target=self._compute, args=(asked, data, images, dimensions), daemon=True).start()
        if not asked.done():
            return None
        return math.nan if asked.exception() else asked.result()

    def _compute(self, asked: Future[float], data: Dataset, images: int, dimensions: int) -> None:
        from threadpoolctl import threadpool_limits

        from vaelab.analysis.pca import pca_error

        try:
            with self._computing, threadpool_limits(1, user_api="blas"):
                asked.set_result(pca_error(data, images, dimensions))
        except Exception as error:
            log.exception("An error of PCA could not be computed.")
            asked.set_exception(error)


def pca_error(config: RunConfig) -> float | None:
    """Squared error per pixel of PCA with as many numbers, fitted to as many images as runs of a config.

    None while it is computed; NaN if it cannot be, such as for a data set that is not on this machine.
    """
    if not is_ready(config.dataset):
        return math.nan
    images = training_images(config, DATASETS[config.dataset].train_images)
    return _errors().get(dataset(config.dataset), images, config.latent_dim)


@st.cache_resource(max_entries=1, show_spinner=False)
def _errors() -> PcaErrors:
    return PcaErrors()
