"""Images that a visitor brings: how each data set wants them, their form in a link, what they are near to.

The browser makes the image (`assets/components/draw_pad/`); whatever comes from there or from a link is
checked here. C H W are the channels, height and width of a data set's images.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from dataclasses import dataclass
from typing import Literal

import numpy as np

LEVELS = 16
"""Brightnesses of a pixel, from 0 to 255 in steps of 17: two pixels fit a byte of the link."""

STEP = 255 // (LEVELS - 1)


Shape = tuple[int, ...]
"""Channels, height, width."""


@dataclass(frozen=True)
class Placement:
    """How a drawing or an uploaded image becomes an image like those of a data set."""

    box: int | None
    """Pixels of the longer side of what is drawn; None to take the whole square as it is."""
    centre: Literal["mass", "box"]
    """What comes to the middle: the centre of mass, or of the bounding box."""
    tones: bool
    """Whether greys mean something, as on garments; else a background that is not even is removed."""
    sentence: str
    """The same in words."""


_PLACEMENTS = {
    "mnist": Placement(
        20, "mass", False,
        "As MNIST's images were made (LeCun and co-authors 1998), what you draw is fitted into 20 × 20 "
        "pixels, its proportions kept, and shifted until its centre of mass is in the middle of 28 × 28.",
    ),
    "fashion-mnist": Placement(
        28, "box", True,
        "As Fashion-MNIST's images were made (Xiao and co-authors 2017), the longer side is fitted into "
        "28 pixels and the shorter one centred; a photograph on a light background becomes its negative.",
    ),
    "kmnist": Placement(28, "box", False, "What you draw is fitted into 28 × 28 pixels and centred."),
    "emnist-letters": Placement(
        24, "box", False,
        "As the images of EMNIST were made (Cohen and co-authors 2017), what you draw is fitted into 24 × 24 "
        "pixels, its proportions kept, and centred in 28 × 28.",
    ),
}  # fmt: skip

_AS_IT_IS = Placement(None, "box", True, "The whole square is taken as it is; pictures are cut to a square.")


def placement_for(name: str) -> Placement:
    """How images for a data set are made; of one that is not known, the whole square as it is."""
    return _PLACEMENTS.get(name, _AS_IT_IS)


def quantize(image: np.ndarray) -> np.ndarray:
    """The nearest of the 16 brightnesses that a link can hold, for every pixel of a uint8 image."""
    return (np.rint(image / STEP) * STEP).astype(np.uint8)


def text_of(image: np.ndarray) -> str:
    """An image (C, H, W) uint8 as a link holds it: 4 bits a pixel, zlib (RFC 1950), base64url.

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
    """The bytes that a text holds if they are so many, else None. Inflates one more of them at most."""
    # zlib makes nothing longer by more than 11 bytes and 5 for every 16 kB; base64 makes 4 of 3.
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
        The pixels as base64 text; empty for none. Anything else may come too: browsers are not trusted.

    Raises
    ------
    ValueError
        If it is no image of that shape: a sentence.
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
