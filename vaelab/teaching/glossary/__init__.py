"""Every term that a page uses, explained once for all pages.

help_for("nat")          # Markdown for Streamlit's `help=`
GLOSSARY["ELBO"].long    # for a page of its own
"""

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

_BY_NAME = {name.casefold(): entry for entry in GLOSSARY.values() for name in (*entry.also, entry.term)}


def find(name: str) -> Entry:
    """The entry for a term, a synonym of it or a field's name; upper and lower case are the same.

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
    """The short explanation of a term as Markdown, for Streamlit's `help=`; raises what `find` raises."""
    entry = find(term)
    return f"**{entry.term}**: {entry.short}"


def search(text: str) -> list[Entry]:
    """Entries that contain all words of a text; upper and lower case are the same.

    Entries with the text as a name come first, then those with the text in a name, then those with its words
    in names and explanation. Each group is in alphabetical order.
    """
    wanted = text.casefold()
    matches = [(rank, entry) for entry in GLOSSARY.values() if (rank := _rank(entry, wanted)) is not None]
    return [entry for _, entry in sorted(matches, key=lambda match: (match[0], match[1].term.casefold()))]


def _rank(entry: Entry, wanted: str) -> int | None:
    """How prominently an entry contains a text: 0 as a name, 1 in a name, 2 elsewhere, None not at all."""
    names = [name.casefold() for name in (entry.term, *entry.also)]
    if wanted in names:
        return 0
    if any(wanted in name for name in names):
        return 1
    text = f"{' '.join(names)} {entry.short} {entry.long}".casefold()
    return 2 if all(word in text for word in wanted.split()) else None
