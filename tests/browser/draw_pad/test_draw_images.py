"""What becomes of drawings and uploads on their way to the network: fitted, centred, white on black."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.support.drawing import notice, open_pad, png, reference, seen, upload, wait_for
from tests.support.servers import Server
from vaelab.data import load

CENTRE = """async ([pixels, width, height, placement]) => {
    const { placed } = await import("/lab/components/draw_pad/centring.js")
    const data = Float32Array.from(atob(pixels), (letter) => letter.charCodeAt(0) / 255)
    const picture = { data, width, height, channels: 1 }
    const image = placed(picture, placement, [1, 28, 28])
    return image && [...image]
}"""

MNIST = {"box": 20, "centre": "mass"}
FASHION = {"box": 28, "centre": "box"}


@pytest.fixture
def lab(page: Page, server: Server) -> Page:
    """A page of the app's own origin, from which its modules can be imported."""
    page.goto(f"{server.url}/lab/components/draw_pad/centring.js")
    return page


def placed(page: Page, picture: np.ndarray, placement: dict[str, object] = MNIST) -> np.ndarray | None:
    height, width = picture.shape
    pixels = base64.b64encode(picture.astype(np.uint8).tobytes()).decode()
    image = page.evaluate(CENTRE, [pixels, width, height, placement])
    return None if image is None else np.array(image).reshape(28, 28)


def blobs(seed: int) -> np.ndarray:
    """A picture of some strokes, anywhere and of any size."""
    random = np.random.default_rng(seed)
    width, height = random.integers(60, 200, 2)
    image = Image.new("L", (int(width), int(height)))
    pen = ImageDraw.Draw(image)
    for _ in range(3):
        ends = (random.uniform(0.05, 0.95, (2, 2)) * (width, height)).ravel().tolist()
        pen.line(ends, fill=int(random.integers(60, 256)), width=int(random.integers(3, 14)))
    return np.asarray(image)


@pytest.mark.parametrize("placement", [MNIST, FASHION], ids=["mass", "box"])
def test_a_drawing_is_fitted_and_centred_as_matrices_do_it(lab: Page, placement: dict[str, object]) -> None:
    for seed in range(12):
        picture = blobs(seed)
        expected = reference(picture, **placement)  # type: ignore[arg-type]
        found = placed(lab, picture, placement)
        assert found is not None
        # A grey on the border of two levels may fall to either.
        assert np.abs(found - expected).max() <= 1 / 15 + 1e-6
        assert np.mean(np.abs(found - expected) > 1e-6) < 0.005


def test_a_drawing_fills_twenty_pixels_and_its_mass_is_in_the_middle(lab: Page) -> None:
    for seed in range(20, 32):
        found = placed(lab, blobs(seed))
        assert found is not None
        rows, columns = np.nonzero(found)
        assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20  # the faintest edge may be rounded to black
        where = (np.indices((28, 28)) * found).sum((1, 2)) / found.sum()
        if rows.min() > 0 and columns.min() > 0 and rows.max() < 27 and columns.max() < 27:
            assert np.abs(where - 14).max() <= 0.55  # whole pixels, as in MNIST, and the rounding of greys


@pytest.mark.parametrize("factor", [1, 20])
def test_an_image_of_mnist_is_left_as_it_is(lab: Page, factor: int) -> None:
    for index in range(10 if factor > 1 else 100):
        image = np.asarray(load("mnist").x_test[index, 0])
        found = placed(lab, image.repeat(factor, 0).repeat(factor, 1))
        np.testing.assert_allclose(found, np.rint(image / 17) / 15, atol=1e-6)


def test_an_empty_pad_is_no_image(lab: Page) -> None:
    assert placed(lab, np.zeros((50, 50), np.uint8)) is None
    assert placed(lab, np.zeros((50, 50), np.uint8), {"box": None, "centre": "box"}) is None


def test_one_pixel_and_a_hair_fill_the_box(lab: Page) -> None:
    dot, hair = np.zeros((2, 300, 300), np.uint8)
    dot[100, 7] = hair[3, 10:290] = 255
    for picture, size in ((dot, (20, 20)), (hair, (1, 20))):
        found = placed(lab, picture)
        assert found is not None
        rows, columns = np.nonzero(found)
        assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == size


# Uploads


def clear(page: Page) -> None:
    """Take everything off the pad."""
    page.locator(".vaelab-draw button[name=clear]").click()
    wait_for(page, "empty")


