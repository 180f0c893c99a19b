"""What moves on a page, as Chromium sees it: all layout shifts from the first paint, also after a press."""

from __future__ import annotations

from playwright.sync_api import Page

SHIFTS = """
window.shifts = []
new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
        const moved = sources.map(({ node }) => node?.className ?? node?.parentElement?.className ?? "gone")
        shifts.push([value, String(moved)])
    }
}).observe({ type: "layout-shift", buffered: true })
"""
"""A script for every page: collects each move with the classes of what moved."""

MOST_SHIFT = 0.02
"""Largest sum of Chromium's layout-shift scores at which a page stands still."""


def check_nothing_moved(page: Page) -> None:
    """Hold that the page, opened with `SHIFTS`, has stood still since it was first seen."""
    shifts = page.evaluate("shifts")
    assert sum(value for value, _ in shifts) <= MOST_SHIFT, shifts
