"""Following what changes by itself: one fragment a page, which looks at it again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from vaelab.runs.run import Run
from vaelab.ui.session.address import parameter, set_parameter
from vaelab.ui.session.visit import visit, visitor
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
    """Draw something as a fragment, again after every tick, and the whole page as soon as its sign changes.

    The tick, the visitor's choice of a run and a wish to start one are always part of the sign.

    Parameters
    ----------
    seen
        What there was when the rest of the page was drawn.
    look
        What there is now; None if it is gone.
    draw
        Draws it. It may not follow anything itself: fragments that tick cannot be nested.
    tick
        Seconds until the next look; None if nothing moves by itself.
    sign
        What else the rest of the page depends on, to be compared with what it is later.
    """

    def signed(seen: Seen) -> tuple[object, ...]:
        return tick(seen), sign(seen), visit().run, visit().start_asked

    drawn = signed(seen)

    def body() -> None:
        now = look()
        if now is None or signed(now) != drawn:
            _keep_address()
            st.rerun()
        draw(now)

    st.fragment(body, run_every=tick(seen))()


def _keep_address() -> None:
    """Undo a run in the address that is no longer the chosen one.

    A tick is no navigation: what it brings may be the address from before the last choice.
    """
    chosen = visit().run
    if chosen and parameter("run") not in (None, chosen):
        set_parameter("run", chosen)


def next_look(wish: float) -> float:
    """Seconds until this page should look again at what changes: as wished, longer where many pages do."""
    context = get_script_run_ctx()
    if context is not None:
        pace().look(context.session_id)
    return pace().between(wish)


def watches(run: Run) -> None:
    """Note that the visitor follows a run; also one whose browser keeps no cookies."""
    presence().see(run.id)
    presence().see(visitor())
