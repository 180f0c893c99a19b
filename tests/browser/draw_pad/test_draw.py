"""The draw pad in a real browser: by mouse, finger and keyboard, and what the model makes of it meanwhile."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.support.drawing import (
    OUTPUT,
    PAD,
    draw,
    heard,
    notice,
    open_pad,
    png,
    point,
    seen,
    wait_for,
    wait_for_server,
)
from tests.support.servers import Server
from vaelab.analysis.load import load_run
from vaelab.data import load
from vaelab.data.drawing import image_of, quantize, text_of
from vaelab.models.kinds.image import to_unit
from vaelab.paths import EXAMPLES

RUNS = EXAMPLES


def press(page: Page, name: str) -> None:
    page.locator(f".vaelab-draw button[name={name}]").click()


def shown_error(page: Page) -> float:
    """The squared error per pixel that the pad shows."""
    return float(page.locator("[data-part=numbers]").inner_text().split()[4])


def test_drawing_by_mouse_shows_what_the_server_knows_too(page: Page, server: Server) -> None:
    open_pad(page, server)
    draw(page)
    wait_for(page, "shown")
    wait_for_server(page)
    expect(page.locator(".st-key-drawn")).to_contain_text("test images")
    stranger = page.locator(".st-key-drawn").inner_text()
    # The server decodes to bytes before it compares.
    assert float(stranger.split("error per pixel is ")[1].split(",")[0]) == pytest.approx(
        shown_error(page), abs=2e-4
    )
    assert "8 of 8 are of class 7" in stranger


@pytest.mark.parametrize("run", ["vae-2d", "ae-2d", "conv-vae", "vae-20d"])
def test_the_posterior_is_that_of_the_servers_encoder(page: Page, server: Server, run: str) -> None:
    open_pad(page, server, run=run)
    draw(page)
    wait_for(page, "shown")
    detail = heard(page)[-1]
    assert detail["run"] == run
    model = load_run(RUNS / run).model
    pixels = np.rint(np.array(detail["pixels"]) * 255).astype(np.uint8).reshape(1, 1, 28, 28)
    posterior = model.encode(to_unit(pixels))
    np.testing.assert_allclose(detail["mean"], posterior.mean.detach().numpy()[0], rtol=1e-3, atol=1e-3)
    is_vae = posterior.logvar is not None
    assert (detail["logvar"] is not None) == is_vae
    expect(page.locator("[data-part=code] tbody tr")).to_have_count(2 if "2d" in run or "conv" in run else 0)
    expect(page.locator("[data-part=draws] canvas")).to_have_count(8 if is_vae else 0)


def test_pictures_and_posterior_follow_while_the_pen_is_down_without_a_request(
    page: Page, server: Server
) -> None:
    open_pad(page, server)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    # Streamlit's own connection, which no tool of the page can see: what goes over it is counted there.
    page.evaluate(
        """() => { window.sent = 0; const send = WebSocket.prototype.send
            WebSocket.prototype.send = function (...given) {
                window.sent += 1
                return send.apply(this, given)
            } }"""
    )
    draw(page, lift=False)
    wait_for(page, "shown")
    posteriors = [detail["mean"] for detail in heard(page) if detail["mean"]]
    assert len({tuple(mean) for mean in posteriors}) >= 3
    assert asked == []
    assert page.evaluate("window.sent") == 0
    page.mouse.up()
    wait_for_server(page)
    assert page.evaluate("window.sent") > 0


@pytest.fixture
def touch(browser: Browser) -> Iterator[Page]:
    """A phone."""
    context = browser.new_context(
        bypass_csp=True, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def test_drawing_by_finger_does_not_scroll_the_page(touch: Page, server: Server) -> None:
    open_pad(touch, server)
    touch.locator(PAD).scroll_into_view_if_needed()
    fingers = touch.context.new_cdp_session(touch)
    before = touch.locator(PAD).bounding_box()
    positions = [point(touch, 0.5, down) for down in np.linspace(0.8, 0.2, 12)]
    for kind, (x, y) in zip(["touchStart", *["touchMove"] * 11], positions, strict=True):
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    wait_for(touch, "shown")
    assert touch.locator(PAD).bounding_box() == before
    image = seen(touch)
    assert np.ptp(np.nonzero(image)[0]) == 19  # an upright line
    assert np.ptp(np.nonzero(image)[1]) < 5
    wait_for_server(touch)


def test_drawing_by_keyboard_alone(page: Page, server: Server) -> None:
    open_pad(page, server)
    page.locator(PAD).focus()
    page.keyboard.press("ArrowLeft")
    assert heard(page) == [] or heard(page)[-1]["pixels"] is None  # the pen is up
    page.keyboard.press("Space")
    expect(page.locator("[data-part=spoken]")).to_have_text("Pen down")
    for _ in range(8):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("[data-part=spoken]")).to_have_text("Pen up")
    wait_for(page, "shown")
    image = seen(page)
    assert np.ptp(np.nonzero(image)[0]) == 19
    assert np.ptp(np.nonzero(image)[1]) < 6
    page.keyboard.press("ArrowRight")
    np.testing.assert_array_equal(seen(page), image)
    for name in ("brush", "undo", "clear", "upload", "paste"):  # all of it is reached by Tab
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == name


def test_undo_takes_back_step_by_step_and_clear_too(page: Page, server: Server) -> None:
    open_pad(page, server)
    draw(page)
    wait_for(page, "shown")
    first = seen(page)
    draw(page, [(0.3, 0.55), (0.75, 0.55)])
    page.wait_for_function("(count) => window.heard.length > count", arg=len(heard(page)) - 1)
    wait_for(page, "shown")
    wait_for_server(page)
    second = seen(page)
    assert np.abs(second - first).max() > 0.5
    press(page, "clear")
    wait_for(page, "empty")
    assert heard(page)[-1]["mean"] is None
    wait_for_server(page, nothing=True)
    press(page, "undo")
    wait_for(page, "shown")
    np.testing.assert_array_equal(seen(page), second)
    page.locator(PAD).focus()
    page.keyboard.press("Control+z")
    page.wait_for_function(
        "(image) => window.heard.at(-1).pixels?.every((value, index) => value === image[index])",
        arg=first.ravel().astype(np.float32).tolist(),
    )
    page.keyboard.press("Control+z")
    wait_for(page, "empty")
    page.keyboard.press("Control+z")  # nothing is left, and nothing happens
    wait_for_server(page, nothing=True)
    wait_for(page, "empty")


def test_a_wider_brush_draws_a_wider_stroke(page: Page, server: Server) -> None:
    open_pad(page, server)
    widths = []
    for size in ("1", "5"):
        page.locator("[name=brush]").fill(size)
        draw(page, [(0.5, 0.2), (0.5, 0.8)])
        wait_for(page, "shown")
        widths.append((seen(page) > 0.5).sum(1).max())
        press(page, "clear")
        wait_for(page, "empty")
    assert widths[1] > 2 * widths[0]


def test_a_link_shows_the_same_and_back_shows_what_was(page: Page, server: Server) -> None:
    open_pad(page, server)
    draw(page)
    wait_for_server(page)
    wait_for(page, "shown")
    image, error, address = seen(page), shown_error(page), page.url
    press(page, "clear")
    wait_for_server(page, nothing=True)
    page.go_back()
    wait_for(page, "shown")
    np.testing.assert_array_equal(seen(page), image)
    other = page.context.new_page()
    other.goto(address)
    wait_for(other, "shown")
    wait_for_server(other)
    assert shown_error(other) == error
    held = image_of(address.split("drawn=")[1].split("&")[0], (1, 28, 28))
    np.testing.assert_allclose(held[0] / 255, image, atol=1e-6)


def test_one_can_go_on_drawing_on_what_a_link_shows(page: Page, server: Server) -> None:
    drawn = quantize(np.asarray(load("mnist").x_test[2]))
    open_pad(page, server, drawn=text_of(drawn))
    np.testing.assert_allclose(seen(page), drawn[0] / 255, atol=1e-6)
    before = seen(page).sum()
    draw(page, [(0.3, 0.5), (0.7, 0.5)])
    page.wait_for_function(
        "(before) => window.heard.at(-1).pixels.reduce((sum, value) => sum + value) > before + 10",
        arg=float(before),
    )


COPY = """async (content) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
    const item = new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) })
    await navigator.clipboard.write([item])
}"""


DROP = """(content) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([bytes], "digit.png", { type: "image/png" }))
    const pad = document.querySelector(".vaelab-draw-pad")
    for (const name of ["dragover", "drop"])
        pad.dispatchEvent(new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true }))
}"""


def paste(page: Page, way: str) -> None:
    if way == "button":
        press(page, "paste")
    else:
        page.locator(PAD).focus()
        page.keyboard.press("Control+v")


def test_an_image_is_pasted_or_dropped(page: Page, server: Server) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    open_pad(page, server)
    image = np.asarray(load("mnist").x_test[4, 0])
    content = base64.b64encode(png(image)).decode()
    page.evaluate(COPY, content)
    for way in ("key", "button", "drop"):
        if way == "drop":
            page.evaluate(DROP, content)
        else:
            paste(page, way)
        wait_for(page, "shown")
        np.testing.assert_allclose(seen(page), np.rint(image / 17) / 15, atol=1e-6)
        assert "28 × 28 pixels" in notice(page)
        press(page, "clear")
        wait_for(page, "empty")


def test_pasting_what_is_no_image_gets_a_sentence(page: Page, server: Server) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    open_pad(page, server)
    page.evaluate("navigator.clipboard.writeText('seven')")
    for way in ("key", "button"):
        paste(page, way)
        assert "no image on the clipboard" in notice(page)
        press(page, "clear")
        expect(page.locator(".vaelab-draw-notice")).to_be_empty()
    # Without leave to read the clipboard, the button says how.
    page.evaluate("() => { navigator.clipboard.read = () => Promise.reject(new DOMException('no')) }")
    paste(page, "button")
    assert "press Ctrl+V" in notice(page)


def test_another_run_takes_the_drawing_over(page: Page, server: Server) -> None:
    open_pad(page, server)
    draw(page)
    wait_for_server(page)
    wait_for(page, "shown")
    image = seen(page)
    page.get_by_role("combobox", name="Run").click()
    page.get_by_role("option", name="example ae-2d").click()
    page.wait_for_function("window.heard.at(-1).run === 'ae-2d'")
    np.testing.assert_array_equal(seen(page), image)
    expect(page.locator("[data-part=draws]")).to_be_hidden()


def test_a_model_that_cannot_be_loaded_gets_a_sentence(page: Page, server: Server) -> None:
    page.route("**/lab/runs/**/encoder", lambda route: route.abort())
    page.goto(f"{server.url}/reconstructions?run=vae-2d&show=draw")
    wait_for(page, "failed")
    assert "could not be loaded; reload the page" in notice(page)


@pytest.mark.parametrize(
    ("run", "scheme", "width"),
    [("vae-20d", "light", 1440), ("ae-2d", "dark", 390), ("vae-2d-fashion", "dark", 1440)],
)
def test_pictures_for_a_person(page: Page, server: Server, run: str, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 1250})
    open_pad(page, server, run=run)
    if run == "vae-2d-fashion":  # a T-shirt
        page.locator("[name=brush]").fill("5")
        draw(page, [(0.25, 0.3), (0.75, 0.3)])
        for across in (0.4, 0.5, 0.6):
            draw(page, [(across, 0.3), (across, 0.85)])
    else:
        draw(page)
    wait_for_server(page)
    wait_for(page, "shown")
    page.wait_for_selector(".st-key-neighbours img", state="attached")
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
    OUTPUT.mkdir(exist_ok=True)
    page.mouse.move(0, 0)
    page.screenshot(path=OUTPUT / f"draw-{run}-{scheme}-{width}.png")


@pytest.mark.parametrize(("run", "size"), [("vae-2d", (8 * 30 - 2, 58)), ("ae-2d", (3 * 30 - 2, 28))])
def test_what_the_model_makes_of_it_is_saved_as_one_picture(
    page: Page, server: Server, run: str, size: tuple[int, int]
) -> None:
    open_pad(page, server, run=run)
    save = page.get_by_role("button", name=re.compile("^Download drawing-"))
    expect(save).to_have_count(0)  # nothing is drawn
    draw(page)
    wait_for(page, "shown")
    with page.expect_download() as waiting:
        save.press("Enter")
    picture = np.asarray(Image.open(waiting.value.path()).convert("L")).astype(int)
    assert picture.shape == size[::-1]
    assert (
        np.abs(picture[:28, :28] - np.rint(255 * np.array(heard(page)[-1]["pixels"])).reshape(28, 28)).max()
        <= 1
    )
