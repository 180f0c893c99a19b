"""Texts of visitors and links, in places where Streamlit reads Markdown."""

import re


def plain(text: str) -> str:
    """Escape a text for Markdown, which could otherwise load pictures from a link or a name."""
    return re.sub(r"([\\`*_{}\[\]<>()#+\-.!|~$^])", r"\\\1", text)
