"""Image arrays as PNG: single pictures, and sheets of many."""

import io
import math
from dataclasses import dataclass

import numpy as np
from PIL import Image


def png(pixels: np.ndarray) -> bytes:
    """Encode an array as PNG, without loss.

    Parameters
    ----------
    pixels
        uint8, of shape (height, width) for grey, or (height, width, channels) with 1 channel for
        grey, 2 for grey and opacity, 3 for colour, 4 for colour and opacity.

    Raises
    ------
    ValueError
        If the array has another type or shape, or is empty.
    """
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or not 1 <= channels <= 4 or pixels.size == 0:
        raise ValueError(
            "A picture is a uint8 array of shape (height, width) or (height, width, 1 to 4), "
            f"not {pixels.dtype} of shape {pixels.shape}."
        )
    if pixels.ndim == 3 and channels == 1:
        pixels = pixels[:, :, 0]
    stream = io.BytesIO()
    # Level 4 takes half the time of zlib's usual level, 6, for at most 5 % more bytes.
    Image.fromarray(np.ascontiguousarray(pixels)).save(stream, "PNG", compress_level=4)
    return stream.getvalue()


def arrange(images: np.ndarray, columns: int, gap: int = 1) -> np.ndarray:
    """Put images of one size on a sheet, row by row.

    Parameters
    ----------
    images
        uint8 of shape (count, channels, height, width); one channel is grey, three are colour.
    columns
        Images in each row.
    gap
        Pixels between neighbours. These pixels, and the empty cells of the last row, are transparent, so
        that the page shows through in a light and in a dark theme.

    Returns
    -------
    uint8 of shape (sheet height, sheet width, channels), with one more channel for opacity if anything is
    transparent.

    Raises
    ------
    ValueError
        If the images have another type or shape, there are none, or `columns` or `gap` is too small.
    """
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[1] not in (1, 3) or images.size == 0:
        raise ValueError(
            "Images for a sheet are a uint8 array of shape (count, 1 or 3, height, width), "
            f"not {images.dtype} of shape {images.shape}."
        )
    if columns < 1 or gap < 0:
        raise ValueError(f"A sheet has at least 1 column and a gap of at least 0, not {columns} and {gap}.")
    count, channels, height, width = images.shape
    rows = math.ceil(count / columns)
    cells = np.zeros((rows * columns, height + gap, width + gap, channels + 1), np.uint8)
    cells[:count, :height, :width, :channels] = images.transpose(0, 2, 3, 1)
    cells[:count, :height, :width, channels] = 255
    grid = cells.reshape(rows, columns, height + gap, width + gap, channels + 1).swapaxes(1, 2)
    sheet = grid.reshape(rows * (height + gap), columns * (width + gap), channels + 1)
    sheet = sheet[: sheet.shape[0] - gap, : sheet.shape[1] - gap]
    return sheet if (sheet[:, :, channels] == 0).any() else sheet[:, :, :channels]


def tile(images: np.ndarray, columns: int, gap: int = 1) -> bytes:
    """Put images of one size on a sheet, as `arrange` does, and encode it as PNG."""
    return png(arrange(images, columns, gap))


@dataclass(frozen=True)
class Sheet:
    """A grid of equal square pictures, as `tile` makes it.

    Parameters
    ----------
    image
        The sheet as PNG, or as uint8 pixels that `png` takes.
    title
        Text above the sheet; empty for none.
    alt
        What the sheet shows, for people who do not see it.
    column_labels, row_labels
        One text for each column or row of the grid, or None.
    cell, gap
        Side of a picture, and distance between neighbours, both in pixels of the sheet.
    """

    image: bytes | np.ndarray
    title: str
    alt: str
    column_labels: tuple[str, ...] | None = None
    row_labels: tuple[str, ...] | None = None
    cell: int = 28
    gap: int = 1
