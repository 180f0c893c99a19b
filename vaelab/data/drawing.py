"""Images that a visitor brings: how they become like those of a data set, and their form in a link.

The browser makes the image (`assets/components/draw_pad/`). This module checks everything that comes from the
browser or from a link. Shapes: C, H, W are channels, height and width of a data set's images.
"""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass
from typing import Literal

import numpy as np

LEVELS = 16
"""Number of brightnesses of a pixel in a link, from 0 to 255 in steps of 17: two pixels fit a byte."""

STEP = 255 // (LEVELS - 1)

Shape = tuple[int, ...]
"""Channels, height, width."""


@dataclass(frozen=True)
class Placement:
    """How a drawing or an uploaded image becomes an image like those of a data set."""

    box: int | None
    """Length of the drawing's longer side in pixels; None to take the whole square as it is."""
    centre: Literal["mass", "box"]
    """The point that moves to the middle: the centre of mass, or of the bounding box."""
    tones: bool
    """Whether greys have a meaning, as on garments; if not, an uneven background is removed."""
    sentence: str
    """The placement in words."""


_PLACEMENTS = {
    "mnist": Placement(
        20,
        "mass",
        False,
        "As MNIST's images were made (LeCun and co-authors 1998), what you draw is fitted into 20 × 20 "
        "pixels, its proportions kept, and shifted until its centre of mass is in the middle of 28 × 28.",
    ),
    "fashion-mnist": Placement(
        28,
        "box",
        True,
        "As Fashion-MNIST's images were made (Xiao and co-authors 2017), the longer side is fitted into "
        "28 pixels and the shorter one centred; a photograph on a light background becomes its negative.",
    ),
    "kmnist": Placement(28, "box", False, "What you draw is fitted into 28 × 28 pixels and centred."),
    "emnist-letters": Placement(
        24,
        "box",
        False,
        "As the images of EMNIST were made (Cohen and co-authors 2017), what you draw is fitted into 24 × 24 "
        "pixels, its proportions kept, and centred in 28 × 28.",
    ),
}

_AS_IT_IS = Placement(None, "box", True, "The whole square is taken as it is; pictures are cut to a square.")


def placement_for(name: str) -> Placement:
    """How images for a data set are made; for an unknown data set, the whole square is taken."""
    return _PLACEMENTS.get(name, _AS_IT_IS)


def quantize(image: np.ndarray) -> np.ndarray:
    """The nearest of the 16 brightnesses that a link can hold, for every pixel of a uint8 image."""
    return (np.rint(image / STEP) * STEP).astype(np.uint8)


def text_of(image: np.ndarray) -> str:
    """The text of an image (C, H, W) uint8 in a link: 4 bits per pixel, zlib (RFC 1950), base64url.

    Brightnesses are rounded as `quantize` does.
    """
    levels = (quantize(image) // STEP).ravel()
    pairs = np.append(levels, np.zeros(levels.size % 2, np.uint8)).reshape(-1, 2)
    packed = (pairs[:, 0] << 4 | pairs[:, 1]).tobytes()
    return base64.urlsafe_b64encode(zlib.compress(packed, 9)).rstrip(b"=").decode()


def image_of(text: str, shape: Shape) -> np.ndarray:
    """The image (C, H, W) uint8 that a link holds.

    Raises
    ------
    ValueError
        If the text is no image of that shape: the end of a sentence "drawn must be …".
    """
    count = int(np.prod(shape))
    packed = _unpacked(text, (count + 1) // 2)
    if packed is None:
        raise ValueError(f"a drawing of {_size(shape)}, as this page writes it")
    pairs = np.frombuffer(packed, np.uint8)
    levels = np.stack([pairs >> 4, pairs & 15], -1).ravel()[:count]
    return (levels * STEP).reshape(shape)


def _unpacked(text: str, length: int) -> bytes | None:
    """The bytes of a text if their number is `length`, else None. It inflates at most one byte more."""
    # zlib adds at most 11 bytes, and 5 per 16 kB; base64 makes 4 characters of 3 bytes.
    if len(text) > 4 * (length + length // 1000 + 16) // 3 or not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        return None
    inflate = zlib.decompressobj()
    try:
        packed = inflate.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), length + 1)
    except (binascii.Error, zlib.error):
        return None
    whole = inflate.eof and not inflate.unused_data
    return packed if whole and len(packed) == length else None


def image_from_browser(value: object, shape: Shape) -> np.ndarray | None:
    """The image (C, H, W) uint8 that the draw pad sent, or None for an empty pad.

    Parameters
    ----------
    value
        The pixels as base64 text; empty for none. Browsers are not trusted, so it may be anything else.

    Raises
    ------
    ValueError
        If it is no image of that shape; the text is a sentence for people.
    """
    count = int(np.prod(shape))
    if value == "":
        return None
    if isinstance(value, str) and len(value) == 4 * ((count + 2) // 3):
        try:
            pixels = base64.b64decode(value, validate=True)
        except ValueError:
            pixels = b""
        if len(pixels) == count:
            return quantize(np.frombuffer(pixels, np.uint8).reshape(shape))
    raise ValueError(f"What the draw pad sent is no image of {_size(shape)}; draw again, or reload the page.")


def _size(shape: Shape) -> str:
    channels, height, width = shape
    return f"{width} × {height} pixels" + (" in colour" if channels == 3 else "")
