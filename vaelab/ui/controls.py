"""Starting and steering a run: buttons, progress, and what to do when it has ended."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from vaelab.config import RunConfig
from vaelab.datasets import DATASETS, DatasetUnavailable, is_ready, load
from vaelab.engine import Action
from vaelab.facts import duration
from vaelab.glossary import help_for
from vaelab.runs import Run, Status
from vaelab.ui.chosen import choose
from vaelab.ui.state import engine, history, is_own
from vaelab.ui.visitor import visitor

PAGES = Path(__file__).resolve().parents[2] / "pages"

VIEWS = (
    ("reconstructions.py", "Reconstructions", ":material/compare:"),
    ("latent_space.py", "Latent space", ":material/scatter_plot:"),
    ("latent_grid.py", "Latent grid", ":material/grid_view:"),
)
"""Pages that show what a run has learned."""

RESUMABLE = frozenset({"paused", "interrupted", "stopped", "failed"})


def control_row(config: RunConfig | None, run: Run | None, status: Status | None) -> None:
    """The five buttons, always in the same place; those without a use are disabled."""
    state = status.state if status else ""
    mine = run is not None and is_own(run)
    wants = run.request().action if run and mine else ""
    with st.container(horizontal=True, key="controls", gap="small"):
        st.button(
            "Train",
            key="train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=config is None,
            on_click=_ask_to_start,
            args=(None,),
            help="Starts a new run of this recipe. It waits its turn if another one trains.",
        )
        if state in RESUMABLE and mine:
            _button("Resume", "resume", run, ":material/resume:", off=False)
        else:
            label = "Pausing …" if state == "running" and wants == "pause" else "Pause"
            _button(label, "pause", run, ":material/pause:", off=not mine or state != "running")
        _epoch_button(config, run if mine else None, state)
        label = "Stopping …" if state in ("running", "paused") and wants == "stop" else "Stop"
        off = not mine or state not in ("running", "paused", "queued")
        _button("Cancel" if state == "queued" else label, "stop", run, ":material/stop:", off=off)


def _button(label: str, action: Action, run: Run | None, icon: str, *, off: bool) -> None:
    st.button(label, key=action, icon=icon, disabled=off or run is None, on_click=_ask, args=(run, action))


def _epoch_button(config: RunConfig | None, run: Run | None, state: str) -> None:
    goes_on = run is not None and state in (*RESUMABLE, "running")
    st.button(
        "One epoch",
        key="epoch",
        icon=":material/skip_next:",
        disabled=config is None or state == "queued",
        on_click=_ask if goes_on else _ask_to_start,
        args=(run, "epoch") if goes_on else (1,),
        help="Trains to the end of an epoch, then pauses.",
    )


def _ask(run: Run, action: Action) -> None:
    engine().ask(run, action)


def _ask_to_start(until_epoch: int | None) -> None:
    st.session_state.start_asked = {"until_epoch": until_epoch}


def start_if_asked(config: RunConfig | None) -> None:
    """Queue the run that a button asked for, after fetching its data set if that is not here yet."""
    asked = st.session_state.pop("start_asked", None)
    if asked is None or config is None:
        return
    if not is_ready(config.dataset) and not _fetched(config.dataset):
        return
    run = engine().submit(config, owner=visitor(), until_epoch=asked["until_epoch"])
    choose(run)
    st.rerun()  # the sidebar's links are drawn before the page, and should lead to this run


def _fetched(name: str) -> bool:
    bar = st.progress(0.0, f"Fetching {DATASETS[name].title} …")

    def show(fraction: float, sentence: str) -> None:
        bar.progress(min(1.0, fraction), sentence)

    try:
        load(name, progress=show)
    except DatasetUnavailable as error:
        st.error(str(error))
        return False
    finally:
        bar.empty()
    return True


def progress_line(run: Run, status: Status) -> None:
    """Where training stands, in words and as a bar."""
    config = run.config
    done = min(1.0, status.epoch / config.epochs)
    st.progress(done, _words(run, status))


def _words(run: Run, status: Status) -> str:
    config = run.config
    epoch = f"epoch {status.epoch:.1f} of {config.epochs}"
    if status.state == "queued":
        place = engine().place(run)
        ahead = "next" if place == 1 else f"number {place}" if place else "starting"
        return f"Waiting in the queue: {ahead}."
    if status.state == "running":
        return f"Training · {epoch}" + _speed(run, status)
    if status.state == "paused":
        return f"Paused · {epoch}"
    return f"{status.state.capitalize()} · {epoch}"


def _speed(run: Run, status: Status) -> str:
    started = history(run).started
    if not status.images_per_second or not started:
        return ""
    left = (run.config.epochs - status.epoch) * started["train_images"] / status.images_per_second
    precision = status.precision
    return f" · {status.images_per_second:,.0f} images/s ({precision}) · {duration(left)} left"


def ended_bar(run: Run, status: Status) -> None:
    """What a run ended with, and where to look at it."""
    said = history(run)
    with st.container(border=True, key="ended", horizontal=True, vertical_alignment="center"):
        st.markdown(_outcome(run, status, said.evaluated), help=help_for("negative ELBO"))
        if run.has_model():
            for page, label, icon in VIEWS:
                st.page_link(PAGES / page, label=label, icon=icon, query_params={"run": run.id})


def _outcome(run: Run, status: Status, evaluated: dict[str, list[float]]) -> str:
    words = status.message
    if evaluated.get("recon"):
        recon, mse = evaluated["recon"][-1], evaluated["mse"][-1]
        if run.config.model == "vae":
            kl = evaluated["kl"][-1]
            words += (
                f" Test negative ELBO **{recon + kl:.1f} nats** an image: reconstruction {recon:.1f}, "
                f"KL {kl:.1f} (a rate of {kl / 0.6931:.1f} bits); squared error {mse:.4f} a pixel."
            )
        else:
            words += f" Test reconstruction **{recon:.1f} nats** an image; squared error {mse:.4f} a pixel."
    return words
