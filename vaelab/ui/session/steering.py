"""Asking something of a visitor's run, and telling what was refused."""

from __future__ import annotations

import streamlit as st

from vaelab.engine.limits import LimitReached
from vaelab.runs.errors import RunDamaged
from vaelab.runs.life import Action
from vaelab.runs.run import Run
from vaelab.ui.session.state import engine, may_change
from vaelab.ui.session.text import plain
from vaelab.ui.session.visit import Start, visit


def ask(run: Run, action: Action) -> bool:
    """Do what `Engine.ask` does to the visitor's own run; whether nothing went wrong.

    To another's run nothing happens: a disabled button is only the browser's word.
    """
    try:
        if may_change(run):
            engine().ask(run, action)
    except (LimitReached, RunDamaged, OSError) as error:  # meanwhile damaged or deleted, or a full disk
        refuse(str(error))
        return False
    return True


def refuse(sentence: str) -> None:
    """Keep a sentence for the page to tell when it is next drawn: callbacks draw nothing."""
    visit().refusal = sentence


def tell_refusal() -> None:
    """Draw what was refused since the page was last drawn."""
    sentence, visit().refusal = visit().refusal, ""
    if sentence:
        st.error(plain(sentence))


def ask_to_start(*, until_epoch: int | None = None, twins: bool = False) -> None:
    """Have the Train page start a run of the form's recipe, or a pair of twins, when it is next drawn."""
    visit().start_asked = Start(until_epoch, twins)


def take_start() -> Start | None:
    """The start that was asked for since Train was last drawn."""
    asked, visit().start_asked = visit().start_asked, None
    return asked
