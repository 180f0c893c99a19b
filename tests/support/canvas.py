"""Looking at a latent canvas, and moving over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from playwright.sync_api import Locator, Page

from vaelab.analysis.load import TrainedRun, load_run
from vaelab.paths import EXAMPLES, PROJECT
from vaelab.runs import Run

OUTPUT = PROJECT / "tests" / "browser" / "output"
"""Where tests leave screenshots for a person to look at."""

SPACE, GRID = "latent_canvas", "latent_grid_canvas"
"""Keys of the canvases of the pages Latent space and Latent grid."""

NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""JavaScript that ends when what was asked of a canvas has been drawn."""


@dataclass(frozen=True)
class Canvas:
    """The canvas of a page."""

    page: Page
    key: str

    @property
    def outer(self) -> Locator:
        """The whole component."""
        return self.page.locator(f".st-key-{self.key} .vaelab-canvas")

    @property
    def plane(self) -> Locator:
        """What takes mouse and keys."""
        return self.outer.locator(".vaelab-canvas-overlay")

    def wait(self) -> Canvas:
        """Until codes, decoder and images are there."""
        self.page.wait_for_selector(f".st-key-{self.key} .vaelab-canvas[data-decodes]")
        self.wait_until("node.querySelector('.vaelab-canvas-words').textContent")
        return self

    def move(self, across: float, down: float) -> None:
        """Put the mouse somewhere: shares of the canvas's width and height."""
        box = self.plane.bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])

    def note(self, name: str) -> str:
        """What the component has written on itself."""
        return self.outer.evaluate("(node, name) => node.dataset[name] ?? ''", name)

    def cursor(self) -> np.ndarray:
        """Where on the plane the cursor is."""
        return np.array([float(part) for part in self.note("cursor").split(",")])

    def decodes(self) -> int:
        """How often it has decoded."""
        return int(self.note("decodes"))

    def wait_until(self, condition: str) -> None:
        """Wait until a JavaScript expression of the component, `node`, is true."""
        # Looked up every time: another run can be shown by another element.
        look_up = f"const node = document.querySelector('.st-key-{self.key} .vaelab-canvas')"
        self.page.wait_for_function(f"() => {{ {look_up}; return node && ({condition}) }}")

    def wait_for_decode_after(self, before: int) -> None:
        """Wait until it has decoded more often than `before`."""
        self.wait_until(f"Number(node.dataset.decodes) > {before}")

    def decoded(self, picture: str = ".vaelab-canvas-decoded") -> np.ndarray:
        """An image of the panel: (H, W) from 0 to 255."""
        read = """(node) => {
            const { width, height } = node
            return [width, height, [...node.getContext("2d").getImageData(0, 0, width, height).data]]
        }"""
        width, height, values = self.outer.locator(picture).evaluate(read)
        return np.array(values, np.int64).reshape(height, width, 4)[:, :, 0]

    @property
    def words(self) -> Locator:
        """What the panel says."""
        return self.outer.locator(".vaelab-canvas-words")

    def picture(self, name: str) -> None:
        """Leave a screenshot for a person to look at."""
        OUTPUT.mkdir(exist_ok=True)
        self.page.screenshot(path=OUTPUT / f"{name}.png")


KEEP_BOXES = """() => {
    const own = CanvasRenderingContext2D.prototype
    const { clearRect, roundRect, fillText } = own
    own.clearRect = function (...args) { this.canvas.words = []; return clearRect.apply(this, args) }
    own.roundRect = function (...args) { this.canvas.box = args; return roundRect.apply(this, args) }
    own.fillText = function (text, ...args) {
        if (this.canvas.box) this.canvas.words.push([text, ...this.canvas.box.slice(0, 4)])
        this.canvas.box = null
        return fillText.call(this, text, ...args)
    }
}"""
"""Keeps, on each canvas of a page, the words in boxes that it shows, with the rectangles of the boxes."""


def trained(name: str) -> TrainedRun:
    """A shipped run with its model."""
    return load_run(Run(EXAMPLES / name))
