"""The address of a page: a page takes its choices from a new address, and writes them into the address.

This module alone reads and writes `st.query_params`. Widgets are not bound to the address: Streamlit's
binding drops defaults, so that a later default would change an old link, and erases wrong values without a
message.

Streamlit adds an entry to the browser's history whenever the query parameters change, so that Back undoes one
change; when Back itself runs the script, a change replaces the entry. So an address is written only if its
meaning changes. The parameters `hide` and `present`, which say how all pages are shown, belong to no page:
pages neither read nor write them, and all links of the app keep them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from vaelab.config import as_text
from vaelab.ui.session.labels import called
from vaelab.ui.session.text import plain
from vaelab.ui.session.visits import visit
from vaelab.words import listed

_APP_PARAMETERS = frozenset({"run"})
"""Parameters of an address that are no choices on a page; Streamlit withholds its own (`embed`)."""

_MOST_LISTED = 5
"""Names that a sentence on wrong parameters lists at most."""


def parameters() -> dict[str, str]:
    """All parameters of the address."""
    return st.query_params.to_dict()


def parameter(name: str) -> str | None:
    """The value of a parameter of the address; None if the address lacks it."""
    return st.query_params.get(name)


def set_parameter(name: str, text: str | None) -> None:
    """Change one parameter of the address; None removes it."""
    if text is not None:
        st.query_params[name] = text
    elif name in st.query_params:
        del st.query_params[name]


def is_new(reader: str, asked: Any) -> bool:
    """Whether the address asks for something that this reader has neither seen nor written last.

    An address that has not changed is older than the visitor's later choices, which then hold.
    """
    seen = visit().seen
    if reader in seen and seen[reader] == asked:
        return False
    seen[reader] = asked
    return True


def must_be(name: str, allowed: object, text: str, label: str | None = None) -> str:
    """A sentence on a wrong parameter; `allowed` is the text of the reader's ValueError."""
    return f"{called(name, label)} must be {allowed}, not {text[:40]!r}."


def in_this_link(problem: str) -> str:
    """A sentence on what is wrong with the address, as Markdown."""
    return plain(f"In this link, {problem}")


def address() -> dict[str, str]:
    """The parameters of the address that belong to the page: all but `hide` and `present`."""
    return {name: text for name, text in parameters().items() if name not in ("hide", "present")}


def write_address(own: Mapping[str, str]) -> None:
    """Replace the parameters of the page in the address."""
    st.query_params.from_dict(with_display(own))


def with_display(own: Mapping[str, str]) -> dict[str, str]:
    """Parameters of a link within the app: those of the page, with `hide` and `present` as they are now."""
    return {**own, **visit().display.parameters()}


def page_link(page: Any, *, query_params: Mapping[str, str] | None = None, **options: Any) -> None:
    """`st.page_link` that keeps `hide` and `present`."""
    st.page_link(page, query_params=with_display(query_params or {}), **options)


class PageChoices:
    """What was chosen on a page: taken from the link if that is new, else as the visitor left it.

    Make one at the start of a page, where sentences on wrong values are to appear, and call `write` when all
    widgets are drawn. The values live in session state; pages with a choice of the same name share it.

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
        """Parameters of a new link; empty if the link is not new."""
        self._starts_afresh = is_asked and not arrived
        at_arrival = visit().seen.get("arrival")
        if self._starts_afresh and at_arrival and at_arrival[:2] == (page, self.parameters):
            # Back led to the address of the arrival, at which the choices were those of the page before.
            self.asked = dict(at_arrival[2])
        self._arrived = arrived
        self._page = page
        self._texts: dict[str, Callable[[Any], str]] = {}
        self._defaults: dict[str, str] = {}
        self._explained: set[str] = set()
        self._notices = st.container()
        self.in_motion = False
        """Whether the page plays an animation, during which its address is not written."""

    def take(
        self,
        name: str,
        read: Callable[[str], Any],
        default: Any,
        write: Callable[[Any], str] = as_text,
        *,
        label: str | None = None,
        within: object = None,
    ) -> str:
        """Set the value of a choice before its widget is drawn; returns the widget's key.

        The link's value has precedence, then the session's if it is still allowed, then the default.

        Parameters
        ----------
        name
            Name of the parameter.
        read
            Makes the value from its text; raises ValueError with the end of the sentence "“Order” must be …".
        default
            The value if neither link nor session has one.
        write
            Makes the text from a value, the inverse of `read`.
        label
            What the page calls the choice, if not what `vaelab.ui.session.labels` has.
        within
            What the value refers to, such as the plane of a run: when that changes, the session's value is
            forgotten.
        """
        key, state = f"view_{name}", st.session_state
        if state.get(f"{key}_within", within) != within:
            state.pop(key, None)
        state[f"{key}_within"] = within
        self._texts[name], self._defaults[name] = write, write(default)
        value = default if self._starts_afresh else state.get(key, default)
        if name in self.asked:
            try:
                value = read(self.asked[name])
            except ValueError as allowed:
                self.refuse(must_be(name, allowed, self.asked[name], label))
        # Set even if it stays the same: a widget whose bounds have changed would forget its value.
        state[key] = value if _is_allowed(value, read, write) else default
        return key

    def refuse(self, sentence: str) -> None:
        """Say what is wrong with the link, at the top of the page."""
        self._notices.warning(in_this_link(sentence))

    def leave(self, names: Sequence[str], reason: str) -> None:
        """Say why some choices have no effect, if the link has any of them.

        Parameters
        ----------
        reason
            The end of the sentence "“Across” (x) has no effect, because …".
        """
        ignored = [name for name in names if name in self.asked]
        self._explained |= set(ignored)
        if ignored:
            verb = "has" if len(ignored) == 1 else "have"
            self.refuse(f"{_listed(ignored)} {verb} no effect, because {reason}.")

    def _refuse_unknown(self) -> None:
        """Say which parameters of the link are no choices on the page."""
        known = self._texts.keys() | self._explained | _APP_PARAMETERS
        unknown = [name for name in self.parameters if name in self.asked and name not in known]
        if unknown:
            verb, noun = ("is", "a setting") if len(unknown) == 1 else ("are", "settings")
            self.refuse(f"{_listed(unknown)} {verb} not {noun} of what this page shows.")

    def write(self, own: Mapping[str, str]) -> bool:
        """Write every choice to the address, unless its meaning stays the same.

        `own` has the parameters of the page that are no choices. Returns whether the address has changed.
        """
        self._refuse_unknown()
        wanted = {
            **own,
            **{name: text(st.session_state[f"view_{name}"]) for name, text in self._texts.items()},
        }
        if self._arrived:
            visit().seen["arrival"] = (self._page, self.parameters, wanted)
        changes = not self.in_motion and self._defaults | address() != wanted
        if changes:
            write_address(wanted)
        visit().seen["view"] = (self._page, address())
        return changes


def _listed(names: Sequence[str]) -> str:
    """Parameters of an address in words: the first few, and how many more there are."""
    some = [called(name) for name in names[:_MOST_LISTED]]
    if len(names) > _MOST_LISTED:
        some.append(f"{len(names) - _MOST_LISTED} more")
    return listed(some)


def _is_allowed(value: Any, read: Callable[[str], Any], write: Callable[[Any], str]) -> bool:
    try:
        read(write(value))
    except (ValueError, TypeError):
        return False
    return True
