"""The stage: all of Train is in view on a screen, on a tablet after a scroll, and nothing moves meanwhile.

The smallest screen is a school's laptop, with a window of 1366 by 650 pixels: what a browser leaves of 768.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Browser, FloatRect, Page, ViewportSize

from tests.support.letters import CUT_OFF, SMALL_LETTERS
from tests.support.servers import Server
from tests.support.shifts import SHIFTS, check_nothing_moved
from tests.support.top_bar import BAR
from tests.support.train_page import open_recipe, press, stop_if_active, wait_for_state, wait_for_step_after

LAPTOP = ViewportSize(width=1366, height=650)
PHONE = ViewportSize(width=390, height=844)

PARTS = (
    "dials",
    "controls",
    "outcome",
    "verdict",
    "live-latent",
    "live-losses",
    "live-reconstructions",
    "live-samples",
)
"""What belongs in view, by the keys of their containers."""

DRAWN = (
    ".st-key-live-latent .vaelab-canvas[data-state]",
    ".st-key-losses .main-svg",
    ".st-key-live-samples img",
)
"""What the page draws last."""

RECIPE = {"train_size": "20000", "epochs": "500"}
"""Trains until it is stopped, on a fast machine and on a slow one."""

SCROLLED = """(part) => [part, ...part.querySelectorAll("*")].filter((element) => {
    const scrolls = /auto|scroll/.test(getComputedStyle(element).overflowY)
    return scrolls && element.scrollHeight > element.clientHeight
}).map((element) => element.className)"""
"""A function of an element: what in it has a scrollbar of its own."""


def rectangles(page: Page) -> dict[str, FloatRect]:
    """Where the parts are."""
    found = {name: page.locator(f".st-key-{name}").bounding_box() for name in PARTS}
    assert None not in found.values(), found
    return found  # type: ignore[return-value]


def farthest(before: dict[str, FloatRect], after: dict[str, FloatRect]) -> tuple[float, str]:
    """How far a side of a part has moved at most, and of which."""
    return max(
        (abs(before[name][side] - after[name][side]), f"{side} of {name}")
        for name in PARTS
        for side in ("x", "y", "width", "height")
    )


def inner_width(page: Page, pictures: str, columns: int) -> float:
    """Pixels of an image in a row of so many."""
    width: float = page.locator(f".st-key-{pictures} img").evaluate("(image) => image.clientWidth")
    return width / columns


def check_screen(page: Page, window: ViewportSize = LAPTOP, screens: int = 1) -> dict[str, FloatRect]:
    """All parts are in view, large enough, and free of each other, of small letters and of scrollbars.

    Waits until they are drawn; returns where they are.

    Parameters
    ----------
    screens: how many windows below each other show all of them.
    """
    for drawn in DRAWN:
        page.wait_for_selector(drawn)
    parts = rectangles(page)
    bar = page.locator(BAR).bounding_box()
    assert bar is not None
    for name, part in parts.items():
        assert part["x"] >= 0, name
        assert part["y"] >= bar["y"] + bar["height"], name
        assert part["x"] + part["width"] <= window["width"], name
        assert part["y"] + part["height"] <= screens * window["height"], name
    for (one, here), (other, there) in combinations(parts.items(), 2):
        apart = (
            max(here["x"], there["x"]) >= min(here["x"] + here["width"], there["x"] + there["width"])
            or max(here["y"], there["y"]) >= min(here["y"] + here["height"], there["y"] + there["height"])
        )  # fmt: skip
        assert apart, f"{one} lies over {other}"
    plane = page.locator(".st-key-live-latent .vaelab-canvas-plane").bounding_box()
    chart = page.locator(".st-key-losses .js-plotly-plot").bounding_box()
    assert plane is not None
    assert chart is not None
    assert min(plane["width"], plane["height"]) >= 340, plane
    assert chart["width"] >= (420 if screens == 1 else 340), chart
    assert chart["height"] >= 180, chart
    assert inner_width(page, "live-reconstructions", 10) >= 28
    assert inner_width(page, "live-samples", 8) >= 28
    for area in (".st-key-stage-bar", ".st-key-stage-views", ".st-key-dials", BAR):
        assert page.locator(area).evaluate(SMALL_LETTERS, 12) == []
        assert page.locator(area).evaluate(SCROLLED) == []
    for name in PARTS:
        assert page.locator(f".st-key-{name}").evaluate(CUT_OFF) == [], name
    return parts


@pytest.fixture
def laptop(page: Page, server: Server) -> Any:
    """A visitor's page at the size of a school's laptop, which records every move."""
    page.set_viewport_size(LAPTOP)
    page.add_init_script(SHIFTS)
    yield page
    stop_if_active(page, server)


def test_everything_is_in_view_and_stays_where_it_is_from_the_first_paint_to_the_end(
    laptop: Page, server: Server
) -> None:
    page = laptop
    open_recipe(page, server, **RECIPE)
    before = check_screen(page)
    press(page, "Train")
    wait_for_state(page, "running")
    wait_for_step_after(page, 0)
    during = check_screen(page)
    press(page, "Stop")
    wait_for_state(page, "stopped")
    page.wait_for_selector(".st-key-ended img")
    after = check_screen(page)
    assert farthest(before, during) < (2, "")
    assert farthest(before, after) < (2, "")
    check_nothing_moved(page)


def test_the_first_page_of_a_newcomer_is_in_view(laptop: Page, server: Server) -> None:
    laptop.goto(server.url)
    laptop.wait_for_selector(".st-key-watch_one button")
    check_screen(laptop)


@pytest.mark.parametrize(
    ("width", "height", "screens"), [(768, 1024, 2), (1024, 768, 2), (1440, 900, 1), (1920, 1080, 1)]
)
def test_a_tablet_needs_one_scroll_and_a_larger_screen_shows_all_larger(
    page: Page, server: Server, width: int, height: int, screens: int
) -> None:
    window = ViewportSize(width=width, height=height)
    page.set_viewport_size(window)
    page.add_init_script(SHIFTS)
    page.goto(server.url)
    parts = check_screen(page, window, screens)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    check_nothing_moved(page)
    if screens == 1:
        page.set_viewport_size(LAPTOP)
        page.goto(server.url)
        for name, smaller in check_screen(page).items():
            if name.startswith("live-"):
                larger = parts[name]
                assert larger["width"] * larger["height"] > smaller["width"] * smaller["height"], name


def test_on_a_phone_picture_dial_and_button_are_in_one_view(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, bypass_csp=True)
    page = context.new_page()
    open_recipe(page, server)
    page.wait_for_selector(DRAWN[0])

    def box(selector: str) -> FloatRect:
        rectangle = page.locator(selector).bounding_box()
        assert rectangle is not None
        return rectangle

    views = box(".st-key-stage-views")
    plane, beta, train = box(".vaelab-canvas-plane"), box(".st-key-dial_beta"), box(".st-key-train")
    assert plane["y"] + plane["height"] <= min(beta["y"], train["y"])
    assert views["y"] + views["height"] + 32 <= min(beta["y"], train["y"]), (
        "with the names to press below them"
    )
    assert plane["width"] >= 0.8 * PHONE["width"]
    for below in (beta, train):
        assert below["y"] + below["height"] <= PHONE["height"]
        assert below["y"] > 0.85 * PHONE["height"]
    assert beta["y"] + beta["height"] <= train["y"]
    for button in ("train", "pause", "epoch", "stop"):
        assert box(f".st-key-{button}")["height"] >= 44, "a finger's"
    main = page.get_by_test_id("stMain")
    assert main.evaluate("(main) => { main.scrollTo(0, 400); return main.scrollTop }") > 0
    assert (box(".st-key-dial_beta"), box(".st-key-train")) == (beta, train), "they stay at the bottom"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()
