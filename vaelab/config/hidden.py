"""The layers that a text of the field `hidden`, such as `512-256` or `32-64/16`, stands for."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class HiddenLayers:
    """The layers of a text of `hidden`. Widths are in the order from the image to the code."""

    channels: tuple[int, ...]
    """Output channels of the convolutions; empty for mlp."""
    encoder_widths: tuple[int, ...]
    decoder_widths: tuple[int, ...]


def parse_hidden(text: str, architecture: str) -> HiddenLayers:
    """The layers that a text of `hidden` stands for.

    Raises
    ------
    ValueError
        If the text does not have the form that the field describes.
    """
    parts = [_numbers(part) for part in text.split("/")]
    if any(len(widths) > 8 for widths in parts) or len(parts) > (3 if architecture == "conv" else 1):
        raise ValueError("too many layers")
    if architecture == "mlp":
        return HiddenLayers((), parts[0], parts[0])
    channels, encoder_widths, decoder_widths = (*parts, (), ())[:3]
    if not (1 <= len(channels) <= 4 and max(channels) <= 256):
        raise ValueError("conv needs 1 to 4 channel counts from 1 to 256")
    return HiddenLayers(channels, encoder_widths, decoder_widths)


def _numbers(text: str) -> tuple[int, ...]:
    if text == "none":
        return ()
    parts = text.split("-")
    if not all(re.fullmatch("[1-9][0-9]{0,3}", part) and int(part) <= 4096 for part in parts):
        raise ValueError("not whole numbers joined by '-'")
    return tuple(int(part) for part in parts)
