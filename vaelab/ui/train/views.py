"""The views of a run on the Train page as it trains: codes, losses, reconstructions and samples.

All of them fit on one screen. Their heights are those of `assets/styles/stage.css`, by the names given there.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from vaelab.config import kinds_with
from vaelab.data import DATASETS, Dataset
from vaelab.events import Preview
from vaelab.figures.dense import make_dense
from vaelab.figures.kinds import kind_of
from vaelab.figures.losses import log_allowed, losses
from vaelab.latent.view import followed, least_span
from vaelab.runs import Run, RunDamaged, Status, read_preview
from vaelab.teaching.glossary import help_for
from vaelab.teaching.looking import what_to_look_for
from vaelab.teaching.scale import prior_in_words, scale_in_words
from vaelab.ui.session import dataset, history, saved_at, visit
from vaelab.ui.train.hints import hints_of, hints_view
from vaelab.ui.widgets.components import heading_row, pictures, plot
from vaelab.ui.widgets.drawn_network import DrawnNetwork
from vaelab.ui.widgets.latent_canvas import CanvasContents, latent_canvas
from vaelab.words import slug

A_ROW = 13
"""Classes in a row of reconstructions: the images are still large enough to read."""


def live_views(run: Run, status: Status, label: str = "") -> None:
    """Draw the codes, losses, hints, reconstructions and samples of a run as they are now.

    Parameters
    ----------
    label
        What the run is, where it is not one that the visitor has trained.
    """
    try:
        preview = read_preview(run)
    except RunDamaged as error:
        st.warning(str(error))
        return
    data = dataset(run.config.dataset) if preview else None
    with st.container(key="stage-views", horizontal=True, gap="small"):
        with st.container(key="live-latent", gap=None):
            if preview and data:
                _codes(run, status, preview, data, label)
            else:
                _heading("Latent space", "latent", "The codes of 2,000 test images appear here.")
        with st.container(key="stage-side", gap="small"):
            with st.container(key="live-digits", gap="small"):
                with st.container(key="live-reconstructions", gap=None):
                    if preview and data:
                        _reconstructions(run, status, preview, data)
                    else:
                        _heading("Reconstructions", "reconstruction", "Test images and what comes back.")
                with st.container(key="live-samples", gap=None):
                    if not run.config.traits.has_prior:
                        who = kinds_with("has_prior")
                        _heading(
                            "Samples",
                            "prior",
                            f"{run.config.traits.subject} has no prior to draw from; {who} has.",
                        )
                    elif preview is None or preview.samples is None:
                        _heading("Samples", "prior", "Images decoded from draws of the prior.")
                    else:
                        _samples(run, status, preview)
            with st.container(key="live-losses", gap=None):
                _losses(run, status)


def _heading(
    title: str, term: str, words: str, label: str = "", *, unit: str = "", about: Sequence[str] = ()
) -> None:
    """Draw the heading of a part, with a few words on it in the same line.

    Parameters
    ----------
    term: what the help explains.
    words: what is left out where there is little room.
    label: a label before the words, if there is one.
    unit: words that are never left out.
    about: paragraphs of the help after that on the term; empty ones are left out.
    """
    badge = f":orange-badge[{label}] " if label else ""
    lasting = f" :small[{unit}]" if unit else ""
    help = "\n\n".join([help_for(term), *filter(None, about)])
    st.markdown(f"**{title}** {badge}:small[{words}]{lasting}", help=help, width="content")


def _losses(run: Run, status: Status) -> None:
    curves, hints = history(run), hints_of(run)
    allowed = log_allowed(curves.steps, curves.evaluated)
    with heading_row("losses"):
        unit = DATASETS[run.config.dataset].kind.nats
        _heading("Losses", "nat", "how wrong it is,", unit=f"in {unit}")
        hints_view(hints, run, status)
        log = st.toggle(
            "Log",
            key="log_scale",
            disabled=not allowed,
            help="Shows small changes of a small loss."
            if allowed
            else "Off: a value is 0 or below, which has no logarithm. With squared error the loss is a "
            "negative log-density, and a density can exceed 1.",
        )
    figure = losses(
        curves.steps,
        curves.evaluated,
        curves.changed,
        config=run.config,
        started=curves.started,
        log=log and allowed,
    )
    memory = memory_of(run)
    memory["kl_top"] = make_dense(figure, memory.get("kl_top", 0.0))
    with st.container(key="losses"):
        plot(
            figure,
            key="losses_plot",
            height="var(--losses-height)",
            state=status.state,
            step=status.step,
            alt=f"Losses in {unit} against epochs",
        )
    with st.container(key="losses-caption"):
        collapsed = any(hint.rule == "collapse" for hint in hints)
        moved = curves.moved_dials
        words = what_to_look_for(run.config, curves.steps, collapsed=collapsed, moved=moved)
        st.caption(f"Dots: test. {words}")


def _codes(run: Run, status: Status, preview: Preview, data: Dataset, label: str) -> None:
    with heading_row("latent"):
        others = run.config.latent_dim - 2
        # The label takes the room of the second sentence.
        words = "Each dot is the code of a test image."
        if not label:
            words += " Training never sees the classes."
        if others > 0:
            words += f" The plane of two principal components of {run.config.latent_dim} dimensions."
        about = prior_in_words(run.config), scale_in_words(run.config.traits, preview.mean)
        _heading("Latent space", "latent", words, label, about=about)
    # The map of a VAE unfolds from a point, within the circles of the prior. The span only grows during
    # training, and is fitted to the codes again when training is over.
    plane, span = followed(
        memory_of(run),
        preview.mean,
        len(data.spec.classes),
        keeps_span=status.active,
        least=least_span(run.config.traits.has_prior),
    )
    latent_canvas(
        CanvasContents(
            run, f"live-{preview.step}", plane, span, network=_network(run, status, preview, data)
        ),
        key="live_latent_canvas",
        height="var(--plane-height)",
        compact=True,
        selectable=False,
        state=status.state,
        step=preview.step,
        alt="Codes of 2,000 test images, coloured by class. Arrow keys move a cursor that decodes its point.",
    )


def _network(run: Run, status: Status, preview: Preview, data: Dataset) -> DrawnNetwork:
    images = data.first_of_each_class()[: len(preview.reconstructions)]
    # Saved weights are older than the preview while the run trains, and where it ended in numbers not finite.
    rests = not status.active and status.step == preview.step
    return DrawnNetwork(
        images.tolist(),
        data.y_test[images].tolist(),
        has_forward=bool(preview.forward),
        encoder=f"weights-{saved_at(run)}" if rests else None,
    )


def memory_of(run: Run) -> dict[str, Any]:
    """What the views remember of a run from one look to the next."""
    if visit().live_memory.get("run") != run.id:
        visit().live_memory = {"run": run.id}
    return visit().live_memory


def _reconstructions(run: Run, status: Status, preview: Preview, data: Dataset) -> None:
    _heading("Reconstructions", "reconstruction", "below the test images. Which details are lost?")
    first = data.first_of_each_class()
    sheets = []
    for start in range(0, len(first), A_ROW):
        part = slice(start, start + A_ROW)
        names = data.spec.classes[part]
        sheets.append(
            kind_of(data.spec).sheet(
                np.concatenate([data.x_test[first[part]], preview.reconstructions[part]]),
                len(first[part]),
                "",
                f"Test images of {', '.join(names)} over their reconstructions",
                names if max(map(len, names)) <= 3 else None,
            )
        )
    pictures(
        sheets,
        key="live_reconstruction_pictures",
        state=status.state,
        step=preview.step,
        file_name=f"reconstructions-{slug(run.title)}.png",
        max_scale=1.6,
    )


def _samples(run: Run, status: Status, preview: Preview) -> None:
    _heading("Samples", "prior", "new images, from 16 draws of the prior")
    assert preview.samples is not None
    figures = kind_of(DATASETS[run.config.dataset])
    sheet = figures.sheet(preview.samples, 8, "", "Images decoded from 16 draws of the prior")
    pictures(
        [sheet],
        key="live_sample_pictures",
        state=status.state,
        step=preview.step,
        file_name=f"samples-{slug(run.title)}.png",
        max_scale=1.3,
    )
