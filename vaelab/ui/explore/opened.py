"""What the Explore pages share: the opened run, and what is computed of it.

What is computed depends on a run's weights, which change while it trains: it is kept, once for all
visitors, by the run and the time at which its weights were saved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from vaelab.config.run_config import RunConfig
from vaelab.config.traits import ModelTraits
from vaelab.data.catalogue import DATASETS
from vaelab.data.downloads import DatasetUnavailable
from vaelab.data.loading import Dataset, is_ready
from vaelab.figures.kinds import kind_of
from vaelab.figures.kinds.base import Drawn
from vaelab.figures.sheets import Sheet
from vaelab.latent.planes import Plane
from vaelab.latent.view import seen_plane
from vaelab.runs.errors import RunDamaged, RunNotFound
from vaelab.runs.run import Run
from vaelab.ui.explore.rewind import losses_then, past_model, rewind_bar
from vaelab.ui.session.address import PageSettings
from vaelab.ui.session.chosen import follow_run_link, pick_run
from vaelab.ui.session.following import follow, next_look, watches
from vaelab.ui.session.state import dataset, find_run, saved_at, test_codes, trained
from vaelab.ui.session.text import plain
from vaelab.ui.session.visit import visit
from vaelab.words import slug

if TYPE_CHECKING:  # PyTorch and scikit-learn stay off the way to the first page
    from vaelab.latent.mixture import Mixture
    from vaelab.models.autoencoder import Autoencoder
    from vaelab.models.codes import Codes


FOLLOWED = 3.0
"""Seconds between two looks for newer weights: each computes all codes anew, beside the training."""


@dataclass(frozen=True)
class Opened:
    """A run as the Explore pages show it."""

    run: Run
    saved_at: int
    """When these weights were saved, in nanoseconds: another number for other weights."""
    model: Autoencoder
    """At an earlier step it only decodes: what needs an encoder takes that of `newest`."""
    data: Dataset
    """With the test images that have codes here: all, or as many of the first as a snapshot has."""
    codes: Codes
    """Of these test images."""
    settings: PageSettings
    """Of the page."""
    step: int | None = None
    """The step that was gone back to; None for the newest weights."""
    end: Opened | None = None
    """The run with its newest weights, if this one was gone back with."""

    @property
    def newest(self) -> Opened:
        """The run with its newest weights: for what has to stay the same over all steps."""
        return self.end or self

    @property
    def version(self) -> str:
        """Which state of the run is shown, as the browser asks for it."""
        return f"{'weights' if self.step is None else f'step-{self.step}'}-{self.saved_at}"

    @property
    def config(self) -> RunConfig:
        """What the run was trained with."""
        return self.run.config

    @property
    def traits(self) -> ModelTraits:
        """What its kind of model has."""
        return self.config.traits

    @property
    def name(self) -> str:
        """The kind of model, as labels have it."""
        return self.traits.label

    @property
    def drawn(self) -> Drawn:
        """How the examples of the run's data set are drawn."""
        return kind_of(self.data.spec)

    def write_address(self) -> None:
        """Write the run and all settings of the page to its address; when all widgets are drawn."""
        if self.settings.write({"run": self.run.id}):
            follow_run_link()  # it names the run that is shown: what is picked next is newer than that

    def file_name(self, what: str, ending: str) -> str:
        """The name of a file to download."""
        return f"{what}-{slug(self.run.title)}.{ending}"

    def describe(self, index: int) -> str:
        """A test image in words: its class and its number."""
        return f"{self.data.spec.classes[self.data.y_test[index]]} · test image {index}"

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Mean image (...) of one code (d,)."""
        from vaelab.models.codes import decode

        return decode(self.model, z[None])[0]

    def with_reconstruction(self, index: int) -> Sheet:
        """A test image beside its reconstruction at the posterior mean."""
        both = np.stack([self.data.x_test[index], self.decode(self.codes.mean[index])])
        title = self.describe(index)
        labels = (self.data.spec.kind.one.capitalize(), "Reconstruction")
        return self.drawn.sheet(both, 2, title, f"{title} and its reconstruction", labels)


def _version(opened: Opened) -> tuple[str, str]:
    """What a cached result of a run depends on."""
    return str(opened.run.path), opened.version


BY_VERSION: dict[str | type[Any], Any] = {
    Opened: _version,
    Plane: lambda plane: (plane.origin, plane.basis),
}
"""How Streamlit's caches tell runs and planes apart."""


