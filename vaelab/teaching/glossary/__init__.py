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
    """Entries that contain all words of a text but the smallest; upper and lower case are the same.

    Entries with the text as a name come first, then those with the text in a name or among what people ask,
    then those with its words in names and explanation. Each group is in alphabetical order. If no entry has
    all the words, those with some of them are found.
    """
    wanted = text.casefold()
    matches = [(rank, entry) for entry in GLOSSARY.values() if (rank := _rank(entry, wanted)) is not None]
    if not matches:
        words = [word for word in _words(wanted) if len(word) >= _TELLING]
        found = {entry.term: sum(word in _text(entry) for word in words) for entry in GLOSSARY.values()}
        most = max(found.values())
        matches = [(0, GLOSSARY[term]) for term, count in found.items() if count == most > 0]
    return [entry for _, entry in sorted(matches, key=lambda match: (match[0], match[1].term.casefold()))]


_SMALL = frozenset(
    ("a", "an", "and", "are", "be", "do", "does", "for", "how", "i", "in", "is", "it", "my", "of", "on", "or",
     "so", "the", "to", "what", "which", "why")
)  # fmt: skip
"""Words that questions have and that say nothing of what is looked for."""

_TELLING = 4
"""Fewest letters of a word by which alone an entry is found."""


def _words(wanted: str) -> list[str]:
    """The words of a text without the small ones, unless it has no others."""
    words = wanted.replace("?", " ").split()
    return [word for word in words if word not in _SMALL] or words


def _text(entry: Entry) -> str:
    return " ".join((entry.term, *entry.also, *entry.asked, entry.short, entry.long)).casefold()


def _rank(entry: Entry, wanted: str) -> int | None:
    """How prominently an entry contains a text: 0 as a name, 1 in a name, 2 elsewhere, None not at all."""
    names, words = [name.casefold() for name in (entry.term, *entry.also)], _words(wanted)
    if wanted in names:
        return 0
    if any(wanted in name for name in names) or any(
        all(word in question for word in words) for question in entry.asked
    ):
        return 1
    return 2 if all(word in _text(entry) for word in words) else None
