"""Barriers on a page, as axe-core finds them."""

from __future__ import annotations

from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LOOKS = (("light", 1440), ("dark", 390))
"""Themes and widths in pixels, in which every page is looked at."""


def looks(page: Page) -> Iterator[str]:
    """Show a page that is there in each of the looks, one after another."""
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(WAS_DRAWN, arg=scheme)
        yield f"{scheme}, {width} pixels"


WAS_DRAWN = """async (scheme) => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    const app = document.querySelector("[data-testid=stApp]")
    return app && getComputedStyle(app).colorScheme === scheme
}"""
"""Whether the page has taken the theme that the system has."""


def faults(page: Page) -> list[str]:
    """What axe-core calls serious or critical, in words, with the element it is about."""
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]
