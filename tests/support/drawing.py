"""Drawing on the pad in a real browser, and reading what comes of it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from tests.support.servers import Server
from vaelab.paths import PROJECT

OUTPUT = PROJECT / "tests" / "browser" / "output"
"""Pictures for a person to look at."""

PAD = ".vaelab-draw-pad"

# A listener as the latent canvas has one.
LISTEN = "window.addEventListener('vaelab-posterior', ({ detail }) => (window.heard ??= []).push(detail))"

SEVEN = [(0.3, 0.25), (0.7, 0.25), (0.45, 0.85)]
"""Corners of a stroke, in parts of the pad."""


def open_pad(page: Page, server: Server, **parameters: str) -> None:
    """Open the Draw part, and wait until its pad can be drawn on."""
    page.add_init_script(LISTEN)
    query = urlencode({"run": "vae-2d", "show": "draw", **parameters})
    page.goto(f"{server.url}/reconstructions?{query}")
    wait_for(page, "shown" if parameters.get("drawn", "none") != "none" else "empty")


def wait_for(page: Page, state: str) -> None:
    page.wait_for_selector(f".vaelab-draw[data-state={state}]")


def point(page: Page, across: float, down: float) -> tuple[float, float]:
    """Where a part of the pad is on the screen."""
    box = page.locator(PAD).bounding_box()
    assert box is not None
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def draw(page: Page, corners: list[tuple[float, float]] = SEVEN, *, lift: bool = True) -> None:
    """Draw a stroke with the mouse."""
    page.locator(PAD).scroll_into_view_if_needed()
    page.mouse.move(*point(page, *corners[0]))
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*point(page, *corner), steps=10)
    if lift:
        page.mouse.up()


def heard(page: Page) -> list[dict[str, Any]]:
    """Every posterior that was announced; pixels and codes as lists, or None."""
    return page.evaluate(
        """() => (window.heard ?? []).map((detail) => Object.fromEntries(Object.entries(detail)
            .map(([name, value]) => [name, ArrayBuffer.isView(value) ? Array.from(value) : value])))"""
    )


def seen(page: Page) -> np.ndarray:
    """The image (28, 28) that the network was given last, from 0 to 1."""
    page.wait_for_function(
        "() => ['shown', 'empty'].includes(document.querySelector('.vaelab-draw').dataset.state)"
    )
    return np.array(heard(page)[-1]["pixels"]).reshape(28, 28)


def wait_for_server(page: Page, *, nothing: bool = False) -> None:
    """Wait until the server has been told, and has answered."""
    page.wait_for_function(
        f"new URLSearchParams(location.search).get('drawn') {'===' if nothing else '!=='} 'none'"
        " && location.search.includes('drawn=')"
    )
    page.locator(".st-key-drawn").wait_for(state="detached" if nothing else "attached")


def png(pixels: np.ndarray, mode: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, mode)
    return stream.getvalue()


def upload(page: Page, folder: Path, content: bytes, name: str = "digit.png") -> None:
    """Choose a file of that content, which is written into a folder; its name says what kind it is."""
    file = folder / name
    file.write_bytes(content)
    page.locator(".vaelab-draw input[type=file]").set_input_files(file)


def notice(page: Page) -> str:
    """What the pad says; waits until it says something."""
    page.wait_for_selector(".vaelab-draw-notice:not(:empty)")
    return page.locator(".vaelab-draw-notice").inner_text()


def reference(picture: np.ndarray, box: int, centre: str) -> np.ndarray:
    """The same as `centring.js` by matrices: a picture (H, W) uint8 as a (28, 28) of 16 greys from 0 to 1.

    LeCun and co-authors 1998, section III A.
    """
    rows, columns = np.nonzero(picture)
    cut = picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] / 255
    # Halves go up, as in JavaScript.
    height, width = (max(1, int(np.floor(side * box / max(cut.shape) + 0.5))) for side in cut.shape)
    small = _areas(cut.shape[0], height) @ cut @ _areas(cut.shape[1], width).T
    image = np.zeros((28, 28))
    corner = []
    for axis, length in enumerate(small.shape):
        mass = small.sum(1 - axis) @ np.arange(length) / small.sum()
        wanted = np.floor(14 - mass + 0.5) if centre == "mass" else np.ceil((28 - length) / 2)
        corner.append(int(np.clip(wanted, 0, 28 - length)))
    image[corner[0] : corner[0] + height, corner[1] : corner[1] + width] = small
    return np.rint(image * 15) / 15


def _areas(old: int, new: int) -> np.ndarray:
    """(new, old) shares of old pixels in the area of each new one."""
    ends = np.linspace(0, old, new + 1)
    positions = np.arange(old)
    overlap = np.minimum(ends[1:, None], positions + 1) - np.maximum(ends[:-1, None], positions)
    return overlap.clip(0) * new / old
