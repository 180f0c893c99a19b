"""Words and numbers for people: times, counts, names of files."""

from __future__ import annotations

import re


def duration(seconds: float) -> str:
    """A time in words, no more exact than it is known: "about 20 seconds"."""
    if seconds < 10:
        return f"about {max(1, round(seconds))} s"
    if seconds < 90:
        return f"about {5 * round(seconds / 5)} s"
    if seconds < 5400:
        return f"about {round(seconds / 60)} min"
    return f"about {seconds / 3600:.1f} h"


def capitalized(text: str) -> str:
    """A text at the start of a sentence: only its first letter changes."""
    return text[0].upper() + text[1:]


def slug(title: str) -> str:
    """A title as a part of a file's name: small letters and digits with hyphens between, `run` if none."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "run"


def counted(count: float, noun: str) -> str:
    """A number with what it counts: "1 run", "1,200 runs", "2.5 epochs"."""
    number = f"{count:,}" if isinstance(count, int) else f"{count:g}"
    return f"1 {noun}" if count == 1 else f"{number} {noun}s"


def with_minus(number: str) -> str:
    """A number that was formatted, with a true minus sign in place of hyphens."""
    return number.replace("-", "−")
