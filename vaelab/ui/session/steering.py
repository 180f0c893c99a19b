"""Requests to a visitor's run, and sentences on those that were refused."""

import streamlit as st

from vaelab.config import RunConfig
from vaelab.engine.limits import LimitReached
from vaelab.runs import Action, Run, RunDamaged
from vaelab.ui.session.state import engine, may_change
from vaelab.ui.session.text import plain
from vaelab.ui.session.visits import Start, visit


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
