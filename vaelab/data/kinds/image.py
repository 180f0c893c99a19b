"""Images: bytes of one channel for grey or three for colour, (channels, height, width)."""

import numpy as np

from vaelab.data.kinds.base import Kind

IMAGE = Kind(
    name="image",
    one="image",
    many="images",
    element="pixel",
    axes="channels, height, width",
    dtype=np.uint8,
    scale=255.0,
    choices={},
)
