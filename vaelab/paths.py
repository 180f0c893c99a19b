"""Paths of the parts of the project that are not Python modules."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "project"

PROJECT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent
"""The folder with `app.py`, `pages/`, `assets/` and `.streamlit/`: the checkout, or its copy inside an
installed package."""

APP = PROJECT / "app.py"
ROUTER = _PACKAGE / "ui" / "router.py"
"""Streamlit's main script."""
PAGES = PROJECT / "pages"
ASSETS = PROJECT / "assets"
COMPONENTS = ASSETS / "components"
BUNDLED_DATASETS = ASSETS / "datasets"
EXAMPLES = ASSETS / "runs"
"""Finished runs that every visitor sees as examples."""
EXAMPLE_SWEEPS = ASSETS / "sweeps"
PICTURES = ASSETS / "pictures"
"""Small pictures of finished models."""
