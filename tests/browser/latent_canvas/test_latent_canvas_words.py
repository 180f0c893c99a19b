"""What a latent canvas says at rest and writes on its plane: to be read, and nothing shown twice."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.support.canvas import GRID, KEEP_BOXES, NEXT_FRAME, SPACE, Canvas, trained
from tests.support.exploring import make_run
from tests.support.servers import Server
from vaelab.config import RunConfig
from vaelab.data import load
from vaelab.models.codes import decode, embed

# Keeps of every canvas which boxes were drawn with a word in them since it was cleared: on a plane only words
# have boxes with round corners.


@pytest.fixture(scope="module")
def rows(server: Server) -> dict[str, str]:
    """Ids of runs of one dimension, whose codes lie in rows, by their models."""
    configs = {model: RunConfig.model_validate({"model": model, "latent_dim": 1, "hidden": "16"})
               for model in ("vae", "ae")}  # fmt: skip
    return {model: make_run(server.runs, config).id for model, config in configs.items()}


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("dimensions", [1, 2])
def test_words_on_the_plane_lie_inside_of_it_and_apart(
    page: Page, server: Server, rows: dict[str, str], width: int, dimensions: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.add_init_script(f"({KEEP_BOXES})()")
    run = "vae-2d" if dimensions == 2 else rows["vae"]
    wide = "" if dimensions == 2 else "&range=chosen&range_x=-4,4"
    page.goto(f"{server.url}/latent-space?run={run}{wide}")
    canvas = Canvas(page, SPACE).wait()
    words = canvas.outer.locator(".vaelab-canvas-base").evaluate("(node) => node.words")
    shares = (
        ["39 %", "86 %", "99 % of prior draws"]
        if dimensions == 2
        else ["68 % of prior draws", "95 %", "99.7 %"]
    )
    assert {text for text, *_ in words} >= set(shares)
    plane = canvas.plane.bounding_box()
    assert plane is not None
    for _, x, y, across, down in words:
        assert 0 <= x < x + across <= plane["width"]
        assert 0 <= y < y + down <= plane["height"]
    for (_, *one), (_, *other) in combinations(words, 2):
        # Half a pixel for rounding; each box is its left and top end, then how wide and how tall it is.
        pairs = ((first, second, axis) for first, second in ((one, other), (other, one)) for axis in (0, 1))
        assert any(first[axis] + first[axis + 2] <= second[axis] + 0.5 for first, second, axis in pairs)
    canvas.picture(f"canvas-words-{dimensions}-{width}")


@pytest.mark.parametrize(("path", "key"), [("latent-space", SPACE), ("latent-grid", GRID)])
def test_at_rest_the_panel_shows_each_class_decoded(page: Page, server: Server, path: str, key: str) -> None:
    """The chosen image and the kept point stand beside the canvas already."""
    page.goto(f"{server.url}/{path}?run=vae-2d")
    canvas = Canvas(page, key).wait()
    expect(canvas.words).to_contain_text("Move over the plane")
    expect(canvas.outer.locator(".vaelab-canvas-decoded")).to_be_hidden()
    pictures = canvas.outer.locator(".vaelab-canvas-middles canvas")
    expect(pictures).to_have_count(10)
    data, model = load("mnist"), trained("vae-2d").model
    codes = embed(model, data.x_test).mean
    expected = decode(model, np.stack([codes[data.y_test == label].mean(0) for label in range(10)]))
    read = """(nodes) => nodes.map((node) =>
        [...node.getContext("2d").getImageData(0, 0, 28, 28).data].filter((_, index) => index % 4 === 0))"""
    assert np.abs(np.array(pictures.evaluate_all(read)) - expected.reshape(10, -1).astype(int)).max() <= 1
    canvas.move(0.4, 0.4)
    expect(canvas.outer.locator(".vaelab-canvas-decoded")).to_be_visible()
    expect(pictures.first).to_be_hidden()
    page.mouse.move(0, 0)
    expect(pictures.first).to_be_visible()


def test_the_axis_of_the_kl_bars_is_named_in_full(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/latent-space?run=vae-2d")
    chart = page.locator(".st-key-kl_bars .main-svg").first
    title = page.locator(".st-key-kl_bars .xtitle")
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(FITS, arg=".st-key-kl_bars .js-plotly-plot")
        title.scroll_into_view_if_needed()
        box, words = chart.bounding_box(), title.bounding_box()
        assert box is not None
        assert words is not None
        assert box["x"] <= words["x"] < words["x"] + words["width"] <= box["x"] + box["width"] <= width
        assert words["y"] + words["height"] <= box["y"] + box["height"]


FITS = """(chart) => {
    const node = document.querySelector(chart)
    return node && node._fullLayout?.width === node.clientWidth
}"""
"""Whether a chart has been drawn in the width that it has now."""


# Pixels of the overlay near the posterior's colour, as shares of its width and height.
IN_POSTERIOR_COLOUR = """(node, color) => {
    const { width, height } = node
    const { data } = node.getContext("2d").getImageData(0, 0, width, height)
    const found = []
    for (let index = 0; index < width * height; index++) {
        const near = color.every((value, channel) => Math.abs(data[4 * index + channel] - value) < 30)
        const where = [(index % width) / width, Math.floor(index / width) / height]
        if (near && data[4 * index + 3] > 40) found.push(where)
    }
    return found
}"""


@pytest.mark.parametrize("model", ["vae", "ae"])
def test_in_one_dimension_a_drawing_lies_on_no_row_but_across_all(
    page: Page, server: Server, rows: dict[str, str], model: str
) -> None:
    from vaelab.data.drawing import text_of

    page.goto(
        f"{server.url}/reconstructions?run={rows[model]}&show=draw&drawn={text_of(load('mnist').x_test[7])}"
    )
    canvas = Canvas(page, "draw_canvas")
    canvas.wait_until("node.dataset.drawn")
    positions = posterior_positions(canvas)
    assert len(positions) > 0
    assert positions[:, 1].min() < 0.05
    assert positions[:, 1].max() > 0.85
    canvas.picture(f"canvas-drawn-1d-{model}")


def test_in_one_dimension_only_a_vae_shows_the_chosen_posterior(
    page: Page, server: Server, rows: dict[str, str]
) -> None:
    found = {}
    for model, run in rows.items():
        page.goto(f"{server.url}/latent-space?run={run}&anchor=3")
        found[model] = posterior_positions(Canvas(page, SPACE).wait())
    assert len(found["ae"]) == 0
    assert found["vae"][:, 1].min() < 0.05
    assert found["vae"][:, 1].max() > 0.85


def posterior_positions(canvas: Canvas) -> np.ndarray:
    from vaelab.figures.palette import PALETTE

    color = [int(PALETTE.posterior[start : start + 2], 16) for start in (1, 3, 5)]
    canvas.page.evaluate(NEXT_FRAME)
    return np.array(canvas.plane.evaluate(IN_POSTERIOR_COLOUR, color)).reshape(-1, 2)
