"""The page Glossary: all terms in alphabetical order, with a search over names and explanations."""

from collections.abc import Sequence

import streamlit as st

from vaelab.paths import PAGES
from vaelab.teaching.glossary import GLOSSARY, Entry, search
from vaelab.ui.session import is_new, page_link, parameter, plain, put
from vaelab.words import slug

GLOSSARY_PAGE = PAGES / "glossary.py"

WIDTH = 760
"""Width of the text in CSS pixels: about 90 letters per line."""

_MOST_LETTERS = 60
"""Longest text to search for."""


def links_to_terms(terms: Sequence[str]) -> None:
    """Draw a row of links to terms of the glossary."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("In the glossary:", width="content")
        for term in terms:
            page_link(GLOSSARY_PAGE, label=term, query_params={"term": term}, width="content")


def glossary() -> None:
    """Draw the search and the terms found, then the letters and all other terms."""
    _follow_link()
    with st.container(key="glossary", width=WIDTH):
        text = st.text_input(
            "Search",
            key="glossary_search",
            icon=":material/search:",
            max_chars=_MOST_LETTERS,
            live=True,
            placeholder="A term, a setting, or a word of its explanation",
            persist_state="session",
        ).strip()
        matches = search(text) if text else []
        in_order = sorted(GLOSSARY.values(), key=lambda entry: entry.term.casefold())
        rest = [entry for entry in in_order if entry not in matches]
        if text:
            st.caption(f"{len(matches) or 'Nothing'} found for “{plain(text)}”. All other terms follow.")
        for entry in matches:
            _entry(entry)
        if matches:
            st.divider()
        _letters(rest)
        for entry in rest:
            _entry(entry)


def _follow_link() -> None:
    """Search for the term in the address, if that is new."""
    wanted = parameter("term")
    if is_new("term", wanted):
        put("glossary_search", (wanted or "")[:_MOST_LETTERS])


def _letters(entries: Sequence[Entry]) -> None:
    """Draw a link from each letter to its first term."""
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(entry.term[0].upper(), entry)
    st.markdown(" · ".join(f"[{letter}](#{slug(entry.term)})" for letter, entry in first.items()))


def _entry(entry: Entry) -> None:
    st.header(entry.term, anchor=slug(entry.term))
    parts = [f"**{entry.short}**", entry.long]
    if entry.formula:
        parts.append(f"$$\n{entry.formula}\n$$")
    also = [name for name in entry.also if name.casefold() != entry.term.casefold()]
    synonyms = f"Also: {', '.join(also)}. " if also else ""
    linked = ", ".join(f"[{term}](#{slug(term)})" for term in entry.see)
    st.markdown("\n\n".join([*parts, f"{plain(synonyms)}See {linked}."]))
