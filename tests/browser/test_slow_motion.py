"""Slow motion in a real browser: through all stages by keyboard, and back, without a fault."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.accessibility import faults, looks
from tests.support.servers import Server
from vaelab.config import PRESETS
from vaelab.ui.slow_motion.stages import stages_of

TITLES = [stage.title for stage in stages_of(PRESETS["vae-2d"].config)]


def press(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled()
    button.focus()
    page.keyboard.press("Enter")


def test_the_step_is_walked_through_by_keyboard(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.get_by_text("Slow motion: one training step").focus()
    page.get_by_text("Slow motion: one training step").click()
    panel = page.locator(".st-key-slow_motion")
    for number, title in enumerate(TITLES, 1):
        expect(panel.get_by_text(f"{number} of {len(TITLES)} · {title}")).to_be_visible()
        expect(panel.locator(".katex-display").first).to_be_visible()
        for look in looks(page):
            too_wide = "node => node.scrollWidth > node.clientWidth + 4"  # KaTeX's own rounding is 2
            assert not panel.locator(".katex-display").first.evaluate(too_wide), (
                f"{title}: the formula is cut off ({look})"
            )
        if number < len(TITLES):
            press(page, "Next")
    for look in looks(page):
        assert faults(page) == [], look
    for number, title in reversed(list(enumerate(TITLES[:-1], 1))):
        press(page, "Back")
        expect(panel.get_by_text(f"{number} of {len(TITLES)} · {title}")).to_be_visible()
    expect(page.get_by_role("button", name="Back", exact=True)).to_be_disabled()


def test_the_listing_can_be_read_and_taken_along(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.get_by_role("button", name="Show the code").click()
    expect(page.locator(".st-key-listing .token.keyword").first).to_be_visible()
    for look in looks(page):
        assert faults(page) == [], look
    for name, ending in (("Script", "vae_mnist.py"), ("Notebook", "vae_mnist.ipynb")):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        assert download.value.suggested_filename == ending