def open_page(title: str) -> Opened:
    """Draw title, run picker and Rewind, and load the run; or say what is missing and end the page."""
    st.title(title)
    # Streamlit forgets a widget as soon as a page without it was drawn.
    settings = PageSettings(title, arrived="picked_run" not in st.session_state)
    wanted = settings.parameters.get("run") or visit().run
    try:
        left, right = st.columns([1, 1.4], gap="medium")
        with left:
            run = pick_run()
        _say_if_not_begun(wanted, run)
        name = run.config.dataset
        if is_ready(name):
            with right, st.container(gap="xsmall"):
                step = rewind_bar(run, settings, title)
            losses_then(run, step)
            newest = Opened(run, saved_at(run), trained(run).model, dataset(name), test_codes(run), settings)
            if run.status().state == "running":
                _say_that_it_trains(newest, step)
            return newest if step is None else _gone_back(newest, step)
        st.warning(
            f"The images of {DATASETS[name].title} are not on this machine. Pick another run, or start one "
            "with this data set on the Train page, which fetches it."
        )
    except DatasetUnavailable as error:
        st.error(str(error))
    except RunNotFound as error:
        st.info(plain(str(error)))
    except RunDamaged as error:
        st.error(f"{error} Pick another run, or delete this one on the Runs page.")
    except OSError:
        st.error("The files of this run went away while they were read. Pick another run.")
    st.stop()


def _say_that_it_trains(newest: Opened, step: int | None) -> None:
    """Say how the page keeps up with a run in training: while it shows the newest weights, by itself."""
    if step is not None:
        st.caption(
            "This run is still training: every change on this page shows the steps that it has by then."
        )
        return
    st.caption(
        "This run is still training, and this page follows it: it shows the weights of its last epoch."
    )
    follow_training(newest.run, newest.saved_at)


def follow_training(run: Run, version: int) -> None:
    """Draw the page anew when there are weights saved at another time, or when training is over."""
    follow(
        version, partial(_saved_while_it_trains, run), lambda version: None,
        tick=lambda version: next_look(FOLLOWED), sign=lambda version: version,
    )  # fmt: skip


def _saved_while_it_trains(run: Run) -> int | None:
    """When the weights of a run were saved; None if it trains no more, or cannot be read."""
    watches(run)
    try:
        return saved_at(run) if run.status().state == "running" else None
    except (RunDamaged, OSError):
        return None  # the page says what is wrong


def _gone_back(newest: Opened, step: int) -> Opened:
    """The run as it was at a step; with its newest weights, and a sentence, if that cannot be read."""
    try:
        saved = saved_at(newest.run, step)
        past = past_model(newest.run, step, saved)
    except RunDamaged as error:
        st.warning(plain(f"{error} Here are the newest weights instead."))
        return newest
    count, data = len(past.codes.mean), newest.data
    if count < len(data.x_test):
        st.caption(f"Snapshots of this run keep the codes of the first {count:,} test images.")
        data = replace(data, x_test=data.x_test[:count], y_test=data.y_test[:count])
    return replace(
        newest, saved_at=saved, model=past.model, data=data, codes=past.codes, step=step, end=newest
    )


def _say_if_not_begun(wanted: str | None, shown: Run) -> None:
    asked = find_run(wanted) if wanted and wanted != shown.id else None
    if asked and not asked.has_model():
        st.info(
            f"“{asked.title}” has no weights yet, because its training has not begun: follow it on the "
            "Train page. Here is another run meanwhile."
        )


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=BY_VERSION)
def kl_per_dimension(opened: Opened) -> np.ndarray:
    """KL of each latent dimension of a model with a KL term, averaged over the test images: (d,) nats."""
    from vaelab.models.codes import kl_per_dimension

    return kl_per_dimension(opened.codes, opened.config)


def usual_plane(opened: Opened) -> Plane:
    """Both latent dimensions, or the two directions in which the newest codes vary most, at any step."""
    return _usual_plane(opened.newest)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=BY_VERSION)
def _usual_plane(opened: Opened) -> Plane:
    plane = seen_plane(opened.codes.mean)
    # Through 0 and not through the mean of the codes, so that the prior is a unit normal around 0 on
    # this plane as on any other.
    return replace(plane, origin=np.zeros_like(plane.origin))


@st.cache_resource(
    max_entries=8, show_spinner="Fitting a Gaussian mixture to the codes …", hash_funcs=BY_VERSION
)
def mixture(opened: Opened) -> Mixture:
    """A density fitted to the codes of the test images; raises ValueError if they are not finite."""
    from vaelab.latent.mixture import fit

    return fit(opened.codes.mean)


@st.cache_data(
    max_entries=64,
    show_spinner="Decoding the grid …",
    hash_funcs=BY_VERSION,
)
def grid_sheet(opened: Opened, plane: Plane, x: np.ndarray, y: np.ndarray, anchor: int) -> Sheet:
    """The decoder over a grid of a plane, the largest y on top.

    Parameters
    ----------
    anchor: the test image whose code gives the coordinates that the plane leaves open.
    """
    from vaelab.models.codes import decode_grid

    images = decode_grid(opened.model, plane, x, y, opened.codes.mean[anchor])
    return opened.drawn.sheet(images, len(x), "", "Decoded images all over the plane", gap=0)
