"""Every term that a page uses, explained once for all pages.

help_for("nat")          # Markdown for Streamlit's `help=`
GLOSSARY["ELBO"].long    # for a page of its own
"""

from __future__ import annotations

from vaelab.teaching.glossary.entry import Entry
from vaelab.teaching.glossary.measures import MEASURES
from vaelab.teaching.glossary.models import MODELS
from vaelab.teaching.glossary.objective import OBJECTIVE
from vaelab.teaching.glossary.sweeps import SWEEPS
from vaelab.teaching.glossary.training import TRAINING
from vaelab.teaching.glossary.walks import WALKS

__all__ = ["GLOSSARY", "Entry", "find", "help_for", "search"]

GLOSSARY: dict[str, Entry] = {
    entry.term: entry for entry in (*MODELS, *OBJECTIVE, *TRAINING, *SWEEPS, *MEASURES, *WALKS)
}
"""All entries by their term, related ones after each other."""

_BY_NAME = {
    name.casefold(): entry for entry in GLOSSARY.values() for name in (*entry.also, entry.term)
}  # fmt: skip


def find(name: str) -> Entry:
    """The entry for a term, a synonym of it or a field's name, in capitals or not.

    Raises
    ------
    KeyError
        If no entry has that name.
    """
    try:
        return _BY_NAME[name.casefold()]
    except KeyError:
        raise KeyError(f"The glossary has no {name!r}; its terms are {', '.join(GLOSSARY)}.") from None


def help_for(term: str) -> str:
    """The short explanation as Markdown, for Streamlit's `help=`; takes and raises what `find` does."""
    entry = find(term)
    return f"**{entry.term}**: {entry.short}"


def search(text: str) -> list[Entry]:
    """Entries with a text in them, in capitals or not.

    First those with it as a name, then in a name, then elsewhere; each in the order of the alphabet.
    """
    wanted = text.casefold()
    ranked = [(_rank(entry, wanted), entry.term.casefold(), entry) for entry in GLOSSARY.values()]
    return [entry for rank, _, entry in sorted(ranked, key=lambda found: found[:2]) if rank < _NOWHERE]


_NOWHERE = 3


def _rank(entry: Entry, wanted: str) -> int:
    names = [name.casefold() for name in (entry.term, *entry.also)]
    if wanted in names:
        return 0
    if any(wanted in name for name in names):
        return 1
    return 2 if wanted in f"{entry.short} {entry.long}".casefold() else _NOWHERE
