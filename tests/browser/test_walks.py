"""Walks by mouse and by keyboard, with pictures of it in `output/` for a person to look at."""

from __future__ import annotations

import re

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.support.accessibility import looks
from tests.support.servers import Server
from vaelab.paths import PROJECT

OUTPUT = PROJECT / "tests" / "browser" / "output"


def open_walk(page: Page, server: Server, **parameters: str) -> None:
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    page.goto(f"{server.url}/walks?{query}")
    expect(page.get_by_role("heading", name="Walks", level=1)).to_be_visible()


def first_picture(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} img").first


def address(picture: Locator) -> str:
    """The picture itself, once it is there."""
    expect(picture).to_have_attribute("src", re.compile("^data:image/png"))
    return picture.get_attribute("src") or ""


def test_a_traversal_by_mouse(page: Page, server: Server) -> None:
    open_walk(page, server, run="vae-20d")
    strip = first_picture(page, "traversal")
    before = address(strip)
    expect(page.locator(".st-key-traversal .vaelab-sheet-band")).to_have_count(10)

    page.get_by_role("button", name="Random").click()
    page.wait_for_url("**anchor=**")
    expect(strip).not_to_have_attribute("src", before)

    page.get_by_role("radio", name="5", exact=True).click()
    page.wait_for_url("**steps=5**")
    expect(page.locator(".st-key-traversal .vaelab-sheet-columns span")).to_have_text(
        ["−3.0", "−1.5", "0.0", "1.5", "3.0"]
    )

    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download traversal-").click()
    assert waiting.value.suggested_filename == "traversal-vae-mnist-20-d-10-epochs-standard.png"
    assert Image.open(waiting.value.path()).size == (5 * 29 - 1, 10 * 29 - 1)

    page.get_by_role("radio", name="Interpolate").click()
    page.wait_for_url("**walk=interpolate**")
    expect(first_picture(page, "interpolation")).to_be_visible()
    expect(page.locator(".st-key-traversal")).to_have_count(0)


def test_a_traversal_by_keyboard(page: Page, server: Server) -> None:
    open_walk(page, server, run="vae-20d")
    strip = first_picture(page, "traversal")
    before = address(strip)

    anchor = page.get_by_role("spinbutton", name="Anchor")
    anchor.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**anchor=1&**")
    expect(strip).not_to_have_attribute("src", before)

    slider = page.get_by_role("slider", name="Dimensions shown")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**shown=11**")
    expect(page.locator(".st-key-traversal .vaelab-sheet-band")).to_have_count(11)

    page.get_by_role("radio", name="Traverse").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.wait_for_url("**walk=interpolate**")
    expect(first_picture(page, "interpolation")).to_be_visible()
    page.go_back()
    expect(page.locator(".st-key-traversal .vaelab-sheet-band")).to_have_count(11)


def test_strips_fit_the_page(page: Page, server: Server) -> None:
    OUTPUT.mkdir(exist_ok=True)
    for walk, keys in {"traverse": ["traversal"], "interpolate": ["interpolation", "arithmetic"],
                       "sample": ["samples"]}.items():  # fmt: skip
        open_walk(page, server, run="vae-20d", walk=walk)
        for key in keys:
            expect(first_picture(page, key)).to_be_visible()
        for look in looks(page):
            width = page.evaluate("window.innerWidth")
            for key in keys:
                box = first_picture(page, key).bounding_box()
                assert box is not None
                assert box["x"] >= 0
                assert box["x"] + box["width"] <= width, look
                columns = {"traversal": 11, "interpolation": 11, "arithmetic": 4, "samples": 10}[key]
                assert box["width"] / columns >= 28  # a pixel of an image has at least one of the screen
            page.screenshot(path=OUTPUT / f"walks-{walk}-{width}.png")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, look
