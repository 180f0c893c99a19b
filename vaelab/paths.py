"""Where the parts of the project that are no Python modules lie."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
"""The folder with `app.py`, `pages/` and `assets/`."""

PAGES = PROJECT / "pages"
ASSETS = PROJECT / "assets"
COMPONENTS = ASSETS / "components"
DATASETS = ASSETS / "datasets"
EXAMPLES = ASSETS / "runs"
"""Finished runs that every visitor sees."""
EXAMPLE_SWEEPS = ASSETS / "sweeps"
