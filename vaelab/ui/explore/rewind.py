"""Rewind: a slider over the snapshots of a run, which shows an Explore page at an earlier step."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vaelab.data import DATASETS
from vaelab.figures.losses import losses
from vaelab.figures.palette import PALETTE
from vaelab.networks.sizes import facts
from vaelab.runs import Run
from vaelab.runs.history import StepLosses, losses_at
from vaelab.teaching.glossary import help_for
from vaelab.ui.session import PageChoices, history, is_tick, put, visit
from vaelab.ui.widgets.components import plot

if TYPE_CHECKING:  # PyTorch stays off the way to the first page
    from vaelab.analysis.load import PastModel

NEWEST = "newest"
"""Value of the parameter `step` for the weights that were saved last."""

TICK = 0.8
"""Seconds between two snapshots while Rewind plays; more where a page takes longer."""

_KEY = "view_step"


def rewind_bar(run: Run, choices: PageChoices, page: str) -> int | None:
    """Draw Play and the slider, or a sentence if there are no snapshots.

    Returns the chosen step, None for the newest weights.
    """
    steps = _steps(run)
    options = [*map(str, steps), NEWEST]
    choices.take("step", _reader(run, options), NEWEST)
    if not steps:
        with st.container(key="rewind"):
            st.caption(f"This run has no snapshots to go back to, because {_why_none(run)}.")
        return None
    if visit().playing != (page, run.id) or st.session_state[_KEY] == NEWEST:
        _pause()
    playing = visit().playing is not None
    choices.in_motion = playing
    with st.container(horizontal=True, vertical_alignment="center", key="rewind"):
        st.button(
            "Pause" if playing else "Play",
            key="rewind_play",
            icon=":material/pause:" if playing else ":material/play_arrow:",
            on_click=_pause if playing else _play,
            args=() if playing else ((page, run.id), options),
            help=help_for("snapshot"),
        )
        st.select_slider(
            "Rewind to",
            options,
            key=_KEY,
            on_change=_moved,
            format_func=lambda option: (
                "newest weights" if option == NEWEST else step_losses(run, int(option)).name
            ),
            persist_state="session",
            label_visibility="collapsed",
        )
    visit().drawn = True
    st.fragment(_tick, run_every=TICK if playing else None)(options)
    chosen = st.session_state[_KEY]
    return None if chosen == NEWEST else int(chosen)


def _steps(run: Run) -> list[int]:
    """Steps of the snapshots to offer; the last one is left out if it has the newest weights."""
    steps, evaluated = run.snapshot_steps(), history(run).evaluated.last.get("step", math.inf)
    return steps[:-1] if steps and steps[-1] >= evaluated else steps


def _why_none(run: Run) -> str:
    if run.status().active:
        return "its training has not come far enough to keep a second one"
    return "nothing older than its newest weights was kept"


def _reader(run: Run, options: Sequence[str]) -> Callable[[str], str]:
    """Make a reader of the steps on offer, which reads a snapshot of the newest weights as `newest`."""

    def read(text: str) -> str:
        if text in options:
            return text
        if text in map(str, run.snapshot_steps()):
            return NEWEST
        kept = f"newest or a step that was kept ({', '.join(options[:-1])})"
        raise ValueError(kept if len(options) > 1 else "newest, because nothing older was kept of this run")

    return read


def step_losses(run: Run, step: int) -> StepLosses:
    """The losses of a run at a step."""
    return losses_at(history(run), step, facts(run.config, DATASETS[run.config.dataset]).steps_per_epoch)


def _play(page_and_run: tuple[str, str], options: Sequence[str]) -> None:
    visit().playing = page_and_run
    _go_to(options[0] if st.session_state[_KEY] == NEWEST else st.session_state[_KEY])


def _go_to(option: str) -> None:
    visit().played = option
    put(_KEY, option)


def _moved() -> None:
    """Pause, unless a tick brings an older value, sent before the browser had heard of the last one."""
    if visit().playing and is_tick():
        _go_to(visit().played)
    else:
        _pause()


def _pause() -> None:
    visit().playing = None


def _tick(options: Sequence[str]) -> None:
    """Go on to the next snapshot, unless the page was drawn since the last tick."""
    drawn, visit().drawn = visit().drawn, False
    chosen = st.session_state[_KEY]
    if drawn or not visit().playing or chosen not in options[:-1]:
        return
    _go_to(options[options.index(chosen) + 1])
    st.rerun()


def losses_shown(run: Run, step: int | None) -> StepLosses | None:
    """The losses at the step that is shown; None if the run has not been evaluated yet."""
    if step is None:
        step = history(run).evaluated.last.get("step")
    return None if step is None else step_losses(run, step)


def _words(run: Run, at_step: StepLosses) -> str:
    epoch = f"{at_step.epoch:.2g}" if at_step.epoch < 1 else f"{at_step.epoch:.6g}"
    return f"Epoch {epoch} of {run.config.epochs}" + (f": {at_step.losses}" if at_step.losses else "")


def losses_words(run: Run, step: int | None) -> DeltaGenerator:
    """Say the losses at the step that is shown, and offer their curves; returns the words' container.

    Both have their place before there is anything to say, so that the row stays as it is.
    """
    words = st.container(width=270, gap=None, key="rewind_words")
    at_step = losses_shown(run, step)
    words.caption(_words(run, at_step) if at_step else "Its losses stand here after the first epoch.")
    st.toggle(
        "Losses",
        key="rewind_losses",
        width="content",
        disabled=at_step is None,
        help="Shows the curves of the losses.",
    )
    return words


def losses_panel(run: Run, step: int | None) -> None:
    """Draw the curves of the run, if they are asked for, with a line at the step that is shown."""
    at_step = losses_shown(run, step)
    if at_step is None or not st.session_state["rewind_losses"]:
        return
    curves = history(run)
    figure = losses(curves.steps, curves.evaluated, curves.changed, config=run.config, started=curves.started)
    line = {"color": PALETTE.prior, "width": 3}
    figure.add_shape(type="line", x0=at_step.epoch, x1=at_step.epoch, yref="paper", y0=0, y1=1, line=line)
    unit = DATASETS[run.config.dataset].kind.nats
    alt = f"Losses in {unit} against epochs, with a line at {at_step.name}"
    plot(figure, key="rewind_losses_plot", height=260, step=at_step.step, alt=alt)


@st.cache_resource(max_entries=32, show_spinner="Going back …", hash_funcs={Run: lambda run: str(run.path)})
def past_model(run: Run, step: int, saved: int) -> PastModel:
    """The run's model at an earlier step.

    Parameters
    ----------
    saved
        Time at which its snapshot was saved, which tells the cache's entries apart.

    Raises
    ------
    RunDamaged
        If the snapshot cannot be read.
    """
    from vaelab.analysis.load import load_snapshot

    return load_snapshot(run, step)
