"""The form of a glossary entry."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One term, explained briefly and in depth. Texts are Markdown with maths in $."""

    term: str
    short: str
    """One or two sentences without maths, for help beside a widget or a figure."""
    long: str
    """At most five further sentences, which name every symbol of `formula`."""
    formula: str | None = None
    """A formula in LaTeX."""
    also: tuple[str, ...] = ()
    """Other names that lead here: synonyms, fields of `RunConfig`, fields of events."""
    asked: tuple[str, ...] = ()
    """What people look for who do not know the term yet; search finds it, pages do not show it."""
    see: tuple[str, ...] = ()
    """Terms to read next."""
