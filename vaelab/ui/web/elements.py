"""Streamlit's scripts of the elements that a page begins with.

Streamlit fetches the scripts of a kind of element when it draws the first one of that kind, and shows a grey
bar of another height until they are there. Named in the page that a browser loads first, they are there in
time.
"""

import json
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

EVERYWHERE = (
    "BidiComponent",
    "Button",
    "ButtonGroup",
    "Checkbox",
    "DownloadButton",
    "NumberInput",
    "PageLink",
    "Selectbox",
    "Slider",
)
"""Kinds of elements that nearly every page has, under the names of Streamlit's modules."""

ON_PAGES = {
    "": ("ImageList",),
    "latent-space": ("Table",),
    "compare": ("Multiselect", "Table"),
    "sweep": ("ReadOnlyGrid", "TextInput"),
    "failures": ("Radio",),
    "lessons": ("Metric", "Radio", "rehype-katex"),
    "glossary": ("TextInput", "rehype-katex"),
    "runs": ("ReadOnlyGrid", "Table"),
}
"""Further kinds by the page's path."""


@cache
def element_scripts(page: str) -> list[str]:
    """The paths of the scripts that a page needs for its elements, below the address of the app."""
    return sorted({file for kind in (*EVERYWHERE, *ON_PAGES.get(page, ())) for file in scripts_of(kind)})


@cache
def scripts_of(kind: str) -> frozenset[str]:
    """The script of a kind of element and all that it imports; nothing if Streamlit has no such kind."""
    entry, scripts = _entries().get(kind), dict[str, str]()
    waiting = [entry] if entry else []
    while waiting:
        module = waiting.pop()
        if module not in scripts:
            scripts[module] = _manifest()[module]["file"]
            waiting += _manifest()[module].get("imports", ())
    return frozenset(scripts.values())


@cache
def _entries() -> dict[str, str]:
    """The modules that Streamlit loads when it needs them, by their names."""
    return {_name(module): module for module, file in _manifest().items() if file.get("isDynamicEntry")}


def _name(module: str) -> str:
    path = PurePosixPath(module)
    return path.parent.name if path.stem == "index" else path.stem


@cache
def _manifest() -> dict[str, dict[str, Any]]:
    """What Streamlit's build says of each of its modules: its file, and the modules that it imports."""
    text = (files("streamlit") / "static" / "manifest.json").read_text("utf-8")
    modules: dict[str, dict[str, Any]] = json.loads(text)
    return modules
