"""Slow motion in a real browser: through all stages by keyboard, and back, without a fault."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.accessibility import faults
from tests.support.servers import Server
from vaelab.config import PRESETS
from vaelab.ui.slow_motion.stages import stages_of

TITLES = [stage.title for stage in stages_of(PRESETS["vae-2d"].config)]


def press(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled()
    button.focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_the_step_is_walked_through_by_keyboard(page: Page, server: Server, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(server.url)
    page.get_by_text("Slow motion: one training step").focus()
    page.get_by_text("Slow motion: one training step").click()
    panel = page.locator(".st-key-slow_motion")
    for number, title in enumerate(TITLES, 1):
        expect(panel.get_by_text(f"{number} of {len(TITLES)} · {title}")).to_be_visible()
        expect(panel.locator(".katex-display").first).to_be_visible()
        too_wide = "node => node.scrollWidth > node.clientWidth + 4"  # KaTeX's own rounding is 2
        assert not panel.locator(".katex-display").first.evaluate(too_wide), (
            f"{title}: the formula is cut off"
        )
        if number < len(TITLES):
            press(page, "Next")
    assert faults(page) == []
    for number, title in reversed(list(enumerate(TITLES[:-1], 1))):
        press(page, "Back")
        expect(panel.get_by_text(f"{number} of {len(TITLES)} · {title}")).to_be_visible()
    expect(page.get_by_role("button", name="Back", exact=True)).to_be_disabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_listing_can_be_read_and_taken_along(page: Page, server: Server, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(server.url)
    page.get_by_role("button", name="Show the code").click()
    expect(page.locator(".st-key-listing .token.keyword").first).to_be_visible()
    assert faults(page) == []
    for name, ending in (("Script", "vae_mnist.py"), ("Notebook", "vae_mnist.ipynb")):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        assert download.value.suggested_filename == ending
