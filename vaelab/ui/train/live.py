"""The live view of the Train page: one fragment that follows a run while it is active."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from vaelab.config import RunConfig, kinds_with
from vaelab.data import DATASETS, Dataset
from vaelab.events import Preview
from vaelab.figures.kinds import kind_of
from vaelab.figures.losses import log_allowed, losses
from vaelab.latent.view import followed
from vaelab.runs import Run, RunDamaged, Status, describe, read_preview
from vaelab.teaching.glossary import help_for
from vaelab.teaching.hints import Hint
from vaelab.ui.runs.measures import measures_panel
from vaelab.ui.session import dataset, engine, find_run, follow, history, is_own, next_look, visit, watches
from vaelab.ui.session.state import recording_of
from vaelab.ui.train.controls import control_row, ended_bar, progress_line
from vaelab.ui.train.hints import as_badges, hints_of, hints_view
from vaelab.ui.train.verdict import verdict
from vaelab.ui.widgets.components import heading_row, pictures, plot
from vaelab.ui.widgets.latent_canvas import CanvasContents, latent_canvas
from vaelab.words import slug

EARLY_TICK, TICK = 0.5, 1.0
"""Seconds between two looks at a run that trains: in its first epoch, when most happens, and later on."""
LONG = 3.0
"""Seconds of waiting from which a visitor is offered a recording to watch meanwhile."""
HEIGHT = 420
"""Height of the charts in pixels."""


def tick_of(status: Status) -> float | None:
    """Seconds until the next look at a run; None if the run does not train.

    Every look takes a browser some tenths of a second, which training on the same laptop then lacks. Where
    many pages look, each does so less often.
    """
    if status.state != "running":
        return None
    return next_look(EARLY_TICK if status.epoch < 1 else TICK)


def watch(run: Run, config: RunConfig | None, about: str) -> None:
    """Draw buttons, progress and views of a run, and follow it while it is active.

    Parameters
    ----------
    config: the recipe of the form; None if it is wrong.
    about: a line on the size and the expected time of that recipe.
    """
    follow(
        (run, run.status()),
        partial(_look, run.id),
        lambda seen: _draw(*seen, config, about),
        tick=lambda seen: tick_of(seen[1]),
        sign=lambda seen: seen[1].state,
    )


def _look(run_id: str) -> tuple[Run, Status] | None:
    run = find_run(run_id)
    if run is None:
        return None
    watches(run)
    return run, run.status()


def _draw(run: Run, status: Status, config: RunConfig | None, about: str) -> None:
    left, right = st.columns([2, 1], vertical_alignment="center")
    with left:
        control_row(config, None if run.shipped else run, status)
    with right:
        st.caption(about)
    if run.shipped:
        st.markdown(f"**A finished example:** {describe(run.config)}. Press **Train** to train one yourself.")
    elif status.active:
        progress_line(run, status)
    else:
        ended_bar(run, status)
    verdict(run, status)
    with st.container():  # always one element, so that those below it keep their place
        recording = _chosen_recording(run, status)
    live_views(recording or run, recording.status() if recording else status)
    measures_panel(run)


def _chosen_recording(run: Run, status: Status) -> Run | None:
    """The recording of the same recipe that a visitor watches while their run waits; None if they do not."""
    if status.state != "queued" or not is_own(run) or (engine().seconds_to_wait(run) or 0) < LONG:
        return None
    recording = recording_of(run.config)
    if recording is None:
        return None
    with st.container(border=True, key="recording", horizontal=True, vertical_alignment="center"):
        is_chosen = st.toggle("Watch a recording meanwhile", key="watch_recording")
        whose = "It comes with VAE Lab" if recording.shipped else "Somebody on this server shares it"
        st.caption(
            "**A recording, not your run:** exactly this recipe, trained before. "
            f"{whose}. Your own run keeps its place and is shown as soon as it begins."
        )
    return recording if is_chosen else None


def live_views(run: Run, status: Status) -> None:
    """Draw the losses, hints, codes, reconstructions and samples of a run as they are now."""
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        hints = hints_of(run)
        _losses(run, status, hints)
        hints_view(hints, run, status)
    try:
        preview = read_preview(run)
    except RunDamaged as error:
        st.warning(str(error))
        return
    with right, st.container(key="live-latent"):
        if preview is None:
            _wait("The codes of 2,000 test images appear here with the first steps.")
        else:
            _codes(run, status, preview, dataset(run.config.dataset))
    left, right = st.columns([1.15, 1], gap="medium")
    with left, st.container(key="live-reconstructions"):
        if preview is None:
            _wait("Test images and their reconstructions appear here.")
        else:
            _reconstructions(run, status, preview, dataset(run.config.dataset))
    with right, st.container(key="live-samples"):
        if not run.config.traits.has_prior:
            st.markdown("**Samples**", help=help_for("prior"))
            st.caption(
                f"{run.config.traits.subject} has no prior to draw codes from, so there is nothing to sample:"
                f" {kinds_with('has_prior')} has one."
            )
        elif preview is None or preview.samples is None:
            _wait("Images decoded from draws of the prior appear here.")
        else:
            _samples(run, status, preview)


def _wait(sentence: str) -> None:
    st.container(height=HEIGHT // 2, border=False).caption(sentence)


def _losses(run: Run, status: Status, hints: Sequence[Hint]) -> None:
    curves = history(run)
    allowed = log_allowed(curves.steps, curves.evaluated)
    with heading_row("losses"):
        st.markdown(f"**Losses** {as_badges(hints)}", help=help_for("nat"), width="content")
        log = st.toggle(
            "Log scale",
            key="log_scale",
            disabled=not allowed,
            help="Shows small changes of a small loss."
            if allowed
            else "Off: a value is 0 or below, which has no logarithm. With squared error the loss is a "
            "negative log-density, and a density can exceed 1.",
        )
    figure = losses(
        curves.steps, curves.evaluated, config=run.config, started=curves.started, log=log and allowed
    )
    with st.container(key="losses"):
        plot(
            figure,
            key="losses_plot",
            height=HEIGHT,
            state=status.state,
            step=status.step,
            alt=f"Losses in {DATASETS[run.config.dataset].kind.nats} against epochs",
        )
    with st.container(key="losses-caption"):
        st.caption(_what_to_look_for(run, hints))


def _what_to_look_for(run: Run, hints: Sequence[Hint]) -> str:
    if run.config.corruption != "none":
        return (
            "Train losses are of corrupted images, test losses of clean ones: compare how well the network "
            "reconstructs both. Lower is better."
        )
    if not run.config.traits.has_kl:
        return "Look for the gap between train and test: it opens when the network memorises training images."
    if any(hint.rule == "collapse" for hint in hints):
        return "The KL is almost 0: the code says nothing of the image. Lower sums are better."
    return (
        "Look for the KL rising at first while the sum falls: the code starts to say something about the "
        "image. Lower sums are better."
    )


def _codes(run: Run, status: Status, preview: Preview, data: Dataset) -> None:
    with heading_row("latent"):
        st.markdown("**Latent space**", help=help_for("latent"))
    if visit().live_memory.get("run") != run.id:
        visit().live_memory = {"run": run.id}
    # The span only grows during training, and is fitted to the codes again when training is over.
    plane, span = followed(visit().live_memory, preview.mean, len(data.spec.classes), status.active)
    latent_canvas(
        CanvasContents(run, f"live-{preview.step}", plane, span),
        key="live_latent_canvas",
        height=HEIGHT - 40,
        compact=True,
        selectable=False,
        state=status.state,
        step=preview.step,
        alt="Codes of 2,000 test images, coloured by class. Arrow keys move a cursor that decodes its point.",
    )
    projected = (
        f" Two principal components of {run.config.latent_dim} dimensions, turned to fit the picture before."
        if run.config.latent_dim > 2
        else ""
    )
    st.caption(
        "Each dot is the code of a test image. Training never sees the labels, and yet the classes "
        "separate. Move over the plane: every point is decoded with the newest weights." + projected
    )


def _reconstructions(run: Run, status: Status, preview: Preview, data: Dataset) -> None:
    st.markdown("**Reconstructions**", help=help_for("reconstruction"))
    first = data.first_of_each_class()
    sheets = []
    # A row of ten is readable on a phone; letters take several.
    for start in range(0, len(first), 10):
        part = slice(start, start + 10)
        names = data.spec.classes[part]
        sheets.append(
            kind_of(data.spec).sheet(
                np.concatenate([data.x_test[first[part]], preview.reconstructions[part]]),
                len(first[part]),
                "",
                f"Test images of {', '.join(names)} over their reconstructions",
                names if max(map(len, names)) <= 3 else None,
                (data.spec.kind.one, "rec."),
            )
        )
    pictures(
        sheets,
        key="live_reconstruction_pictures",
        state=status.state,
        step=preview.step,
        file_name=f"reconstructions-{slug(run.title)}.png",
    )
    st.caption("A test image of each class over what comes back through the bottleneck. Look what gets lost.")


def _samples(run: Run, status: Status, preview: Preview) -> None:
    st.markdown("**Samples**", help=help_for("prior"))
    assert preview.samples is not None
    figures = kind_of(DATASETS[run.config.dataset])
    sheet = figures.sheet(preview.samples, 8, "", "Images decoded from 16 draws of the prior")
    pictures(
        [sheet],
        key="live_sample_pictures",
        state=status.state,
        step=preview.step,
        file_name=f"samples-{slug(run.title)}.png",
    )
    st.caption("Images decoded from 16 fixed draws of the prior: new ones, of no test image.")
