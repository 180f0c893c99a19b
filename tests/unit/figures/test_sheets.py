"""Sheets hold every image unchanged, and PNG loses nothing."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from vaelab.figures.sheets import arrange, png, tile

small = st.integers(1, 6)


def decoded(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture)


def random_pixels(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


@given(count=st.integers(1, 20), channels=st.sampled_from([1, 3]), height=small, width=small, columns=small,
       gap=st.integers(0, 3))  # fmt: skip
def test_every_image_is_in_its_cell(
    count: int, channels: int, height: int, width: int, columns: int, gap: int
) -> None:
    images = random_pixels(count, channels, height, width)
    sheet = arrange(images, columns, gap)
    rows = -(-count // columns)
    assert sheet.shape[:2] == (rows * (height + gap) - gap, columns * (width + gap) - gap)
    for index, image in enumerate(images):
        top, left = index // columns * (height + gap), index % columns * (width + gap)
        cell = sheet[top : top + height, left : left + width]
        assert (cell[:, :, :channels].transpose(2, 0, 1) == image).all()
        assert (cell[:, :, channels:] == 255).all()


@given(count=st.integers(1, 20), columns=small, gap=st.integers(0, 3))
def test_all_but_the_images_is_transparent(count: int, columns: int, gap: int) -> None:
    images = random_pixels(count, 1, 4, 5)
    sheet = arrange(images, columns, gap)
    free_pixels = sheet.shape[0] * sheet.shape[1] - images.size
    assert sheet.shape[2] == (2 if free_pixels else 1)
    if free_pixels:
        assert (sheet[:, :, 1] == 0).sum() == free_pixels


@pytest.mark.parametrize("shape", [(3, 5), (3, 5, 1), (3, 5, 2), (3, 5, 3), (3, 5, 4)])
def test_png_loses_nothing(shape: tuple[int, ...]) -> None:
    pixels = random_pixels(*shape)
    assert (decoded(png(pixels)) == pixels.squeeze()).all()


def test_a_tile_is_the_sheet_as_png() -> None:
    images = random_pixels(7, 3, 8, 8)
    assert (decoded(tile(images, 3, gap=2)) == arrange(images, 3, gap=2)).all()


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((3, 5)), np.zeros((0, 5), np.uint8), np.zeros((3, 5, 5), np.uint8), np.zeros(5, np.uint8)],
)
def test_what_is_no_picture_is_named(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"A picture is .* not .* of shape"):
        png(pixels)


@pytest.mark.parametrize(
    "images",
    [np.zeros((2, 1, 3, 3)), np.zeros((2, 3, 3), np.uint8), np.zeros((2, 2, 3, 3), np.uint8),
     np.zeros((0, 1, 3, 3), np.uint8)],
)  # fmt: skip
def test_what_are_no_images_is_named(images: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"Images for a sheet are .* not .* of shape"):
        arrange(images, 2)


@pytest.mark.parametrize(("columns", "gap"), [(0, 1), (2, -1)])
def test_a_sheet_has_columns(columns: int, gap: int) -> None:
    with pytest.raises(ValueError, match="at least 1 column"):
        arrange(random_pixels(2, 1, 3, 3), columns, gap)
