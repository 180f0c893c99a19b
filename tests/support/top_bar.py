"""The bar at the top of every page: its links in an AppTest and in a browser."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page
from streamlit.testing.v1 import AppTest

from vaelab.ui.session.pages import APP_PAGES

BAR = ".st-key-topbar"


def container(page: AppTest, key: str) -> Any:
    """The container of a page that has a key."""
    (found,) = [block for block in _blocks(page.main) if getattr(block.proto, "id", "").endswith(f"-{key}")]
    return found


def _blocks(outer: Any) -> Any:
    for inner in outer.children.values():
        if hasattr(inner, "children"):
            yield inner
            yield from _blocks(inner)


def bar_links(page: AppTest) -> dict[str, str]:
    """The parameters of the bar's links by the title of the page that they lead to, in the bar's order."""
    links = container(page, "topbar").get("page_link")
    return {link.proto.label: link.proto.query_string for link in links}


def follow(page: Page, title: str) -> None:
    """Press the bar's link to a page, in the list of its group if it has one."""
    (group,) = [each.group for each in APP_PAGES if each.title == title]
    if sum(each.group == group for each in APP_PAGES) > 1:
        page.locator(BAR).get_by_role("button", name=group).click()
        page.get_by_test_id("stPopoverBody").get_by_role("link", name=title, exact=True).click()
    else:
        page.locator(BAR).get_by_role("link", name=title, exact=True).click()
