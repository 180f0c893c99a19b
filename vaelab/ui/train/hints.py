"""The hints of a run beside the title of its curves: evidence, advice, and a button for what to change."""

from collections.abc import Sequence

import streamlit as st

from vaelab.config import RunConfig
from vaelab.config.fields import changes_in_words
from vaelab.runs import Run, RunDamaged, Status
from vaelab.teaching.glossary import help_for
from vaelab.teaching.hints import ABOUT, Hint, find_hints
from vaelab.ui.session import ask_to_start, choose, engine, fill_form, history, is_own, stop, visit, visitor

ICONS = {"note": ":material/info:", "warning": ":material/warning:"}

TITLE_WIDTH = 250
"""Width of a title in pixels, which leaves room for the button beside it, and on a phone below it."""


def hints_of(run: Run) -> list[Hint]:
    """The hints that apply to the curves of a run so far."""
    curves = history(run)
    return find_hints(run.config, curves.steps, curves.evaluated, curves.started, curves.finished)


def hints_view(hints: Sequence[Hint], run: Run, status: Status) -> None:
    """Draw a button with the title of the first hint, which opens all of them over the page.

    Screen readers announce the heading of a warning once, because its numbers, which change with every look,
    stand outside of the heading.
    """
    if visit().hint_applied:  # shown here, because a callback of a fragment can draw nothing
        st.toast(visit().hint_applied, icon=":material/replay:")
        visit().hint_applied = ""
    if not hints:
        return
    first, more = hints[0], len(hints) - 1
    label = ABOUT[first.rule][0] + (f" (+{more})" if more else "")
    with st.popover(label, icon=ICONS[first.severity], key="hints", width="content"):
        for hint in hints:
            _card(hint, run, status)


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
    """Fill the form with the changed recipe and train it; a run that only lacks epochs is continued."""
    config = run.config.variant(**hint.changes or {})
    fill_form(config)
    visit().hint_applied = _what_changes(hint, run.config)
    if is_own(run) and run.status().active:
        stop(run)
    elif set(hint.changes or {}) == {"epochs"} and _train_on(run, config.epochs):
        return
    ask_to_start(config)


def _train_on(run: Run, epochs: int) -> bool:
    """Continue a run of this visitor up to `epochs`; returns whether that is possible."""
    if not is_own(run) or epochs <= run.config.epochs:
        return False
    try:
        choose(engine().train_on(run, epochs - run.config.epochs, owner=visitor()))
    except (ValueError, OSError, RunDamaged):
        return False
    return True
