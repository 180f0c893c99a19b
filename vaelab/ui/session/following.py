"""Following runs that change by themselves: one fragment per page that looks at them again and again."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from vaelab.runs import Run
from vaelab.ui.session.address import parameter, set_parameter
from vaelab.ui.session.visits import visit, visitor
from vaelab.ui.web.presence import pace, presence

Seen = TypeVar("Seen")


def follow(
    seen: Seen,
    look: Callable[[], Seen | None],
    draw: Callable[[Seen], None],
    *,
    tick: Callable[[Seen], float | None],
    sign: Callable[[Seen], object] = lambda seen: None,
) -> None:
    """Draw what `look` finds as a fragment, again after every tick, and the whole page when its sign changes.

    Parameters
    ----------
    seen
        What `look` found when the rest of the page was drawn.
    look
        Finds the present state of what is followed; None if it is gone.
    draw
        Draws that state. It may not follow anything itself: fragments that tick cannot be nested.
    tick
        Seconds until the next look; None if nothing changes by itself.
    sign
        The part of the state that the rest of the page depends on. The tick, the chosen run and a start that
        was asked for are compared in any case.
    """

    def signature(seen: Seen) -> tuple[object, ...]:
        return tick(seen), sign(seen), visit().run, visit().start_asked

    drawn = signature(seen)

    def body() -> None:
        now = look()
        if now is None or signature(now) != drawn:
            _correct_address()
            st.rerun()
        draw(now)

    st.fragment(body, run_every=tick(seen))()


def _correct_address() -> None:
    """Write the chosen run into an address that names another one.

    A tick is no navigation: the browser may send it with the address from before the last choice.
    """
    chosen = visit().run
    if chosen and parameter("run") not in (None, chosen):
        set_parameter("run", chosen)


def is_tick() -> bool:
    """Whether this is a run of fragments alone, which is not caused by a widget outside of them.

    The values of widgets that come with it are those that the browser knew when it sent the tick.
    """
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)


def next_look(wish: float) -> float:
    """Seconds until this page should look again: as it asks for, or more where many pages look."""
    context = get_script_run_ctx()
    if context is not None:
        pace().look(context.session_id)
    return pace().between(wish)


def watches(run: Run) -> None:
    """Note that the visitor follows a run, even if their browser keeps no cookies."""
    presence().see(run.id)
    presence().see(visitor())
