"""Compare in a real Chromium: one cursor for all planes, and twins followed from the start to their end."""

from __future__ import annotations

import re
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.support.canvas import NEXT_FRAME, OUTPUT, Canvas, trained
from tests.support.servers import Server
from vaelab.data import load
from vaelab.models.codes import decode, embed
from vaelab.runs import Run

RUNS = ("vae-2d", "ae-2d", "vae-20d")
EMPTY = (0.2, 0.15)
"""Shares of the width and the height of the plane of `vae-2d`, where no code is near."""

SMALL = "train_size=3000&batch_size=64&hidden=64&epochs=6"

Open = Callable[..., list[Canvas]]


@pytest.fixture
def open_planes(page: Page, server: Server) -> Open:
    """Open the comparison of three runs, and wait until all of their planes decode."""

    def opened(**parameters: str) -> list[Canvas]:
        more = "".join(f"&{name}={value}" for name, value in parameters.items())
        page.goto(f"{server.url}/compare?runs={','.join(RUNS)}{more}")
        planes = [Canvas(page, f"compare_plane_{letter}").wait() for letter in "ABC"]
        planes[0].plane.scroll_into_view_if_needed()
        return planes

    return opened


def wait_for(canvas: Canvas, *, snapped: str, position: str) -> None:
    """Until a plane has drawn the cursor of another one."""
    canvas.wait_until(f"node.dataset.snapped === '{snapped}' && node.dataset.position === '{position}'")


def test_a_code_is_marked_in_every_plane_with_each_run_s_own_reconstruction(
    open_planes: Open, page: Page
) -> None:
    planes = open_planes()
    for hovered in (0, 1):  # whichever plane it is
        planes[hovered].plane.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("n")
        page.evaluate(NEXT_FRAME)  # until then it says what the cursor of the other plane has snapped to
        expect(planes[hovered].outer).to_have_attribute("data-snapped", re.compile(r"^\d+$"))
        index = planes[hovered].note("snapped")
        images = load("mnist").x_test[int(index) : int(index) + 1]
        for name, canvas in zip(RUNS, planes, strict=True):
            wait_for(canvas, snapped=index, position=planes[hovered].note("position"))
            model = trained(name).model
            expected = decode(model, embed(model, images).mean)[0, 0]
            assert np.abs(canvas.decoded() - expected).max() <= 1, name
            expect(canvas.words).to_contain_text(f"test image {index}")
    planes[0].picture("compare-code")


def test_between_the_codes_every_plane_decodes_the_same_relative_place_which_can_be_kept(
    open_planes: Open, page: Page
) -> None:
    vae, ae, vae_20 = open_planes()
    vae.move(*EMPTY)
    vae.wait_until("node.dataset.snapped === '-1'")
    position = vae.note("position")
    for canvas in (ae, vae_20):
        wait_for(canvas, snapped="-1", position=position)
    quantiles = np.array([NormalDist().cdf(coordinate) for coordinate in vae.cursor()])
    np.testing.assert_allclose([float(part) for part in position.split(",")], quantiles, rtol=1e-5)

    codes = embed(trained("ae-2d").model, load("mnist").x_test).mean
    low, high = codes.min(0), codes.max(0)
    np.testing.assert_allclose(ae.cursor(), low + quantiles * (high - low), rtol=1e-4)
    expected = decode(trained("ae-2d").model, ae.cursor()[None])[0, 0]
    assert np.abs(ae.decoded() - expected).max() <= 1
    # The plane of many dimensions goes through the prior's mean: there, its quantiles are the same numbers.
    np.testing.assert_allclose(vae_20.cursor(), vae.cursor(), atol=1e-4)
    vae.picture("compare-position")
    # A place that is chosen stays, and is in the link.
    vae.move(*EMPTY)
    vae.wait_until("node.dataset.snapped === '-1'")
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url(re.compile(r"place=[\d.e-]+%2C[\d.e-]+"))
    kept = vae.cursor()
    page.reload()
    vae.wait()
    ae.wait()
    vae.wait_until("node.dataset.snapped === '-1'")
    np.testing.assert_allclose(vae.cursor(), kept, atol=1e-3)
    ae.wait_until("node.dataset.snapped === '-1'")


def test_the_wheel_scrolls_the_long_page_and_zooms_with_ctrl(open_planes: Open, page: Page) -> None:
    plane = open_planes()[0]

    def seen() -> float:
        ends = []
        for across in (0.3, 0.7):
            decodes = plane.decodes()
            plane.move(across, 0.5)
            plane.wait_for_decode_after(decodes)
            ends.append(plane.cursor()[0])
        return float(ends[1] - ends[0])

    whole = seen()
    before = page.get_by_test_id("stMain").evaluate("main => main.scrollTop")
    page.mouse.wheel(0, 100)
    page.wait_for_function("before => document.querySelector('.stMain').scrollTop > before", arg=before)
    assert seen() == pytest.approx(whole, rel=0.1)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    assert seen() == pytest.approx(whole / 2, rel=0.2)


def test_moving_asks_nothing_of_the_server_and_leaving_ends_it_everywhere(
    open_planes: Open, page: Page
) -> None:
    planes = open_planes(anchor="7")
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(
        "() => { const send = WebSocket.prototype.send; window.sent = 0;"
        " WebSocket.prototype.send = function (...args) { window.sent += 1; return send.apply(this, args) } }"
    )
    before = planes[2].decodes()
    for step in range(40):
        planes[0].move(0.2 + 0.015 * step, 0.3 + 0.01 * step)
    planes[2].wait_for_decode_after(before + 5)
    assert (asked, page.evaluate("window.sent")) == ([], 0)
    page.mouse.move(0, 0)
    for canvas in planes:
        wait_for(canvas, snapped="7", position="")


def test_twins_train_side_by_side_and_are_compared_as_they_do(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/?{SMALL}")
    page.get_by_role("radio", name="both").click()
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_url("**/compare?runs=*")
    ids = page.evaluate("new URLSearchParams(location.search).get('runs').split(',')")
    runs = [Run(server.runs / run_id) for run_id in ids]
    assert [run.config.model for run in runs] == ["vae", "ae"]
    assert runs[0].config.variant(model="ae") == runs[1].config
    for letter in "AB":  # live, from previews
        page.wait_for_selector(
            f".st-key-compare_plane_{letter} .vaelab-canvas[data-state=running]", timeout=120_000
        )
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / "compare-live.png")
    page.wait_for_selector(".st-key-compare-grid-B img", timeout=120_000)
    assert [run.status().state for run in runs] == ["finished", "finished"]
    page.wait_for_selector(".st-key-compare-samples-A img")
    for letter in "AB":
        Canvas(page, f"compare_plane_{letter}").wait()
    shown = page.locator(".st-key-compare-settings")
    expect(shown.get_by_text("Finished")).to_have_count(2)
    Canvas(page, "compare_plane_A").picture("compare-twins")
