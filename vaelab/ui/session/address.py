"""The address of a page: what it asks for is taken when it is new, and what is shown is written into it.

This module alone reads and writes `st.query_params`. Widgets are not bound to the address: Streamlit's
binding drops defaults, so that a later default would change an old link, and erases wrong values without a
word.

Streamlit adds an entry to the browser's history whenever the query parameters change, so that Back undoes one
change; the run of the script that Back causes replaces its entry instead. So an address is written only if
it would mean something else. How pages are shown (`hide`, `present`) is no page's own: it is kept out of what
a page reads and writes, and carried along by all of our links.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from vaelab.config.fields import as_text
from vaelab.ui.session.text import plain
from vaelab.ui.session.visit import visit
from vaelab.words import listed


def parameters() -> dict[str, str]:
    """All parameters of the address."""
    return st.query_params.to_dict()


def parameter(name: str) -> str | None:
    """A parameter of the address, None if it has none of the name."""
    return st.query_params.get(name)


def set_parameter(name: str, text: str | None) -> None:
    """Change one parameter of the address; None removes it."""
    if text is not None:
        st.query_params[name] = text
    elif name in st.query_params:
        del st.query_params[name]


def is_new(reader: str, asked: Any) -> bool:
    """Whether the address asks a reader for something else than what it last found or wrote there.

    An address that has not changed is older than what the visitor has chosen since.
    """
    if visit().seen.get(reader) == asked:
        return False
    visit().seen[reader] = asked
    return True


def must_be(name: str, allowed: object, text: str) -> str:
    """What is wrong with a parameter that a reader does not take; `allowed` is what its ValueError says."""
    return f"{name} must be {allowed}, not {text[:40]!r}."


def in_this_link(problem: str) -> str:
    """A sentence on what is wrong with the address, as Markdown."""
    return plain(f"In this link, {problem}")


def address() -> dict[str, str]:
    """The parameters of the address that are the page's own."""
    return {name: text for name, text in parameters().items() if name not in ("hide", "present")}


def write_address(own: Mapping[str, str]) -> None:
    """Replace the page's own parameters in the address."""
    st.query_params.from_dict(shown_the_same(own))


def shown_the_same(own: Mapping[str, str]) -> dict[str, str]:
    """Parameters of a link within the app, which leads to pages that are shown as this one is."""
    return {**own, **visit().display.parameters()}


def page_link(page: Any, *, query_params: Mapping[str, str] | None = None, **options: Any) -> None:
    """`st.page_link` to a page that is shown as this one is."""
    st.page_link(page, query_params=shown_the_same(query_params or {}), **options)


_OF_THE_APP = frozenset({"run"})
"""Parameters of an address that are no settings of a page; Streamlit's own (`embed`) do not come here."""


_MOST_LISTED = 5


class PageSettings:
    """What a page shows of a run: taken from the link if that is new, else as the visitor left it.

    Make one at the start of a page, where sentences on wrong values are to appear, and call
    `write` when all widgets are drawn. Settings live in session state and are shared by name.

    Parameters
    ----------
    page
        Title of the page.
    arrived
        Whether the visitor comes from another page, or for the first time.
    """

    def __init__(self, page: str, *, arrived: bool) -> None:
        self.parameters: dict[str, str] = address()
        before, seen = visit().seen.get("view", ("", {}))
        arrived = arrived or before != page
        is_asked = arrived or self.parameters != seen
        self.asked = dict(self.parameters) if is_asked else {}
        """What a new link asks for."""
        self._starts_afresh = is_asked and not arrived
        at_arrival = visit().seen.get("arrival")
        if self._starts_afresh and at_arrival and at_arrival[:2] == (page, self.parameters):
            self.asked = dict(at_arrival[2])  # went back to where the settings were brought along
        self._arrived = arrived
        self._page = page
        self._texts: dict[str, Callable[[Any], str]] = {}
        self._defaults: dict[str, str] = {}
        self._explained: set[str] = set()
        self._notices = st.container()
        self.in_motion = False
        """Whether the page changes by itself: its address waits until it stands still."""

    def take(
        self,
        name: str,
        read: Callable[[str], Any],
        default: Any,
        write: Callable[[Any], str] = as_text,
        *,
        within: object = None,
    ) -> str:
        """Settle a setting before its widget is drawn; returns the widget's key.

        The link's value goes first, then the session's if it is still allowed, then the default.

        Parameters
        ----------
        name
            Of the parameter.
        read
            Value of a text; raises ValueError with the end of the sentence "name must be …".
        default
            The value if nothing else holds.
        write
            Text of a value, as `read` takes it.
        within
            Where the value has its meaning, say on a plane of a run: elsewhere it is forgotten, unless
            the link has it.
        """
        key, state = f"view_{name}", st.session_state
        if state.get(f"{key}_within", within) != within:
            state.pop(key, None)
        state[f"{key}_within"] = within
        self._texts[name] = write
        self._defaults[name] = write(default)
        value = default if self._starts_afresh else state.get(key, default)
        if name in self.asked:
            try:
                value = read(self.asked[name])
            except ValueError as allowed:
                self.refuse(must_be(name, allowed, self.asked[name]))
        # Written even if it stays the same: a widget whose bounds have changed would forget its value.
        state[key] = value if _is_allowed(value, read, write) else default
        return key

    def refuse(self, sentence: str) -> None:
        """Say what is wrong with the link, at the top of the page."""
        self._notices.warning(in_this_link(sentence))

    def leave(self, names: Sequence[str], reason: str) -> None:
        """Say why settings are not in force, if the link has any of them.

        Parameters
        ----------
        reason
            The end of the sentence "x has no effect, because …".
        """
        found = [name for name in names if name in self.asked]
        self._explained |= set(found)
        if found:
            verb = "has" if len(found) == 1 else "have"
            self.refuse(f"{_listed(found)} {verb} no effect, because {reason}.")

    def _say_what_is_left(self) -> None:
        """Say which names of the link no setting of the page has."""
        ours = self._texts.keys() | self._explained | _OF_THE_APP
        left = [name for name in self.parameters if name in self.asked and name not in ours]
        if left:
            verb, named = ("is", "a setting") if len(left) == 1 else ("are", "settings")
            self.refuse(f"{_listed(left)} {verb} not {named} of what this page shows.")

    def write(self, shown: Mapping[str, str]) -> bool:
        """Write what is shown and every setting to the address, unless it means the same.

        Returns whether the address has changed. `shown` has parameters that are no settings.
        """
        self._say_what_is_left()
        wanted = dict(shown)
        wanted |= {name: text(st.session_state[f"view_{name}"]) for name, text in self._texts.items()}
        if self._arrived:
            visit().seen["arrival"] = (self._page, self.parameters, wanted)
        changes = not self.in_motion and self._defaults | address() != wanted
        if changes:
            write_address(wanted)
        visit().seen["view"] = (self._page, address())
        return changes


def _listed(names: Sequence[str]) -> str:
    """Names from an address in words: some of them, should there be many."""
    shown = [name[:40] for name in names[:_MOST_LISTED]]
    if len(names) > len(shown):
        shown.append(f"{len(names) - len(shown)} more")
    return listed(shown)


def _is_allowed(value: Any, read: Callable[[str], Any], write: Callable[[Any], str]) -> bool:
    try:
        read(write(value))
    except (ValueError, TypeError):
        return False
    return True
