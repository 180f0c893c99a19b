"""Errors of PCA, which runs are compared with: computed once for all visitors, beside the pages."""

import logging
from concurrent.futures import Future, wait
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

    def get(self, data: Dataset, images: int, dimensions: int, patience: float) -> float | None:
        """The error, if it is known after so many seconds; the first call for it has it computed."""
        key = (data.spec.name, images, dimensions)
        with self._asking:
            asked = self._errors.get(key)
            if asked is None:
                asked = self._errors[key] = Future()
                # A daemon, so that the server's end does not wait for it.
                Thread(target=self._compute, args=(asked, data, images, dimensions), daemon=True).start()
        wait([asked], patience)
        return asked.result() if asked.done() and asked.exception() is None else None

    def _compute(self, asked: Future[float], data: Dataset, images: int, dimensions: int) -> None:
        from threadpoolctl import threadpool_limits

        from vaelab.analysis.pca import pca_error

        try:
            with self._computing, threadpool_limits(1, user_api="blas"):
                asked.set_result(pca_error(data, images, dimensions))
        except Exception as error:
            log.exception("An error of PCA could not be computed.")
            asked.set_exception(error)


def pca_error(config: RunConfig, patience: float) -> float | None:
    """Squared error per pixel of PCA with as many numbers, fitted to as many images as runs of a config.

    None while it is computed for longer than `patience` seconds, or if the data set is not on this machine.
    """
    if not is_ready(config.dataset):
        return None
    images = training_images(config, DATASETS[config.dataset].train_images)
    return _errors().get(dataset(config.dataset), images, config.latent_dim, patience)


@st.cache_resource(max_entries=1, show_spinner=False)
def _errors() -> PcaErrors:
    return PcaErrors()
