"""Words and numbers for people: times, counts, names of files."""

import re
from collections.abc import Sequence


def duration(seconds: float) -> str:
    """A rough time in words: "about 20 s", "about 3 min"."""
    if seconds < 10:
        return f"about {max(1, round(seconds))} s"
    if seconds < 90:
        return f"about {5 * round(seconds / 5)} s"
    if seconds < 5400:
        return f"about {round(seconds / 60)} min"
    return f"about {seconds / 3600:.1f} h"


def durations(least: float, most: float) -> str:
    """A range of rough times in words: "about 20 s to 30 min"; one of them if both read the same."""
    low, high = duration(least), duration(most)
    return low if low == high else f"{low} to {high.removeprefix('about ')}"


def passed(epochs: float) -> str:
    """How many epochs have passed, in few digits: "2", "0.7", "0.04"."""
    return f"{round(epochs, 1) or float(f'{epochs:.1g}'):g}"


def capitalized(text: str) -> str:
    """A text with its first letter as a capital and all others unchanged."""
    return text[0].upper() + text[1:]


def listed(names: Sequence[str]) -> str:
    """Names in a row: "a", "a and b", "a, b and c"; there must be one at least."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def slug(title: str) -> str:
    """A title as part of a file's name: small letters and digits joined by hyphens; `run` if empty."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "run"


def counted(count: float, noun: str) -> str:
    """A number with what it counts: "1 run", "1,200 runs", "2.5 epochs"."""
    number = f"{count:,}" if isinstance(count, int) else f"{count:g}"
    return f"1 {noun}" if count == 1 else f"{number} {noun}s"


def counted_that(count: int, noun: str, one: str, many: str) -> str:
    """A number with what it counts and a verb: `one` agrees with a single thing, `many` with several."""
    return f"{counted(count, noun)} {one if count == 1 else many}"


def with_minus(number: str) -> str:
    """A formatted number with minus signs in place of hyphens."""
    return number.replace("-", "−")


def signed(value: float, form: str) -> str:
    """A number in a format such as `.1f`, with a true minus sign, and without one if it rounds to 0."""
    return with_minus(f"{value:z{form}}")