def digit(side: int = 560) -> np.ndarray:
    """A test image of MNIST, large, somewhere on a larger sheet: (side, side) uint8, white on black."""
    image = Image.fromarray(np.asarray(load("mnist").x_test[0, 0])).resize((side // 2, side // 2))
    sheet = Image.new("L", (side, side))
    sheet.paste(image, (side // 3, side // 5))
    return np.asarray(sheet)


def in_colour(grey: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    return np.stack([grey, grey, grey, alpha], -1).astype(np.uint8)


def photograph() -> bytes:
    """Dark ink on grey paper in uneven light, as JPEG."""
    ink = digit(900).astype(float) / 255
    light = np.linspace(0.72, 0.82, 900)[:, None] + np.random.default_rng(0).normal(0, 0.015, ink.shape)
    paper = np.clip(light * (1 - 0.85 * ink), 0, 1) * 255
    stream = io.BytesIO()
    Image.fromarray(paper.astype(np.uint8)).save(stream, "JPEG", quality=85)
    return stream.getvalue()


UPLOADS = {
    "white on black": (lambda: png(digit()), 0.0015, "560 × 560 pixels."),
    "black on white": (lambda: png(255 - digit()), 0.0015, "light background was turned into black"),
    "black on nothing": (lambda: png(in_colour(0 * digit(), digit())), 0.0015, "turned into black"),
    "white on nothing": (lambda: png(in_colour(0 * digit() + 255, digit())), 0.0015, "560 × 560 pixels."),
    "large": (lambda: png(255 - digit(5000)), 0.0015, "5000 × 5000 pixels"),
    "not square": (lambda: png(np.pad(digit(), ((0, 0), (0, 700)))), 0.004, "1260 × 560 pixels."),
    "photograph": (photograph, 0.02, "grey background was removed"),
}


def test_an_upload_becomes_white_on_black_and_centred(page: Page, server: Server, tmp_path: Path) -> None:
    open_pad(page, server)
    for name, (make, tolerance, said) in UPLOADS.items():
        upload(page, tmp_path, make())
        wait_for(page, "shown")
        assert said in notice(page), name
        assert np.mean((seen(page) - reference(digit(), 20, "mass")) ** 2) < tolerance, name
        clear(page)


def test_an_uploaded_image_of_mnist_is_itself(page: Page, server: Server, tmp_path: Path) -> None:
    open_pad(page, server)
    image = np.asarray(load("mnist").x_test[11, 0])
    # Halves between two greys are rounded the other way in a negative.
    for uploaded, difference in ((image, 0), (255 - image, 1 / 15)):
        upload(page, tmp_path, png(uploaded))
        wait_for(page, "shown")
        assert "28 × 28 pixels" in notice(page)
        assert np.abs(seen(page) - np.rint(image / 17) / 15).max() <= difference + 1e-6
        clear(page)


def test_an_uploaded_garment_keeps_its_greys(page: Page, server: Server, tmp_path: Path) -> None:
    open_pad(page, server, run="vae-2d-fashion")
    image = np.asarray(load("fashion-mnist").x_test[1, 0])
    upload(page, tmp_path, png(image))
    wait_for(page, "shown")
    np.testing.assert_allclose(seen(page), np.rint(image / 17) / 15, atol=1e-6)


def too_many_pixels() -> bytes:
    """A file of few bytes, which says how much it becomes before it is unpacked."""
    stream = io.BytesIO()
    Image.new("1", (20_000, 10_000)).save(stream, "PNG")
    assert len(stream.getvalue()) < 100_000
    return stream.getvalue()


REFUSED = {
    "no image": (b"this is a text", "notes.txt", "“notes.txt” is no image"),
    "no image by any name": (b"this is a text", "digit.png", "“digit.png” is no image"),
    "cut short": (b"\x89PNG\r\n\x1a\n" + bytes(40), "cut.png", "“cut.png” is no image"),
    "nothing": (b"", "empty.png", "“empty.png” is no image"),
    "a picture without a size": (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>',
        "no.svg", "“no.svg” is no image",
    ),
    "one grey": (png(np.full((60, 90), 128, np.uint8)), "wall.png", "Nothing in this image"),
    "too many megabytes": (bytes(20 * 2**20 + 1), "huge.png", "at most 20 MB"),
    "too many pixels": (too_many_pixels(), "bomb.png", "20000 × 10000 pixels; at most 64 million"),
}  # fmt: skip


def test_what_is_no_image_gets_a_sentence(page: Page, server: Server, tmp_path: Path) -> None:
    open_pad(page, server)
    upload(page, tmp_path, png(digit()))
    wait_for(page, "shown")
    before = seen(page)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for name, (content, file, said) in REFUSED.items():
        upload(page, tmp_path, content, file)
        expect(page.locator(".vaelab-draw-notice"), name).to_contain_text(said)
        np.testing.assert_array_equal(seen(page), before, name)  # what was there stays
    assert complaints == []


TAKE = """async (content) => {
    const { take } = await import("/lab/components/draw_pad/intake.js")
    const { Marks } = await import("/lab/components/draw_pad/marks.js")
    const { placed } = await import("/lab/components/draw_pad/centring.js")
    const shape = [3, 32, 32]
    const placement = { box: null, centre: "box", tones: true }
    const pad = document.createElement("canvas")
    const marks = new Marks(pad, shape)
    const file = new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], "photo.png")
    marks.add({ kind: "image", image: (await take(file, { shape, placement, pad })).image })
    return [...placed(marks.picture(), placement, shape)]
}"""


def test_a_photograph_for_a_data_set_in_colour_is_cut_to_a_square(page: Page, server: Server) -> None:
    page.goto(server.url)
    small = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    photograph = np.zeros((320, 620, 3), np.uint8) + 255
    photograph[:, 150:470] = small.repeat(10, 0).repeat(10, 1)
    for picture, tolerance in ((small, 1e-6), (photograph, 0.35)):
        found = page.evaluate(TAKE, base64.b64encode(png(picture)).decode())
        expected = np.rint(small.transpose(2, 0, 1) / 17) / 15
        wrong = np.abs(np.array(found).reshape(3, 32, 32) - expected)
        assert wrong.max() < tolerance
        assert wrong.mean() < 0.05
