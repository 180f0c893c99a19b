"""Reading the texts of an address: each reader returns a value, or raises ValueError.

The message is the end of the sentence "name must be …". Each writer makes the text that its reader takes.
"""

import math
from collections.abc import Callable, Sequence

from vaelab.config import as_text


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
    """The two coordinates of a point, `-1,0.5`; None if the text has no two within `farthest` of 0."""
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return (x, y) if abs(x) <= farthest and abs(y) <= farthest else None


def point(farthest: float) -> Callable[[str], tuple[float, float]]:
    """Read the two coordinates of a point on a plane: `-1,0.5`."""

    def read(text: str) -> tuple[float, float]:
        pair = coordinates(text, farthest)
        if pair is None:
            raise ValueError(f"two coordinates from {-farthest:g} to {farthest:g}, such as -1,0.5")
        return pair

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
