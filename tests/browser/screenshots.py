"""Renew the pictures of the README from the running app: `make screenshots`.

A run is trained on the Train page and pictured while it learns, then every page shows it. On other screens
and in the dark Train is pictured with runs of its own.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.support.servers import CHROMIUM_FLAGS, find_chromium, start, wait_until_healthy
from tests.support.top_bar import follow
from vaelab.paths import ASSETS

PICTURES = ASSETS / "screenshots"
VIEW = ".st-key-losses [data-state]"
SCREEN = ViewportSize(width=1440, height=900)
OTHERS: dict[str, dict[str, Any]] = {
    "train-laptop": {"viewport": ViewportSize(width=1366, height=650)},
    "train-phone": {"viewport": ViewportSize(width=390, height=844), "has_touch": True},
    "train-dark": {"viewport": SCREEN, "color_scheme": "dark"},
}
"""Further pictures of Train while it trains, and how the browser of each differs."""
EXPLORE = {
    "Reconstructions": ".st-key-reconstructions img",
    "Latent space": ".st-key-latent-scatter .vaelab-canvas[data-decodes]",
    "Latent grid": ".st-key-latent-grid .vaelab-canvas[data-decodes]",
    "Walks": ".st-key-walks img",
    "Compare": ".st-key-compare-grid-B img",
    "Sweep": ".st-key-sweep-results .main-svg",
}


def main() -> None:
    """Write the pictures into `assets/screenshots/`."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit("There is no Chromium on this machine; install one, or name it in CHROMIUM.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = start(Path(folder))
        try:
            wait_until_healthy(server)
            browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
            _picture_everything(browser, server.url)
        finally:
            server.stop()


def _picture_everything(browser: Browser, url: str) -> None:
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    page = _trained_for_a_while(browser, url, viewport=SCREEN)
    _picture(page, "train", whole=False)
    _wait_for_state(page, "finished")
    for name, drawn in EXPLORE.items():
        follow(page, name)
        page.wait_for_selector(drawn, state="attached")
        page.wait_for_load_state("networkidle")
        _picture(page, name.lower().replace(" ", "-"), whole=True)
    for name, looks in OTHERS.items():
        page = _trained_for_a_while(browser, url, **looks)
        _point_below_the_centre(page)
        _picture(page, name, whole=False)
        page.get_by_role("button", name="Stop", exact=True).click()  # or the next run would wait for it
        _wait_for_state(page, "stopped")
        page.context.close()


def _trained_for_a_while(browser: Browser, url: str, **looks: Any) -> Page:
    """The page of a new visitor, on which a run trains for some seconds already."""
    page = browser.new_context(bypass_csp=True, **looks).new_page()
    page.goto(url)
    page.wait_for_selector(f"{VIEW} .main-svg", state="attached")
    page.get_by_role("button", name="Train", exact=True).click()
    page.mouse.move(0, 0)
    page.wait_for_function(
        f"() => {{ const {{ state, step }} = document.querySelector('{VIEW}')?.dataset ?? {{}};"
        " return state === 'running' && Number(step) > 1200 }",
        timeout=300_000,
    )
    return page


def _point_below_the_centre(page: Page) -> None:
    """Point where the codes of one class lie alone, so that the decoder draws something there."""
    plane = page.locator(".st-key-live-latent .vaelab-canvas-plane")
    box = plane.bounding_box()
    assert box is not None
    plane.hover(position={"x": 0.56 * box["width"], "y": 0.63 * box["height"]})


def _wait_for_state(page: Page, state: str) -> None:
    page.wait_for_function(f"document.querySelector('{VIEW}').dataset.state === '{state}'", timeout=300_000)


def _picture(page: Page, name: str, *, whole: bool) -> None:
    """Photograph the page; all of it, by a window as high as what it shows."""
    if whole:
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({**SCREEN, "height": max(SCREEN["height"], min(height, 1500))})
    page.wait_for_timeout(1000)  # for a person to look at: charts have then taken their new size
    taken = page.screenshot()
    while whole and taken != (again := _a_second_later(page)):  # a grid is decoded piece by piece
        taken = again
    (PICTURES / f"{name}.png").write_bytes(taken)
    if whole:
        page.set_viewport_size(SCREEN)


def _a_second_later(page: Page) -> bytes:
    page.wait_for_timeout(1000)
    return page.screenshot()


if __name__ == "__main__":
    main()
