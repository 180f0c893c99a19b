"""The router finds every page, wherever one comes from."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.top_bar import bar_links, container
from vaelab.paths import PAGES

SCRIPTS = sorted(PAGES.glob("*.py"))
GROUPS = {
    "Train": ["Train"],
    "Explore": ["Reconstructions", "Latent space", "Latent grid", "Walks"],
    "Experiments": ["Compare", "Sweep", "Failures"],
    "Learn": ["Lessons", "Glossary"],
    "Runs": ["Runs"],
}

App = Callable[[], AppTest]


@pytest.mark.parametrize("page", SCRIPTS, ids=lambda page: page.stem)
def test_every_page_is_reached_and_has_a_title(app: App, page: Path) -> None:
    visit = app().run().switch_page(str(page)).run()
    assert not visit.exception
    assert visit.title[0].value


@pytest.mark.parametrize("page", SCRIPTS, ids=lambda page: page.stem)
def test_a_page_has_no_bare_text_that_streamlit_could_draw(page: Path) -> None:
    """Streamlit's magic draws it, where a server's settings do not turn that off."""
    statements = ast.parse(page.read_text(encoding="utf-8")).body[1:]
    bare = [
        node for node in statements if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call)
    ]
    assert [ast.unparse(node) for node in bare] == []


def test_the_first_page_is_train(app: App) -> None:
    first, chosen = app().run(), app().run().switch_page(str(PAGES / "train.py")).run()
    assert first.title[0].value == chosen.title[0].value


def test_the_bar_lists_the_pages_in_groups(app: App) -> None:
    visit = app().run()
    assert [*bar_links(visit)] == [page for pages in GROUPS.values() for page in pages]
    groups = [popover.proto.popover.label for popover in container(visit, "topbar").get("popover")]
    assert groups == [group for group, pages in GROUPS.items() if len(pages) > 1]


def test_the_bar_is_the_same_on_every_page(app: App) -> None:
    visit = app().run()
    expected = [*bar_links(visit)]
    for page in SCRIPTS:
        assert [*bar_links(visit.switch_page(str(page)).run())] == expected
