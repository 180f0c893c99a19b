"""The scripts of Streamlit's elements that a page names."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from vaelab.ui.session.pages import APP_PAGES
from vaelab.ui.web.elements import EVERYWHERE, ON_PAGES, element_scripts, scripts_of

STATIC = Path(str(files("streamlit"))) / "static"
KINDS = sorted({*EVERYWHERE, *(kind for kinds in ON_PAGES.values() for kind in kinds)})


@pytest.mark.parametrize("kind", KINDS)
def test_streamlit_has_every_kind_that_is_named(kind: str) -> None:
    assert scripts_of(kind), "its module has another name in this version of Streamlit"


@pytest.mark.parametrize("page", [page.path for page in APP_PAGES])
def test_the_scripts_of_a_page_are_there(page: str) -> None:
    scripts = element_scripts(page)
    assert len(scripts) > len(EVERYWHERE)
    assert all((STATIC / script).is_file() for script in scripts)


def test_only_pages_that_exist_have_kinds_of_their_own() -> None:
    assert set(ON_PAGES) <= {page.path for page in APP_PAGES}


def test_a_kind_that_streamlit_lacks_has_no_scripts() -> None:
    assert scripts_of("NoSuchElement") == frozenset()
