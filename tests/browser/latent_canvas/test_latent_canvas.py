"""The latent canvas in a real Chromium: what it decodes, by mouse, touch and keyboard, without a request."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.canvas import GRID, NEXT_FRAME, SPACE, Canvas, trained
from tests.support.servers import Server
from vaelab.data import load
from vaelab.models.codes import decode, embed

Open = Callable[..., Canvas]


@pytest.fixture
def open_canvas(page: Page, server: Server) -> Open:
    """Open a page with a canvas, and wait until it decodes."""

    def opened(path: str = "latent-space", **parameters: str) -> Canvas:
        address = "&".join(f"{name}={value}" for name, value in parameters.items())
        page.goto(f"{server.url}/{path}?{address}")
        return Canvas(page, SPACE if path == "latent-space" else GRID).wait()

    return opened


@pytest.mark.parametrize("name", ["vae-2d", "ae-2d", "conv-vae"])
def test_what_is_under_the_cursor_is_what_the_server_decodes_there(open_canvas: Open, name: str) -> None:
    canvas = open_canvas(run=name, layers="prior" if name != "ae-2d" else "density")
    for position in ((0.3, 0.3), (0.5, 0.6), (0.8, 0.45)):
        before = canvas.decodes()
        canvas.move(*position)
        canvas.wait_for_decode_after(before)
        expected = decode(trained(name).model, canvas.cursor()[None])[0, 0]
        assert np.abs(canvas.decoded() - expected).max() <= 1
    canvas.picture(f"canvas-{name}")


def test_moving_asks_nothing_of_the_server_and_codes_show_their_reconstruction(
    open_canvas: Open, page: Page
) -> None:
    canvas = open_canvas(run="vae-20d", layers="points,density,manifold")
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(
        "() => { const send = WebSocket.prototype.send; window.sent = 0;"
        " WebSocket.prototype.send = function (...args) { window.sent += 1; return send.apply(this, args) } }"
    )
    before = canvas.decodes()
    for step in range(40):
        canvas.move(0.2 + 0.015 * step, 0.3 + 0.01 * step)
    canvas.wait_for_decode_after(before + 5)
    assert (asked, page.evaluate("window.sent")) == ([], 0)
    # A code shows its image and its reconstruction.
    canvas.plane.focus()
    page.keyboard.press("n")
    expect(canvas.outer).to_have_attribute("data-snapped", re.compile(r"^\d+$"))
    index = int(canvas.note("snapped"))
    images, model = load("mnist").x_test[index : index + 1], trained("vae-20d").model
    expected = decode(model, embed(model, images).mean)[0, 0]
    assert np.abs(canvas.decoded() - expected).max() <= 1
    expect(canvas.words).to_contain_text(f"test image {index}")
    assert canvas.note("anchor") == str(index)
    expect(canvas.outer.locator(".vaelab-canvas-original")).to_be_visible()
    canvas.picture("canvas-code")


def test_another_run_s_codes_have_the_images_of_its_own_data_set(open_canvas: Open, page: Page) -> None:
    canvas = open_canvas(run="vae-2d")
    page.get_by_role("combobox", name="Run").click()
    page.get_by_role("option").filter(has_text="vae-2d-fashion").click()
    page.wait_for_url("**run=vae-2d-fashion**")
    canvas.wait_until("node.querySelector('.vaelab-canvas-legend').textContent.includes('Sandal')")
    canvas.plane.focus()
    page.keyboard.press("n")
    expect(canvas.outer.locator(".vaelab-canvas-original")).to_be_visible()
    index = int(canvas.note("snapped"))
    expected = load("fashion-mnist").x_test[index, 0].astype(int)
    assert np.array_equal(canvas.decoded(".vaelab-canvas-original"), expected)


def test_the_coordinates_that_a_plane_leaves_open_are_the_anchors(open_canvas: Open) -> None:
    canvas = open_canvas(run="vae-20d", plane="dimensions", x="3", y="7", anchor="5", layers="")
    canvas.move(0.35, 0.4)
    model = trained("vae-20d").model
    z = embed(model, load("mnist").x_test[5:6]).mean.copy()
    canvas.wait_until("node.dataset.snapped === '-1'")
    z[0, [2, 6]] = canvas.cursor()
    assert np.abs(canvas.decoded() - decode(model, z)[0, 0]).max() <= 1
    expect(canvas.words).to_contain_text("other 18 coordinates")
    expect(canvas.words).to_contain_text("test image 5")


def test_a_click_keeps_a_point_beside_the_codes_until_one_chooses_a_code(
    open_canvas: Open, page: Page
) -> None:
    canvas = open_canvas(run="vae-2d", range="chosen", range_x="-9,9", range_y="-9,9")
    canvas.move(0.15, 0.2)
    canvas.wait_until("node.dataset.snapped === '-1'")
    corner = canvas.cursor()
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url("**kept=**")
    kept = page.locator(".st-key-kept_point img")
    expect(kept).to_be_visible()
    source = kept.get_attribute("src")
    page.reload()
    expect(kept).to_have_attribute("src", source or "")
    values = re.search(r"kept=([-\d.]+)(?:%2C|,)([-\d.]+)", page.url)
    assert values is not None
    assert np.allclose([float(value) for value in values.groups()], corner, atol=1e-5)
    canvas.picture("canvas-kept-point")
    canvas.wait().move(0.5, 0.5)  # before codes are drawn the cursor takes to none
    expect(canvas.outer).to_have_attribute("data-snapped", re.compile(r"^\d+$"))
    index = canvas.note("snapped")
    page.mouse.down()
    page.mouse.up()
    expect(kept).to_be_hidden()
    page.wait_for_url(lambda url: f"anchor={index}" in url and not re.search("kept=[^&]", url))
    expect(page.get_by_role("spinbutton", name="Test image")).to_have_value(index)
    expect(page.locator(".st-key-neighbours img").first).to_be_visible()


def test_keys_move_zoom_and_choose(open_canvas: Open, page: Page) -> None:
    canvas = open_canvas(run="vae-2d")
    canvas.plane.focus()
    page.keyboard.press("ArrowRight")
    canvas.wait_until("node.dataset.snapped !== undefined")
    before = canvas.cursor()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    canvas.wait_until(f"Number(node.dataset.cursor.split(',')[0]) > {before[0]}")
    spoken = canvas.outer.locator(".vaelab-spoken")
    expect(spoken).to_contain_text("z1 =")
    page.evaluate(NEXT_FRAME)  # what is said of the last step is said when it is drawn
    page.keyboard.press("0")
    expect(spoken).to_have_text(re.compile("^Shown now: z1 from "))
    whole = spoken.inner_text()
    page.keyboard.press("+")
    expect(spoken).to_contain_text("Shown now: z1 from ")
    expect(spoken).not_to_have_text(whole)
    page.keyboard.press("0")
    expect(spoken).to_have_text(whole)
    page.keyboard.press("n")
    expect(canvas.outer).to_have_attribute("data-snapped", re.compile(r"^\d+$"))
    index = canvas.note("snapped")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**anchor={index}**")


def test_a_lasso_or_keys_choose_a_region_and_a_link_keeps_it(open_canvas: Open, page: Page) -> None:
    canvas = open_canvas(run="vae-2d")
    page.get_by_role("button", name="Choose a region").click()
    canvas.move(0.45, 0.45)
    page.mouse.down()
    for position in ((0.6, 0.45), (0.6, 0.6), (0.45, 0.6), (0.45, 0.47)):
        canvas.move(*position)
    page.mouse.up()
    heading = page.get_by_text("The chosen region", exact=False)
    expect(heading).to_be_visible()
    said = heading.inner_text()
    assert int(re.sub(r"\D", "", said)) > 0
    page.wait_for_url("**region=**")
    canvas.picture("canvas-region")
    page.reload()
    expect(page.get_by_text(said)).to_be_visible()
    page.get_by_role("button", name="Forget the region").click()
    expect(heading).to_have_count(0)
    # And by keys.
    canvas.wait().plane.focus()
    page.keyboard.press("l")
    page.keyboard.press("Enter")
    for key in ("ArrowRight", "ArrowDown"):
        for _ in range(5):
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        if key == "ArrowRight":  # a region without a height is none yet
            expect(page.get_by_text("Both corners lie on one line", exact=False)).to_be_attached()
    expect(heading).to_be_visible()


def test_the_wheel_zooms_where_the_cursor_is_and_dragging_moves(open_canvas: Open, page: Page) -> None:
    canvas = open_canvas(run="vae-2d", layers="prior")
    canvas.move(0.3, 0.35)
    canvas.wait_until("node.dataset.snapped === '-1'")
    before = canvas.cursor()
    page.mouse.wheel(0, -600)
    decodes = canvas.decodes()
    canvas.move(0.31, 0.35)
    canvas.wait_for_decode_after(decodes)
    step = canvas.cursor() - before
    assert 0 < step[0] < 0.2
    page.mouse.down()
    canvas.move(0.41, 0.35)
    page.mouse.up()
    decodes = canvas.decodes()
    canvas.move(0.42, 0.35)
    canvas.wait_for_decode_after(decodes)
    # What was dragged along is still under the hand, one step to the right.
    assert np.allclose(canvas.cursor(), before + 2 * step, atol=0.02)


def test_the_grid_decodes_between_its_images_and_keeps_a_point(open_canvas: Open, page: Page) -> None:
    canvas = open_canvas("latent-grid", run="vae-2d", n="12")
    canvas.move(0.4, 0.3)
    canvas.wait_until("node.dataset.cursor")
    decodes = canvas.decodes()
    canvas.move(0.62, 0.37)
    canvas.wait_for_decode_after(decodes)
    point, image = canvas.cursor(), canvas.decoded()
    assert np.abs(image - decode(trained("vae-2d").model, point[None])[0, 0]).max() <= 1
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url("**at=**")
    values = re.search(r"at=([-\d.]+)(?:%2C|,)([-\d.]+)", page.url)
    assert values is not None
    assert np.allclose([float(value) for value in values.groups()], point, atol=1e-5)
    canvas.picture("canvas-grid")


def test_a_finger_moves_the_cursor(browser: Browser, server: Server) -> None:
    context = browser.new_context(
        bypass_csp=True, viewport={"width": 390, "height": 900}, has_touch=True, color_scheme="dark"
    )
    page = context.new_page()
    page.goto(f"{server.url}/latent-space?run=ae-2d&layers=points")
    canvas = Canvas(page, SPACE).wait()
    before = canvas.decodes()
    box = canvas.plane.bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + 0.5 * box["width"], box["y"] + 0.4 * box["height"])
    canvas.wait_for_decode_after(before)
    page.wait_for_load_state("networkidle")
    canvas.picture("canvas-touch")
    context.close()


def test_ellipses_are_to_scale(page: Page, server: Server) -> None:
    """On the ellipse of a Gaussian the Mahalanobis distance is the radius."""
    page.goto(f"{server.url}/lab/components/latent_canvas/space.js")
    random = np.random.default_rng(0)
    for _ in range(5):
        factor = random.normal(size=(2, 2))
        covariance = factor @ factor.T + 1e-3 * np.eye(2)
        curve = page.evaluate(
            "async ([covariance, radius]) => (await import('/lab/components/latent_canvas/space.js'))"
            ".ellipse([5, -2], covariance, radius)",
            [[covariance[0, 0], covariance[0, 1], covariance[1, 1]], 2],
        )
        apart = np.array(curve) - [5, -2]
        distance = np.sqrt((apart @ np.linalg.inv(covariance) * apart).sum(1))
        np.testing.assert_allclose(distance, 2, rtol=1e-6)
        half_axes = 2 * np.sqrt(np.linalg.eigvalsh(covariance))
        assert np.linalg.norm(apart, axis=1).max() == pytest.approx(half_axes[1], rel=2e-3)


def test_where_no_codes_lie_is_a_hole(open_canvas: Open) -> None:
    canvas = open_canvas(run="ae-2d", layers="density", range="chosen", range_x="-50,50", range_y="-60,50")
    canvas.move(0.95, 0.1)
    canvas.wait_until("node.querySelector('.hole')")
    canvas.picture("canvas-hole")


def test_while_a_run_trains_its_newest_weights_decode(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/?epochs=300&train_size=12000")
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_url("**run=**")
    canvas = Canvas(page, "live_latent_canvas")
    canvas.wait_until("node.dataset.state === 'running' && Number(node.dataset.step) > 0")
    canvas.move(0.4, 0.4)
    canvas.wait_until("Number(node.dataset.decodes) > 0")
    before, seen = int(canvas.note("step")), canvas.decodes()
    canvas.wait_until(f"Number(node.dataset.step) > {before}")
    canvas.wait_for_decode_after(seen + 1)  # nobody has moved: these are new weights
    canvas.picture("canvas-live")
    page.get_by_role("button", name="Stop", exact=True).click()
    canvas.wait_until("node.dataset.state === 'stopped'")


def test_what_is_drawn_lies_on_the_plane_where_its_code_is(page: Page, server: Server) -> None:
    """The drawing comes with the link, so that the canvas may be there before the pad or after it."""
    from vaelab.data.drawing import image_of, text_of

    image = load("mnist").x_test[7]
    text = text_of(image)
    page.goto(f"{server.url}/reconstructions?run=vae-2d&show=draw&drawn={text}")
    canvas = Canvas(page, "draw_canvas")
    canvas.wait_until("node.dataset.drawn")
    drawn = [float(part) for part in canvas.note("drawn").split(",")]
    expected = embed(trained("vae-2d").model, image_of(text, image.shape)[None]).mean[0]
    assert np.allclose(drawn, expected, atol=1e-3)
    canvas.picture("canvas-drawn")


def test_a_drawing_can_be_an_end_of_an_interpolation(page: Page, server: Server) -> None:
    from vaelab.data.drawing import text_of

    text = text_of(load("mnist").x_test[7])
    page.goto(f"{server.url}/walks?run=vae-2d&walk=interpolate&drawn={text}&drawn_as=b")
    expect(page.get_by_text("B is your drawing", exact=False)).to_have_count(2)
