"""Hands on the latent canvas in a real Chromium: keys after the view has moved, two fingers, rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.canvas import NEXT_FRAME, SPACE, Canvas
from tests.support.exploring import make_run
from tests.support.servers import Server
from vaelab.analysis.load import load_run
from vaelab.config import RunConfig
from vaelab.data import load
from vaelab.models.codes import embed


def test_keys_go_on_from_the_cursor_after_the_view_has_moved(page: Page, server: Server) -> None:
    """A step right changes the first coordinate alone, by the same number of pixels at any zoom."""
    page.goto(f"{server.url}/latent-space?run=vae-2d&layers=prior")
    canvas = Canvas(page, SPACE).wait()
    canvas.plane.focus()

    def press(*keys: str) -> np.ndarray:
        for key in keys:
            page.keyboard.press(key)
        page.evaluate(NEXT_FRAME)
        return canvas.cursor()

    start = press("ArrowRight")
    step = press("ArrowRight") - start
    page.get_by_role(
        "button", name="Zoom in"
    ).click()  # about the middle, so that the cursor moves on the screen
    canvas.plane.focus()
    before = start + step
    assert np.allclose(press("ArrowRight"), before + step / 1.5, atol=1e-5)
    page.get_by_role("button", name="Show everything").click()
    canvas.plane.focus()
    assert np.allclose(press("ArrowRight"), before + step / 1.5 + step, atol=1e-5)
    # They take the cursor beyond what is seen.
    start = press("ArrowUp")
    step = press("ArrowUp") - start
    assert np.allclose(press(*["ArrowUp"] * 40), start + 41 * step, atol=1e-4)


def hand_on(canvas: Canvas) -> Callable[..., None]:
    """What sends a touch event with the positions of all fingers: shares of the canvas's width and height."""
    box = canvas.plane.bounding_box()
    assert box is not None
    devtools = canvas.page.context.new_cdp_session(canvas.page)

    def touch(kind: str, *fingers: tuple[float, float]) -> None:
        points = [
            {"x": box["x"] + across * box["width"], "y": box["y"] + down * box["height"], "id": finger}
            for finger, (across, down) in enumerate(fingers)
        ]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return touch


@pytest.fixture
def telephone(browser: Browser, server: Server) -> Iterator[Canvas]:
    """The canvas of the page Latent space on a narrow screen that is touched."""
    context = browser.new_context(bypass_csp=True, viewport={"width": 390, "height": 900}, has_touch=True)
    page = context.new_page()
    page.goto(f"{server.url}/latent-space?run=vae-2d&layers=prior")
    canvas = Canvas(page, SPACE).wait()
    canvas.plane.scroll_into_view_if_needed()
    yield canvas
    context.close()


def test_a_finger_draws_round_a_region(telephone: Canvas) -> None:
    page = telephone.page
    page.get_by_role("button", name="Choose a region").tap()
    touch = hand_on(telephone)
    touch("touchStart", (0.4, 0.4))
    for position in ((0.7, 0.4), (0.7, 0.6), (0.4, 0.6)):
        touch("touchMove", position)
    touch("touchEnd")
    page.wait_for_url("**region=**")
    expect(page.get_by_text("The chosen region", exact=False)).to_be_visible()


def test_two_fingers_keep_what_is_under_each(telephone: Canvas) -> None:
    """They zoom about their middle and move the plane along, however large their steps are."""
    touch = hand_on(telephone)

    def under(finger: tuple[float, float]) -> np.ndarray:
        touch("touchStart", finger)
        telephone.page.evaluate(NEXT_FRAME)
        touch("touchEnd")
        return telephone.cursor()

    before, after = ((0.4, 0.45), (0.6, 0.45)), ((0.3, 0.5), (0.8, 0.5))
    held = [under(finger) for finger in before]
    touch("touchStart", before[0])
    touch("touchStart", *before)
    touch("touchMove", *after)
    touch("touchEnd")
    now = [under(finger) for finger in after]
    assert np.allclose(now, held, atol=0.05)
    telephone.picture("canvas-pinch")


def test_in_one_dimension_a_region_is_what_lies_between_two_values(page: Page, server: Server) -> None:
    run = make_run(server.runs, RunConfig(latent_dim=1, hidden="16"))
    page.goto(f"{server.url}/latent-space?run={run.id}")
    canvas = Canvas(page, SPACE).wait()
    page.get_by_role("button", name="Choose a region").click()
    canvas.move(0.4, 0.3)
    page.mouse.down()
    for position in ((0.6, 0.3), (0.6, 0.4), (0.4, 0.4)):
        canvas.move(*position)
    page.mouse.up()
    heading = page.get_by_text("The chosen region", exact=False)
    expect(heading).to_be_visible()
    page.wait_for_url("**region=**")
    (wanted,) = parse_qs(urlsplit(page.url).query)["region"]
    ends = [float(corner.split(",")[0]) for corner in wanted.split(";")]
    codes = embed(load_run(run).model, load("mnist").x_test).mean[:, 0]
    counted = int(re.sub(r"\D", "", heading.inner_text()))
    # The link has four digits of each end.
    assert counted == pytest.approx(((codes > min(ends)) & (codes < max(ends))).sum(), abs=20)
    assert counted > 100
