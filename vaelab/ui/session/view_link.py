"""The settings of an Explore page in its address: a link shows the same, a change writes the link.

As in `vaelab.ui.session.recipe_link`, widgets are not bound to the address, because Streamlit's binding drops
defaults and erases wrong values without a word.

Streamlit adds an entry to the browser's history whenever the query parameters change, so that Back
undoes one change; the run of the script that Back causes replaces its entry instead. So an address
is written only if it would mean something else: what it leaves out is at its default. Whoever comes
from another page brings the settings along.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from vaelab.config.fields import as_text
from vaelab.runs.run import Run
from vaelab.ui.session.chosen import follow_run_link
from vaelab.ui.session.display import address, write_address
from vaelab.ui.session.text import plain
from vaelab.ui.session.visit import visit

_OF_THE_APP = frozenset({"run"})
"""Parameters of an address that are no settings of a page; Streamlit's own (`embed`) do not come here."""

_MOST_LISTED = 5


class ViewSettings:
    """What a page shows of a run: taken from the link if that is new, else as the visitor left it.

    Make one at the start of a page, where sentences on wrong values are to appear, and call
    `write_link` when all widgets are drawn. Settings live in session state and are shared by name.

    Parameters
    ----------
    page
        Title of the page.
    arrived
        Whether the visitor comes from another page, or for the first time.
    """

    def __init__(self, page: str, *, arrived: bool) -> None:
        self.parameters: dict[str, str] = address()
        before, parameters = visit().seen.get("view", ("", {}))
        arrived = arrived or before != page
        is_new = arrived or self.parameters != parameters
        self.asked = dict(self.parameters) if is_new else {}
        """What a new link asks for."""
        self._starts_afresh = is_new and not arrived
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
                self.refuse(f"{name} must be {allowed}, not {self.asked[name][:40]!r}.")
        # Written even if it stays the same: a widget whose bounds have changed would forget its value.
        state[key] = value if _is_allowed(value, read, write) else default
        return key

    def refuse(self, sentence: str) -> None:
        """Say what is wrong with the link, at the top of the page."""
        self._notices.warning(plain(f"In this link, {sentence}"))

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

    def write_link(self, run: Run) -> None:
        """Write the run and every setting that was taken to the address, unless it means the same."""
        if self.write({"run": run.id}):
            follow_run_link()  # it names the run that is shown: what is picked next is newer than that

    def write(self, shown: Mapping[str, str]) -> bool:
        """`write_link` of a page that shows something else than one run; whether the address changed."""
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
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _is_allowed(value: Any, read: Callable[[str], Any], write: Callable[[Any], str]) -> bool:
    try:
        read(write(value))
    except (ValueError, TypeError):
        return False
    return True


def one_of(options: Sequence[str]) -> Callable[[str], str]:
    """Read one of some texts."""

    def read(text: str) -> str:
        if text not in options:
            raise ValueError(f"one of {', '.join(options)}")
        return text

    return read


def some_of(options: Sequence[str]) -> Callable[[str], list[str]]:
    """Read some, or none, of some texts: `points,prior`."""

    def read(text: str) -> list[str]:
        chosen = text.split(",") if text else []
        if not set(chosen) <= set(options) or len(set(chosen)) < len(chosen):
            raise ValueError(f"some of {', '.join(options)}, with commas between them")
        return chosen

    return read


def whole_number(low: int, high: int, excluded: int | None = None) -> Callable[[str], int]:
    """Read a whole number within bounds."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high):
            raise ValueError(f"a whole number from {low} to {high}")
        if int(text) == excluded:
            raise ValueError(f"another number than {excluded}")
        return int(text)

    return read


def real_number(low: float, high: float) -> Callable[[str], float]:
    """Read a number within bounds."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        return value

    return read


def interval(low: float, high: float) -> Callable[[str], tuple[float, float]]:
    """Read two numbers within bounds, the lower one first: `-3,3`."""

    def read(text: str) -> tuple[float, float]:
        try:
            start, end = (float(part) for part in text.split(","))
        except ValueError:
            start = end = math.nan
        if not low <= start < end <= high:
            raise ValueError(f"two numbers from {low:g} to {high:g}, the lower one first, such as -1,1")
        return start, end

    return read


def coordinates(text: str, farthest: float) -> tuple[float, float] | None:
    """The two coordinates of a place on a plane, `-1,0.5`; None if it is none within `farthest` of 0."""
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return (x, y) if abs(x) <= farthest and abs(y) <= farthest else None


def point(farthest: float) -> Callable[[str], tuple[float, float]]:
    """Read the two coordinates of a place on a plane: `-1,0.5`."""

    def read(text: str) -> tuple[float, float]:
        found = coordinates(text, farthest)
        if found is None:
            raise ValueError(f"two coordinates from {-farthest:g} to {farthest:g}, such as -1,0.5")
        return found

    return read


def interval_text(ends: tuple[float, float]) -> str:
    """Two numbers as a link writes them."""
    return ",".join(as_text(round(float(end), 6)) for end in ends)


def switch(text: str) -> bool:
    """Read `on` or `off`."""
    return one_of(("on", "off"))(text) == "on"


def switch_text(value: bool) -> str:
    """A switch as a link writes it."""
    return "on" if value else "off"
