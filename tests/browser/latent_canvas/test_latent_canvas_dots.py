"""The dots of the latent canvas in a real Chromium: where the codes are, in the colours of their classes."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Page, expect
from sklearn.neighbors import NearestNeighbors

from tests.support.canvas import SPACE, Canvas, trained
from tests.support.servers import Server
from vaelab.data import DATASETS, load
from vaelab.figures.palette import class_style
from vaelab.models.codes import embed

ASIDE = ((0.14, 0.1), (0.9, 0.82))
"""Two positions on the canvas without codes, shares of its width and height."""

PIXEL = """(node, [x, y]) => {
    const scale = node.width / node.clientWidth
    return [...node.getContext("2d").getImageData(Math.floor(x * scale), Math.floor(y * scale), 1, 1).data]
}"""


def test_a_code_is_a_dot_of_its_class_where_it_lies(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/latent-space?run=vae-2d&layers=points&range=chosen&range_x=-5,5&range_y=-5,5")
    canvas = Canvas(page, SPACE).wait()
    (pixels, points), data = calibration(canvas), load("mnist")
    codes = embed(trained("vae-2d").model, data.x_test).mean
    alone = NearestNeighbors(n_neighbors=2).fit(codes).kneighbors(codes)[0][:, 1]
    alone[np.abs(codes).max(1) > 5] = 0
    base = canvas.outer.locator(".vaelab-canvas-base")
    for index in np.argsort(-alone)[:5].tolist():
        share = (codes[index] - points[0]) / (points[1] - points[0])
        at = (pixels[0] + share * (pixels[1] - pixels[0])).tolist()
        label = int(data.y_test[index])
        color = [int(class_style(label)[0][start : start + 2], 16) for start in (1, 3, 5)]
        seen = np.array(base.evaluate(PIXEL, at))
        assert np.abs(seen[:3] - color).max() <= 3, f"test image {index}"
        assert seen[3] > 200
        button = page.get_by_title(f"Hide or show {DATASETS['mnist'].classes[label]}")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "false")
        page.wait_for_function(
            f"([node, at]) => ({PIXEL})(node, at)[3] < 200", arg=[base.element_handle(), at]
        )
        button.click()


def calibration(canvas: Canvas) -> tuple[np.ndarray, np.ndarray]:
    """Two positions on the screen, in pixels of the canvas, and where they are on the plane; each (2, 2)."""
    canvas.plane.scroll_into_view_if_needed()
    box = canvas.plane.bounding_box()
    assert box is not None
    points = []
    for across, down in ASIDE:
        before = canvas.decodes()
        canvas.move(across, down)
        canvas.wait_for_decode_after(before)
        assert canvas.note("snapped") == "-1"
        points.append(canvas.cursor())
    return np.array(ASIDE) * (box["width"], box["height"]), np.array(points)
