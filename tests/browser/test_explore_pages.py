"""The Explore pages fill the window with what they show, and nothing on them covers or moves another."""

from __future__ import annotations

from itertools import combinations

import pytest
from playwright.sync_api import FloatRect, Locator, Page, ViewportSize, expect

from tests.support.canvas import GRID, KEEP_BOXES, NEXT_FRAME, SPACE, Canvas
from tests.support.servers import Server

LAPTOP = ViewportSize(width=1366, height=650)
"""What a browser leaves of a school laptop's screen of 1366 by 768."""

# Keeps of every canvas which rectangles were outlined since it was cleared, and which texts were written.
KEEP_RECTANGLES = """() => {
    const own = CanvasRenderingContext2D.prototype
    const { clearRect, strokeRect, fillText } = own
    own.clearRect = function (...args) { this.canvas.outlined = []; return clearRect.apply(this, args) }
    own.strokeRect = function (...args) {
        this.canvas.outlined.push([...args, []])
        return strokeRect.apply(this, args)
    }
    own.fillText = function (text, x, y) {
        this.canvas.outlined.at(-1)?.[4].push(this.measureText(text).width)
        return fillText.call(this, text, x, y)
    }
}"""


def box_of(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box is not None
    return box


def are_apart(one: FloatRect, other: FloatRect) -> bool:
    return (
        one["x"] + one["width"] <= other["x"] + 0.5
        or other["x"] + other["width"] <= one["x"] + 0.5
        or one["y"] + one["height"] <= other["y"] + 0.5
        or other["y"] + other["height"] <= one["y"] + 0.5
    )


@pytest.mark.parametrize(("path", "key"), [("latent-space", SPACE), ("latent-grid", GRID)])
def test_the_plane_fills_the_window_below_one_row(page: Page, server: Server, path: str, key: str) -> None:
    page.set_viewport_size(LAPTOP)
    page.goto(f"{server.url}/{path}?run=vae-2d")
    canvas = Canvas(page, key).wait()
    plane, legend = box_of(canvas.plane), box_of(canvas.outer.locator(".vaelab-canvas-legend"))
    assert legend["y"] + legend["height"] <= LAPTOP["height"]
    assert legend["y"] + legend["height"] - plane["y"] >= 0.7 * LAPTOP["height"]
    assert page.locator(".st-key-opened").evaluate("(node) => node.clientHeight") <= 60
    parts = ["picked_run", "rewind_play", "view_step", "rewind_words", "rewind_losses"]
    boxes = [box_of(page.locator(f".st-key-{part}")) for part in parts]
    boxes += [plane, legend, box_of(canvas.outer.locator(".vaelab-canvas-panel"))]
    boxes += [
        box_of(canvas.outer.locator(".vaelab-canvas-tools")),
        box_of(page.locator(".st-key-beside-plane")),
    ]
    assert all(are_apart(one, other) for one, other in combinations(boxes, 2))


def test_while_one_draws_all_that_follows_the_pen_is_in_view(page: Page, server: Server) -> None:
    page.set_viewport_size(LAPTOP)
    page.goto(f"{server.url}/reconstructions?show=draw&run=vae-2d")
    Canvas(page, "draw_canvas").wait()
    pad = box_of(page.locator(".vaelab-draw-pad"))
    page.mouse.move(pad["x"] + 0.3 * pad["width"], pad["y"] + 0.3 * pad["height"])
    page.mouse.down()
    page.mouse.move(pad["x"] + 0.6 * pad["width"], pad["y"] + 0.8 * pad["height"], steps=5)
    expect(page.locator(".vaelab-draw-draws canvas")).to_have_count(8)
    parts = [page.locator(f".vaelab-draw [data-part={name}]") for name in ("seen", "reconstruction", "error")]
    parts += [page.locator(".vaelab-draw-pad"), page.locator(".st-key-draw_canvas .vaelab-canvas-plane")]
    boxes = [box_of(part) for part in parts]
    page.mouse.up()
    assert all(box["y"] >= 0 and box["y"] + box["height"] <= LAPTOP["height"] for box in boxes)
    assert all(are_apart(one, other) for one, other in combinations(boxes, 2))


@pytest.mark.parametrize("width", [1366, 390])
def test_magnified_posteriors_are_not_covered(page: Page, server: Server, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 650})
    page.add_init_script(f"({KEEP_RECTANGLES})()")
    page.goto(f"{server.url}/latent-space?run=vae-2d")
    canvas = Canvas(page, SPACE).wait()
    for _ in range(3):
        canvas.plane.press("-")
    overlay = canvas.outer.locator(".vaelab-canvas-overlay")
    for across, down in [(0.3, 0.2), (0.2, 0.8), (0.85, 0.75), (0.8, 0.2), (0.55, 0.45)]:
        canvas.move(across, down)
        page.evaluate(NEXT_FRAME)
        outlined = overlay.evaluate("(node) => node.outlined")
        boxes = [FloatRect(x=x, y=y, width=wide, height=tall) for x, y, wide, tall, _ in outlined]
        assert len(boxes) >= 2, "there are the magnified posterior and the picture beside the cursor"
        assert all(are_apart(one, other) for one, other in combinations(boxes, 2))
        assert all(words <= wide for _, _, wide, _, texts in outlined for words in texts)


def test_names_leave_codes_that_lie_together(page: Page, server: Server) -> None:
    page.add_init_script(f"({KEEP_BOXES})()")
    page.goto(f"{server.url}/latent-space?run=vae-2d")
    canvas = Canvas(page, SPACE).wait()
    base = canvas.outer.locator(".vaelab-canvas-base")
    lowest = 0.8 * box_of(base)["height"]

    def tops() -> list[float]:
        return [y for text, _, y, *_ in base.evaluate("(node) => node.words") if len(text) == 1]

    assert min(tops()) < lowest
    for _ in range(12):
        canvas.plane.press("-")
    page.evaluate(NEXT_FRAME)
    assert len(tops()) == 10
    assert min(tops()) > lowest
