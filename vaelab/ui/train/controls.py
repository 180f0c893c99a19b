"""The buttons, the progress and the outcome of the run on the Train page."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from vaelab.config import RunConfig
from vaelab.config.comparable import twin_of
from vaelab.engine.limits import LimitReached
from vaelab.networks.sizes import FIRST_STEPS
from vaelab.paths import PAGES
from vaelab.runs import Action, Run, Status, describe
from vaelab.runs.life import State, offers
from vaelab.teaching.glossary import help_for
from vaelab.ui.session import (
    VIEWS,
    ask,
    ask_to_start,
    choose,
    engine,
    history,
    is_own,
    page_link,
    plain,
    store,
    tell_refusal,
    visit,
    visitor,
    waits,
    with_display,
)
from vaelab.ui.session.recipe import read_form
from vaelab.ui.widgets.waiting import wait_for
from vaelab.words import duration

OUTCOMES = {"diverged": ":red[diverged]", "failed": ":red[failed]", "interrupted": ":orange[interrupted]"}
"""States after which something is wrong, as Markdown in their colour."""


def control_row(config: RunConfig | None, run: Run | None, status: Status | None) -> None:
    """Draw the buttons, always in the same place; those without a use are disabled."""
    tell_refusal()
    state = status.state if status else None
    mine = run is not None and is_own(run)
    requested = run.request().action if run and mine else ""
    with st.container(horizontal=True, key="controls", gap="small"):
        st.button(
            "Train",
            key="train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=config is None,
            on_click=_train,
            help="Starts a new run of this recipe. It waits its turn if another one trains.",
        )
        if offers(state, "resume") and mine:
            _button("Resume", "resume", run, ":material/resume:", off=False)
        else:
            label = "Pausing …" if state == "running" and requested == "pause" else "Pause"
            _button(label, "pause", run, ":material/pause:", off=not mine or not offers(state, "pause"))
        _epoch_button(config, run if mine else None, state)
        label = "Cancel" if state == "queued" else "Stop"
        if state in ("running", "paused") and requested == "stop":
            label = "Stopping …"
        _button(label, "stop", run, ":material/stop:", off=not mine or not offers(state, "stop"))
        st.button(
            "Train its twin",
            key="twins",
            icon=":material/balance:",
            disabled=config is None,
            on_click=_train,
            kwargs={"twins": True},
            help="Trains this recipe and its twin side by side, as two new runs, and opens Compare, which "
            f"shows both as they learn. {help_for('twins')}",
        )


def _button(label: str, action: Action, run: Run | None, icon: str, *, off: bool) -> None:
    st.button(label, key=action, icon=icon, disabled=off or run is None, on_click=_ask, args=(run, action))


def _epoch_button(config: RunConfig | None, run: Run | None, state: State | None) -> None:
    continues = run is not None and offers(state, "epoch")
    st.button(
        "One epoch",
        key="epoch",
        icon=":material/skip_next:",
        disabled=config is None or state == "queued",
        on_click=_ask if continues else _train,
        args=(run, "epoch") if continues else (),
        kwargs={} if continues else {"until_epoch": 1},
        help="Trains to the end of an epoch, then pauses.",
    )


def _train(*, until_epoch: int | None = None, twins: bool = False) -> None:
    config, _ = read_form()  # with what was typed just before the press
    if config is not None:
        twins = twins or (visit().twins and until_epoch is None)
        ask_to_start(config, until_epoch=until_epoch, twins=twins)


def _ask(run: Run, action: Action) -> None:
    if ask(run, action) and not run.path.exists():  # a run that is cancelled before it begins is deleted
        visit().run, visit().example = None, True


def start_if_asked() -> None:
    """Queue the start that a button asked for; the run's worker fetches the data set if it is missing."""
    start, visit().start_asked = visit().start_asked, None
    if start is None:
        return
    try:
        if start.twins:
            runs = engine().submit_group([start.config, twin_of(start.config)], owner=visitor(), kind="twins")
        else:
            runs = [engine().submit(start.config, owner=visitor(), until_epoch=start.until_epoch)]
    except LimitReached as error:
        st.error(str(error))
        return
    except OSError as error:
        st.error(f"The run could not be written ({error.strerror}). Make room on the disk and try again.")
        return
    choose(runs[0])
    if start.twins:
        st.switch_page(PAGES / "compare.py", query_params=with_display(_comparison(runs)))
    st.rerun()  # the top bar was drawn before the start, and its links should lead to this run


def _comparison(runs: Sequence[Run]) -> dict[str, str]:
    """The parameters of Compare for these runs."""
    return {"runs": ",".join(run.id for run in runs)}


def progress_line(run: Run, status: Status) -> None:
    """Draw the name and the progress of an active run, in words and as a bar."""
    queued = status.state == "queued"
    with st.container():  # always one element, so that those below it keep their place
        if not queued:
            begun = status.steps_per_epoch > 0
            share = status.epoch / run.config.epochs if begun else status.prepared
            st.progress(min(1.0, share), f"**{name_of(run)}** · {_words(run, status)}")
        if waits(status):
            wait_for([run], key=f"waiting_{run.id}", name=run.title if queued else "")


def name_of(run: Run) -> str:
    """The name that its owner gave a run, else a description of its recipe."""
    return plain(run.meta.name) or describe(run.config)


def _words(run: Run, status: Status) -> str:
    epoch = f"epoch {status.epoch:.1f} of {run.config.epochs}"
    if status.state == "paused":
        return f"paused · {epoch}" + (f" · {note}" if (note := run.meta.note) else "")
    if not status.steps_per_epoch:
        return status.message or "starting"
    return f"training · {epoch}" + _speed(run, status)


def _speed(run: Run, status: Status) -> str:
    started = history(run).started
    if not status.images_per_second or not started or (status.step < FIRST_STEPS and status.epoch < 1):
        return ""
    left = (run.config.epochs - status.epoch) * started["train_images"] / status.images_per_second
    precision = status.precision
    return f" · {status.images_per_second:,.0f} images/s ({precision}) · {duration(left)} left"


def ended_bar(run: Run, status: Status) -> None:
    """Draw the outcome of a run, and links to the pages that show it."""
    with st.container(border=True, key="ended", horizontal=True, vertical_alignment="center"):
        st.markdown(_outcome(run, status, history(run).evaluated.last), help=help_for("negative ELBO"))
        if run.has_model():
            for view in VIEWS:
                page_link(view.script, label=view.title, icon=view.icon, query_params={"run": run.id})
            # Another visitor who has the link of one twin may not have been given the other.
            twins = store().group(run.meta.group) if is_own(run) and run.meta.kind == "twins" else []
            if len(twins) > 1:
                page_link(
                    PAGES / "compare.py",
                    label="Compare",
                    icon=":material/balance:",
                    query_params=_comparison(twins),
                )


def _outcome(run: Run, status: Status, evaluated: Mapping[str, Any]) -> str:
    words = f"**{name_of(run)}** · {OUTCOMES.get(status.state, status.state)}: {plain(status.message)}"
    if not evaluated:
        return words
    recon, mse = evaluated["recon"], evaluated["mse"]
    if not run.config.traits.has_kl:
        return f"{words} Test reconstruction **{recon:.1f} nats** an image; squared error {mse:.4f} a pixel."
    kl, total = evaluated["kl"], "negative ELBO" if run.config.traits.has_elbo else "sum"
    return (
        f"{words} Test {total} **{recon + kl:.1f} nats** an image: reconstruction {recon:.1f}, "
        f"KL {kl:z.1f} (a rate of {kl / math.log(2):z.1f} bits); squared error {mse:.4f} a pixel."
    )
