"""The hints of a run beside its curves: what they show, what to do about it, and a button that does it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from vaelab.config.fields import changes_in_words
from vaelab.config.run_config import RunConfig
from vaelab.engine.engine import Engine
from vaelab.runs.errors import RunDamaged
from vaelab.runs.run import Run
from vaelab.runs.status import Status
from vaelab.teaching.glossary import help_for
from vaelab.teaching.hints import ABOUT, find_hints
from vaelab.teaching.hints.evidence import Hint
from vaelab.ui.session.chosen import choose
from vaelab.ui.session.recipe import fill_form
from vaelab.ui.session.state import engine, history, is_own
from vaelab.ui.session.steering import ask, ask_to_start
from vaelab.ui.session.visit import visit, visitor

ICONS = {"note": ":material/info:", "warning": ":material/warning:"}

TITLE_WIDTH = 250
"""Pixels, so that the button stands beside it, and below it on a phone."""


def hints_of(run: Run) -> list[Hint]:
    """What the curves of a run give cause for now."""
    said = history(run)
    return find_hints(run.config, said.steps, said.evaluated, said.started, said.finished)


def as_badges(found: Sequence[Hint]) -> str:
    """The titles of hints as Markdown, for a heading above the curves; the hints stand below them."""
    colors = {"note": "blue", "warning": "orange"}
    return " ".join(f":{colors[hint.severity]}-badge[{ABOUT[hint.rule][0]}]" for hint in found)


def hints_view(found: Sequence[Hint], run: Run, status: Status) -> None:
    """Draw hints, in a place that is kept free for one.

    The heading of a warning is announced by screen readers once: its numbers, which change with every
    look, stand outside of it.
    """
    if visit().hint_applied:  # told here: a callback of a fragment can draw nothing
        st.toast(visit().hint_applied, icon=":material/replay:")
        visit().hint_applied = ""
    # A finished example never says anything new, so nothing has to be kept free.
    with st.container(key="hints-of-example" if run.shipped else "hints", gap="small"):
        if not found:
            st.caption(_nothing(status))
        for hint in found:
            _card(hint, run, status)


def _nothing(status: Status) -> str:
    if status.active:
        return "**Hints** appear here when the curves show something worth knowing."
    return "**Hints** · nothing stands out in these curves."


def _card(hint: Hint, run: Run, status: Status) -> None:
    title, term = ABOUT[hint.rule]
    stops = status.active and is_own(run)
    with st.container(border=True, key=f"hint-{hint.rule}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            show = st.warning if hint.severity == "warning" else st.info
            show(f"**{title}**", icon=ICONS[hint.severity], width=TITLE_WIDTH)
            if hint.changes:
                st.button(
                    f"Train again: {hint.label[0].lower()}{hint.label[1:]}",
                    key=f"apply-{hint.rule}",
                    icon=":material/replay:",
                    on_click=_apply,
                    args=(hint, run),
                    help=_what_changes(hint, run.config) + (" This run is stopped." if stops else ""),
                )
        st.markdown(f"{hint.evidence} {hint.advice}", help=help_for(term))


def _what_changes(hint: Hint, config: RunConfig) -> str:
    return f"The recipe of this run with {changes_in_words(config.variant(**hint.changes or {}), config)}."


def _apply(hint: Hint, run: Run) -> None:
    """Fill the form with the changed recipe, and start it; what only needs more epochs goes on."""
    config = run.config.variant(**hint.changes or {})
    fill_form(config)
    visit().hint_applied = _what_changes(hint, run.config)
    if is_own(run) and run.status().active:
        ask(run, "stop")
    elif set(hint.changes or {}) == {"epochs"} and _train_on(engine(), run, config.epochs):
        return
    ask_to_start()


def _train_on(trains: Engine, run: Run, epochs: int) -> bool:
    """Go on from the end of an own run, if it has what that takes."""
    if not is_own(run) or epochs <= run.config.epochs:
        return False
    try:
        choose(trains.train_on(run, epochs - run.config.epochs, owner=visitor()))
    except (ValueError, OSError, RunDamaged):
        return False
    return True
