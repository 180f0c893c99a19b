"""A dial: a browser component for one number, to type or to move on a slider, with a word on what it is."""

from bisect import insort
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from math import floor, log10
from typing import Any

import streamlit as st

from vaelab.ui.widgets.components import component

_OF_A_DECADE = (1.0, 1.2, 1.6, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
"""Values at about equal ratios."""


@dataclass(frozen=True)
class Picture:
    """A picture in the explanation of a dial."""

    address: str
    caption: str
    alt: str


@dataclass(frozen=True)
class Face:
    """What stands on a dial, whatever it is turned to.

    Parameters
    ----------
    label
        The name of the number.
    words
        What it is, in a few everyday words that fit one line.
    help
        The explanation behind the question mark.
    least, most
        Bounds of what may be typed.
    stops
        The values that the slider can take, rising.
    marks
        Those of the stops that have a mark.
    pictures, pictured
        Pictures below the explanation, and a sentence on what they show.
    """

    label: str
    words: str
    help: str
    least: float
    most: float
    stops: tuple[float, ...]
    marks: tuple[float, ...] = ()
    pictures: tuple[Picture, ...] = ()
    pictured: str = ""


def dial(
    face: Face,
    value: float,
    *,
    key: str,
    count: int,
    refusal: str,
    off: str | None,
    on_moved: Callable[[object], None],
) -> None:
    """Show a dial with a value.

    Parameters
    ----------
    key
        Streamlit's key of the element.
    count
        The count that came with the last of the browser's values that the page has dealt with; 0 before.
    refusal
        A sentence on that value, if it was refused.
    off
        The reason why the dial cannot be moved; None if it can.
    on_moved
        Called before the script runs again with {value, count}: a number, or the text that was typed; at most
        every 0.25 s while the slider is moved. It comes from a browser and may be anything.
    """
    component("dial")(
        key=key,
        data={
            "key": key,
            "face": asdict(face),
            "value": value,
            "count": count,
            "refusal": refusal,
            "off": off or "",
        },
        on_moved_change=lambda: on_moved(st.session_state[key]["moved"]),
    )


def log_stops(low: float, high: float, also: Iterable[float] = ()) -> tuple[float, ...]:
    """Round values at about equal ratios from one number to another, and other values among them.

    >>> log_stops(1, 10)
    (1.0, 1.2, 1.6, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
    """
    decades = range(floor(log10(low)), floor(log10(high)) + 1)
    # A product such as 3 * 0.01 has digits that nobody wants to read.
    values = [float(f"{factor}e{decade}") for decade in decades for factor in _OF_A_DECADE]
    stops = [value for value in values if low <= value <= high]
    for value in also:
        if value not in stops:
            insort(stops, value)
    return tuple(stops)


def whole_stops(low: int, high: int, also: Iterable[int] = ()) -> tuple[float, ...]:
    """The same for whole numbers."""
    stops: Any = log_stops(low, high, (low, *also, high))
    return tuple(stop for stop in stops if float(stop).is_integer())
