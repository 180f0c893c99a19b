"""Rewind: a slider over the snapshots of a run, which shows an Explore page as it was then."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from vaelab.data.catalogue import DATASETS
from vaelab.figures.losses import losses
from vaelab.figures.palette import PALETTE
from vaelab.networks.sizes import facts
from vaelab.runs.history import StepLosses, losses_at
from vaelab.runs.run import Run
from vaelab.teaching.glossary import help_for
from vaelab.ui.session.address import PageSettings
from vaelab.ui.session.state import history
from vaelab.ui.session.visit import put, visit
from vaelab.ui.widgets.components import plot

if TYPE_CHECKING:  # PyTorch stays off the way to the first page
    from vaelab.analysis.load import PastModel

NEWEST = "newest"
"""The setting `step` for the weights that were saved last."""

TICK = 0.8
"""Seconds between two pictures while it plays, or more where a page takes longer."""

_KEY = "view_step"


def rewind_bar(run: Run, settings: PageSettings, page: str) -> int | None:
    """Draw the slider with what belongs to it; the step that is chosen, None for the newest weights.

    Without snapshots there is a sentence in its place.
    """
    steps = _steps(run)
    options = [*map(str, steps), NEWEST]
    settings.take("step", _reader(run, options), NEWEST)
    if not steps:
        st.caption(f"This run has no snapshots to go back to, because {_why_none(run)}.")
        return None
    if visit().playing != (page, run.id) or st.session_state[_KEY] == NEWEST:
        _pause()
    playing = visit().playing is not None
    settings.in_motion = playing
    with st.container(horizontal=True, vertical_alignment="bottom", key="rewind"):
        st.button(
            "Pause" if playing else "Play", key="rewind_play",
            icon=":material/pause:" if playing else ":material/play_arrow:",
            on_click=_toggle, args=((page, run.id), options),
        )  # fmt: skip
        st.select_slider(
            "Rewind to", options, key=_KEY, format_func=_names(run), on_change=_pause,
            persist_state="session", help=help_for("snapshot"),
        )  # fmt: skip
    visit().drawn = True
    st.fragment(_tick, run_every=TICK if playing else None)(options)
    chosen = st.session_state[_KEY]
    step = None if chosen == NEWEST else int(chosen)
    if words := _words(run, step):
        st.caption(words)
    return step


def _steps(run: Run) -> list[int]:
    """The snapshots to offer: not the one that the newest weights were evaluated with, which they are."""
    steps, evaluated = run.snapshot_steps(), history(run).evaluated.last.get("step", math.inf)
    return steps[:-1] if steps and steps[-1] >= evaluated else steps


def _why_none(run: Run) -> str:
    if run.status().active:
        return "its training has not come far enough to keep a second one"
    return "nothing older than its newest weights was kept"


def _reader(run: Run, options: Sequence[str]) -> Callable[[str], str]:
    """Read a step that is offered, or the last one as the newest weights, which it has."""

    def read(text: str) -> str:
        if text in options:
            return text
        if text in map(str, run.snapshot_steps()):
            return NEWEST
        kept = f"newest or a step that was kept ({', '.join(options[:-1])})"
        raise ValueError(kept if len(options) > 1 else "newest, because nothing older was kept of this run")

    return read


def moment(run: Run, step: int) -> StepLosses:
    """How a run stood at a step."""
    return losses_at(history(run), step, facts(run.config, DATASETS[run.config.dataset]).steps_per_epoch)


def _names(run: Run) -> Callable[[str], str]:
    return lambda option: NEWEST if option == NEWEST else moment(run, int(option)).name


def _toggle(what: tuple[str, str], options: Sequence[str]) -> None:
    if visit().playing:
        _pause()
        return
    visit().playing = what
    if st.session_state[_KEY] == NEWEST:
        put(_KEY, options[0])


def _pause() -> None:
    visit().playing = None


def _tick(options: Sequence[str]) -> None:
    """The body of the fragment: the next snapshot, unless the page has only just been drawn."""
    drawn, visit().drawn = visit().drawn, False
    chosen = st.session_state[_KEY]
    if drawn or chosen not in options[:-1]:
        return
    put(_KEY, options[options.index(chosen) + 1])
    st.rerun()


def _shown_moment(run: Run, step: int | None) -> StepLosses | None:
    if step is None:
        step = history(run).evaluated.last.get("step")
    return None if step is None else moment(run, step)


def _words(run: Run, step: int | None) -> str:
    shown = _shown_moment(run, step)
    if shown is None:
        return ""
    epoch = f"{shown.epoch:.2g}" if shown.epoch < 1 else f"{shown.epoch:.6g}"
    return f"Epoch {epoch} of {run.config.epochs}" + (f": {shown.losses}" if shown.losses else "")


def losses_then(run: Run, step: int | None) -> None:
    """Draw the run's losses, if asked for, with a line where the page is."""
    shown = _shown_moment(run, step)
    if shown is None:
        return
    box = st.expander("Losses", key="rewind_losses", on_change="rerun", type="compact")
    if not box.open:
        return
    said = history(run)
    figure = losses(said.steps, said.evaluated, config=run.config, started=said.started)
    line = {"color": PALETTE.prior, "width": 3}
    figure.add_shape(type="line", x0=shown.epoch, x1=shown.epoch, yref="paper", y0=0, y1=1, line=line)
    with box:
        alt = f"Losses in nats per image against epochs, with a line at {shown.name}"
        plot(figure, key="rewind_losses_plot", height=360, step=shown.step, alt=alt)


@st.cache_resource(max_entries=32, show_spinner="Going back …", hash_funcs={Run: lambda run: str(run.path)})
def past_model(run: Run, step: int, version: int) -> PastModel:
    """The run's model as it was at a step; raises RunDamaged. `version`: when its snapshot was saved."""
    from vaelab.analysis.load import load_snapshot

    return load_snapshot(run, step)
