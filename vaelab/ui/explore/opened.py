"""The run that an Explore page shows: opening it, going back with it, and following it while it trains."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vaelab.config import RunConfig
from vaelab.config.traits import ModelTraits
from vaelab.data import DATASETS, Dataset, DatasetUnavailable, is_ready
from vaelab.figures.kinds import kind_of
from vaelab.figures.kinds.base import Renderer
from vaelab.figures.sheets import Sheet
from vaelab.runs import Run, RunDamaged, RunNotFound
from vaelab.teaching.scale import collapse_in_words
from vaelab.ui.explore.rewind import losses_panel, losses_shown, losses_words, past_model, rewind_bar
from vaelab.ui.recipe.share import share
from vaelab.ui.session import (
    VIEWS,
    PageChoices,
    dataset,
    follow,
    follow_run_link,
    linked_run,
    next_look,
    plain,
    saved_at,
    test_codes,
    trained,
    visit,
    watches,
)
from vaelab.ui.session.chosen import pick_run
from vaelab.words import slug

if TYPE_CHECKING:  # PyTorch stays off the way to the first page
    from vaelab.models.autoencoder import Autoencoder
    from vaelab.models.codes import Codes

FOLLOWED = 3.0
"""Seconds between two looks for newer weights, each of which computes all codes anew beside the training."""


@dataclass(frozen=True)
class Opened:
    """A run as the Explore pages show it."""

    run: Run
    saved_at: int
    """Time at which these weights were saved, in nanoseconds; other weights have another one."""
    model: Autoencoder
    """The model, which can only decode at an earlier step: only that of `newest` has an encoder."""
    data: Dataset
    """The data set with the test images that have codes here: all, or the first ones of a snapshot."""
    codes: Codes
    """Codes of these test images."""
    choices: PageChoices
    """What was chosen on the page."""
    step: int | None = None
    """The earlier step that is shown; None for the newest weights."""
    end: Opened | None = None
    """The run with its newest weights, if an earlier step is shown."""

    @property
    def newest(self) -> Opened:
        """The run with its newest weights, for what has to stay the same at all steps."""
        return self.end or self

    @property
    def version(self) -> str:
        """Name of the shown state of the run, by which the browser asks for it."""
        return f"{'weights' if self.step is None else f'step-{self.step}'}-{self.saved_at}"

    @property
    def config(self) -> RunConfig:
        """The config that the run was trained with."""
        return self.run.config

    @property
    def traits(self) -> ModelTraits:
        """The traits of its kind of model."""
        return self.config.traits

    @property
    def name(self) -> str:
        """Label of its kind of model."""
        return self.traits.label

    @property
    def renderer(self) -> Renderer:
        """The renderer of the kind of data that the run learnt."""
        return kind_of(self.data.spec)

    def write_address(self) -> None:
        """Write the run and all choices to the page's address, after all widgets have been drawn."""
        if self.choices.write({"run": self.run.id}):
            follow_run_link()  # reads the new address now, so that the next choice counts as newer

    def file_name(self, what: str, ending: str) -> str:
        """The name of a file to download."""
        return f"{what}-{slug(self.run.title)}.{ending}"

    def describe(self, index: int) -> str:
        """Class and number of a test image in words."""
        return f"{self.data.spec.classes[self.data.y_test[index]]} · test image {index}"

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Mean images (N, ...) of codes (N, d)."""
        from vaelab.models.codes import decode

        return decode(self.model, codes)

    def with_reconstruction(self, index: int) -> Sheet:
        """A test image beside its reconstruction at the posterior mean."""
        both = np.concatenate([self.data.x_test[[index]], self.decode(self.codes.mean[[index]])])
        title = self.describe(index)
        labels = (self.data.spec.kind.one.capitalize(), "Reconstruction")
        return self.renderer.sheet(both, 2, title, f"{title} and its reconstruction", labels)


def open_page(title: str) -> Opened:
    """Draw title, run picker and Rewind in a row, and load the run; end with a sentence if that fails."""
    tools = st.container(key="page-tools", horizontal=True, gap="small")
    row = st.container(horizontal=True, vertical_alignment="center", key="opened")
    row.title(title, width="content", anchor=False)
    # Streamlit forgets a widget as soon as a page without it was drawn.
    choices = PageChoices(title, arrived="picked_run" not in st.session_state)
    wanted = choices.parameters.get("run") or visit().run
    if refusal := follow_run_link():
        st.warning(plain(refusal))
    try:
        with row:
            run = pick_run()
        with tools:
            share(run.config, run, view=next(view.path for view in VIEWS if view.title == title))
        _say_if_not_begun(wanted, run)
        name = run.config.dataset
        if is_ready(name):
            with row:
                step = rewind_bar(run, choices, title)
                words = losses_words(run, step)
            losses_panel(run, step)
            newest = Opened(run, saved_at(run), trained(run).model, dataset(name), test_codes(run), choices)
            if run.status().state == "running":
                _say_that_it_trains(newest, step)
            shown = newest if step is None else _gone_back(newest, step, words)
            _say_if_collapsed(shown)
            return shown
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


def _say_if_collapsed(opened: Opened) -> None:
    """Say that all codes are one, unless training has hardly begun: then that is as it should be."""
    known = losses_shown(opened.run, opened.step)
    sentence = collapse_in_words(opened.traits, opened.codes.mean)
    if sentence and known is not None and known.epoch >= 1:
        st.warning(sentence)


def _say_that_it_trains(newest: Opened, step: int | None) -> None:
    """Explain how the page keeps up with a run in training; it follows the newest weights by itself."""
    if step is not None:
        st.caption(
            "This run is still training: every change on this page shows the steps that it has by then."
        )
        return
    known = losses_shown(newest.run, None)
    if known is None or known.epoch < 1:
        words = "it shows its first weights until an epoch is done. Train shows them as they are now."
    else:
        words = f"it shows the weights at the end of {known.name}, until the next epoch is done."
    st.caption(f"This run is still training, and this page follows it: {words}")
    follow_training(newest.run, newest.saved_at)


def follow_training(run: Run, version: int) -> None:
    """Draw the page anew when the run has saved other weights than those of `version`, or trains no more."""
    follow(
        version,
        partial(_saved_in_training, run),
        lambda saved: None,
        tick=lambda saved: next_look(FOLLOWED),
        sign=lambda saved: saved,
    )


def _saved_in_training(run: Run) -> int | None:
    """Time at which the weights of a run were saved; None if it trains no more, or cannot be read."""
    watches(run)
    try:
        return saved_at(run) if run.status().state == "running" else None
    except (RunDamaged, OSError):
        return None  # then the page is drawn anew, and says what is wrong


def _gone_back(newest: Opened, step: int, words: DeltaGenerator) -> Opened:
    """The run at an earlier step; at its newest weights, with a warning, if its snapshot cannot be read.

    Parameters
    ----------
    words
        The place for what the snapshot does not have.
    """
    try:
        saved = saved_at(newest.run, step)
        past = past_model(newest.run, step, saved)
    except RunDamaged as error:
        st.warning(plain(f"{error} Here are the newest weights instead."))
        return newest
    count, data = len(past.codes.mean), newest.data
    if count < len(data.x_test):
        words.caption(f"Its snapshots keep the codes of the first {count:,} test images.")
        data = replace(data, x_test=data.x_test[:count], y_test=data.y_test[:count])
    return replace(
        newest, saved_at=saved, model=past.model, data=data, codes=past.codes, step=step, end=newest
    )


def _say_if_not_begun(wanted: str | None, run: Run) -> None:
    """Explain why the page shows another run than the wanted one, if that has no weights yet."""
    try:
        asked = linked_run(wanted) if wanted else run
    except (RunNotFound, RunDamaged):
        return  # which the picker has said
    if asked != run and not asked.has_model():
        st.info(
            f"“{asked.title}” has no weights yet, because its training has not begun: follow it on the "
            "Train page. Here is another run meanwhile."
        )
