"""Texts that are not ours, in places where Streamlit reads Markdown."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """A text as Markdown that shows it as it is: a link or a name could bring pictures along."""
    return re.sub(r"([\\`*_{}\[\]<>()#+\-.!|~$^])", r"\\\1", text)
