"""Renew the pictures of the README from the running app: `make screenshots`.

A run is trained on the Train page and pictured while it learns, then every page shows it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.servers import CHROMIUM_FLAGS, find_chromium, start, wait_until_healthy
from tests.support.top_bar import follow
from vaelab.paths import ASSETS

PICTURES = ASSETS / "screenshots"
VIEW = ".st-key-losses [data-state]"
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
    page = browser.new_context(bypass_csp=True, viewport={"width": 1440, "height": 900}).new_page()
    page.goto(url)
    page.wait_for_selector(f"{VIEW} .main-svg", state="attached")
    page.get_by_role("button", name="Train", exact=True).click()
    page.mouse.move(0, 0)
    page.wait_for_function(
        f"() => {{ const {{ state, step }} = document.querySelector('{VIEW}')?.dataset ?? {{}};"
        " return state === 'running' && Number(step) > 1200 }",
        timeout=300_000,
    )
    _picture(page, "train", whole=False)
    page.wait_for_function(f"document.querySelector('{VIEW}').dataset.state === 'finished'", timeout=300_000)
    for name, drawn in EXPLORE.items():
        follow(page, name)
        page.wait_for_selector(drawn, state="attached")
        page.wait_for_load_state("networkidle")
        _picture(page, name.lower().replace(" ", "-"), whole=True)


def _picture(page: Page, name: str, *, whole: bool) -> None:
    """Photograph the page; all of it, by a window as high as what it shows."""
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") if whole else 900
    page.set_viewport_size({"width": 1440, "height": max(900, min(height, 1500))})
    page.wait_for_timeout(1000)  # for a person to look at: charts have then taken their new size
    page.screenshot(path=PICTURES / f"{name}.png")
    page.set_viewport_size({"width": 1440, "height": 900})


if __name__ == "__main__":
    main()
