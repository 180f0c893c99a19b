"""Requests to a visitor's run, and sentences on those that were refused."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from vaelab.config import RunConfig
from vaelab.engine.limits import LimitReached
from vaelab.events import DIALS, Dials
from vaelab.runs import Action, Run, RunDamaged
from vaelab.ui.session.state import engine, is_own, may_change, store
from vaelab.ui.session.text import plain
from vaelab.ui.session.visits import Start, put, visit


def ask(run: Run, action: Action) -> bool:
    """Call `Engine.ask` for a run of this visitor; returns whether nothing went wrong.

    Nothing happens to another visitor's run: a browser may press a button that the page has disabled.
    """
    try:
        if may_change(run):
            engine().ask(run, action)
    except (LimitReached, RunDamaged, OSError) as error:  # also a run deleted meanwhile, or a full disk
        refuse(str(error))
        return False
    return True


def turn_dials(run: Run | None) -> None:
    """Have the dials that were moved act on the run of the page, if it is this visitor's and active."""
    turned, visit().turned = visit().turned.intersection(DIALS), set()
    if turned and run is not None:
        values = {name: getattr(visit().recipe, name) for name in turned}
        _steer(run, lambda dials: replace(dials, **values))


def let_go(run: Run) -> None:
    """In a callback: have the schedules of a run go on, and set the form's dials to its recipe."""
    for name in run.request().dials.held():
        put(name, getattr(run.config, name))
    _steer(run, lambda _: Dials())


def held_dials(run: Run) -> dict[str, float]:
    """What the dials of an active run are held at, by the names of their fields."""
    return run.request().dials.held() if run.status().active else {}


def _steer(run: Run, change: Callable[[Dials], Dials]) -> None:
    """Change the dials of a run, and of its twin."""
    twins = store().group(run.meta.group) if run.meta.kind == "twins" else [run]
    try:
        for each in twins:
            if may_change(each):
                engine().steer(each, change(each.request().dials))
    except (RunDamaged, OSError) as error:
        refuse(str(error))


def stop(run: Run) -> None:
    """Stop a run of this visitor that is not over, and its twin, to make room for another start."""
    if not is_own(run) or not run.status().active:
        return
    if run.meta.kind == "twins":
        engine().stop_group(run.meta.group)
    else:
        ask(run, "stop")


def refuse(sentence: str) -> None:
    """Keep a sentence that the page shows when it is next drawn, because callbacks can draw nothing."""
    visit().refusal = sentence


def tell_refusal() -> None:
    """Draw the sentence that was kept by `refuse` since the page was last drawn."""
    sentence, visit().refusal = visit().refusal, ""
    if sentence:
        st.error(plain(sentence))


def ask_to_start(config: RunConfig, *, until_epoch: int | None = None, twins: bool = False) -> None:
    """Have Train start a run of a recipe, or it and its twin, when it is next drawn."""
    visit().start_asked = Start(config, until_epoch, twins)
