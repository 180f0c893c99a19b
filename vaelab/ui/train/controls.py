"""The buttons of the Train page, and the starts that they ask for."""

from collections.abc import Sequence

import streamlit as st

from vaelab.config import PRESETS, RunConfig
from vaelab.config.comparable import twin_of
from vaelab.config.presets import FIRST_PRESET
from vaelab.engine.limits import LimitReached
from vaelab.paths import PAGES
from vaelab.runs import Action, Run, Status
from vaelab.runs.life import State, offers
from vaelab.ui.session import (
    ask,
    ask_to_start,
    choose,
    engine,
    is_own,
    own_runs,
    tell_refusal,
    visit,
    visitor,
    with_display,
)
from vaelab.ui.session.recipe import read_form


def control_row(config: RunConfig | None, run: Run | None, status: Status | None) -> None:
    """Draw the buttons, always in the same place; those without a use are disabled."""
    tell_refusal()
    state = status.state if status else None
    mine = run is not None and is_own(run)
    # One thing to do at a time stands out: no second run while one trains, and no Train beside Watch.
    stands_out = not (mine and status and status.active) and not is_first_minute(run, status)
    requested = run.request().action if run and mine else ""
    with st.container(horizontal=True, key="controls", gap="xsmall"):
        st.button(
            "Train",
            key="train",
            type="primary" if stands_out else "secondary",
            icon=":material/play_arrow:",
            disabled=config is None,
            on_click=_train,
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


def is_first_minute(run: Run | None, status: Status | None) -> bool:
    """Whether a newcomer looks at the finished example of the first recipe, and has trained nothing yet."""
    is_example = run is not None and run.shipped and status is not None and not status.active
    return is_example and not own_runs() and visit().recipe == PRESETS[FIRST_PRESET].config


def _button(label: str, action: Action, run: Run | None, icon: str, *, off: bool) -> None:
    shown = None if label.endswith("…") else icon  # the longer words have its room
    st.button(label, key=action, icon=shown, disabled=off or run is None, on_click=_ask, args=(run, action))


def _epoch_button(config: RunConfig | None, run: Run | None, state: State | None) -> None:
    continues = run is not None and offers(state, "epoch")
    st.button(
        "One epoch",
        key="epoch",
        icon=":material/skip_next:",
        disabled=config is None or state == "queued" or (visit().twins and not continues),
        on_click=_ask if continues else _train,
        args=(run, "epoch") if continues else (),
        kwargs={} if continues else {"until_epoch": 1},
        help="Trains to the end of an epoch, then pauses.",
    )


def _train(*, until_epoch: int | None = None) -> None:
    config, _ = read_form()  # with what was typed just before the press
    if config is not None:
        ask_to_start(config, until_epoch=until_epoch, twins=visit().twins)


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
        st.switch_page(PAGES / "compare.py", query_params=with_display(comparison_of(runs)))
    st.rerun()  # the top bar was drawn before the start, and its links should lead to this run


def comparison_of(runs: Sequence[Run]) -> dict[str, str]:
    """The parameters of Compare for these runs."""
    return {"runs": ",".join(run.id for run in runs)}
