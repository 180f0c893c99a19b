"""Every page: nothing on it moves while it appears, and axe-core finds no serious fault in any look."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.accessibility import faults, looks
from tests.support.servers import Server
from tests.support.shifts import SHIFTS, check_nothing_moved

PATIENCE = 30_000
"""Milliseconds to wait for what must come; the machine may be busy."""

PAGES = {
    "/": ".st-key-live-samples img",
    "/reconstructions": ".st-key-reconstructions img",
    "/reconstructions?run=vae-2d&show=draw": ".vaelab-draw[data-state=empty]",
    "/latent-space": ".st-key-latent-scatter .vaelab-canvas[data-decodes]",
    "/latent-grid": ".st-key-latent-grid .vaelab-canvas[data-decodes]",
    "/walks": ".st-key-walks img",
    "/walks?walk=interpolate&run=vae-20d": ".st-key-arithmetic img",
    "/walks?walk=sample": ".st-key-samples img",
    "/compare?runs=vae-2d,ae-2d,linear-ae,vae-2d-fashion": ".st-key-compare-grid-D img",
    "/sweep": ".st-key-sweep-results .main-svg",
    "/failures": ".st-key-failure-beta-100",
    "/lessons": ".st-key-lesson-card-6",
    "/lessons?lesson=4": ".st-key-lesson_densities .main-svg",
    "/glossary": ".st-key-glossary .katex-display",
    "/runs": ".st-key-runs-table",
}


@pytest.mark.parametrize("path", PAGES)
def test_nothing_moves_and_there_is_no_serious_fault(path: str, page: Page, server: Server) -> None:
    page.add_init_script(SHIFTS)
    page.goto(server.url + path)
    # The first visits of a server load PyTorch and compute what all visitors share, such as the PCA.
    page.wait_for_selector(PAGES[path], state="attached", timeout=4 * PATIENCE)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    check_nothing_moved(page)
    for look in looks(page):
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
        assert faults(page) == [], look
