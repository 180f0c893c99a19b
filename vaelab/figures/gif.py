"""Pictures of a training as one animated GIF. Numbers and Pillow only: no page, no PyTorch, no Plotly."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vaelab.figures.palette import PALETTE, channels, class_style

WIDTH = 480
"""Pixels across a frame."""
FRAME_MS, LAST_FRAME_MS = 500, 2500
"""Milliseconds that a frame is seen, and the last one before it begins anew."""

_COLOURS = 64
"""Of a frame: enough for the classes and for even greys, and a third of the bytes of 256."""
_MARGIN, _LINE, _FONT_SIZE = 8, 20, 14
_DOTS = {
    "circle": ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)),
    "triangle-up": ((-1, 0), (0, -1), (0, 0), (0, 1), (1, -2), (1, -1), (1, 0), (1, 1), (1, 2)),
    "cross": ((-2, 0), (-1, 0), (0, 0), (1, 0), (2, 0), (0, -2), (0, -1), (0, 1), (0, 2)),
}
"""Rows and columns around a point that a marker fills."""


@dataclass(frozen=True)
class Frame:
    """One picture of an animation."""

    pixels: np.ndarray
    """(height, width) or (height, width, 3) uint8; scaled to the width of the animation."""
    caption: str
    """Written above; lines are separated by newlines."""


def gif(frames: Sequence[Frame]) -> bytes:
    """Frames as a GIF that plays for ever, `WIDTH` across, on white.

    Raises
    ------
    ValueError
        If there are no frames, or if they are not of one size.
    """
    if not frames or len({frame.pixels.shape[:2] for frame in frames}) != 1:
        raise ValueError("An animation needs at least one frame, and all of one size.")
    lines = max(len(frame.caption.splitlines()) for frame in frames)
    images = [_drawn(frame, lines) for frame in frames]
    stream = io.BytesIO()
    images[0].save(
        stream, "GIF", save_all=True, append_images=images[1:], loop=0,
        duration=[FRAME_MS] * (len(images) - 1) + [LAST_FRAME_MS],
    )  # fmt: skip
    return stream.getvalue()


def _drawn(frame: Frame, lines: int) -> Image.Image:
    picture = _scaled(Image.fromarray(np.ascontiguousarray(frame.pixels)))
    top = 2 * _MARGIN + lines * _LINE if lines else 0
    sheet = Image.new("RGB", (WIDTH, top + picture.height), "white")
    sheet.paste(picture, ((WIDTH - picture.width) // 2, top))
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(_FONT_SIZE)
    for row, line in enumerate(frame.caption.splitlines()):
        pen.text((_MARGIN, _MARGIN + row * _LINE), line, fill="black", font=font)
    return sheet.quantize(_COLOURS, dither=Image.Dither.NONE)


def _scaled(picture: Image.Image) -> Image.Image:
    """As large as fits: whole multiples keep pixels crisp, what is too large is made smaller."""
    if picture.width > WIDTH:
        return picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.BOX)
    factor = WIDTH // picture.width
    return picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)


def scatter_picture(
    points: np.ndarray,
    labels: np.ndarray,
    classes: Sequence[str],
    span: tuple[tuple[float, float], tuple[float, float]],
    circles: Sequence[float] = (),
    equal_scales: bool = True,
) -> np.ndarray:
    """Points in the colours of their classes, with a legend: (height, `WIDTH`, 3) uint8.

    Parameters
    ----------
    points
        (N, 2); what lies outside is left out.
    labels
        (N,) indices into `classes`.
    span
        Ends of the x axis and of the y axis that are in view.
    circles
        Radii of circles round 0.
    equal_scales
        Whether a unit is as long on one axis as on the other; the shorter axis then shows more.
    """
    low, per_unit = _view(np.array(span, float), equal_scales)
    places = (points - low) * per_unit
    canvas = np.full((WIDTH, WIDTH, 3), 255, np.uint8)
    _dots(canvas, np.rint(places), labels, len(classes))
    picture = Image.fromarray(canvas)
    middle = -low * per_unit
    for radius in circles:
        (left, bottom), (right, top) = middle - radius * per_unit, middle + radius * per_unit
        box = (left, WIDTH - top, right, WIDTH - bottom)
        ImageDraw.Draw(picture).ellipse(box, outline=PALETTE.prior)
    return np.concatenate([np.asarray(picture), _legend(classes)])


def _view(span: np.ndarray, equal_scales: bool) -> tuple[np.ndarray, np.ndarray]:
    """The lower ends of both axes, and pixels per unit on each."""
    lengths = span[:, 1] - span[:, 0]
    if equal_scales:
        lengths = np.full(2, lengths.max())
    lengths = 1.04 * lengths
    return span.mean(1) - lengths / 2, WIDTH / lengths


def _dots(canvas: np.ndarray, places: np.ndarray, labels: np.ndarray, classes: int) -> None:
    """Fill a marker at each place, in the order of the points, so that no class covers all others."""
    inside = np.isfinite(places).all(1) & (places >= 3).all(1) & (places < WIDTH - 3).all(1)
    columns, rows = places[inside].astype(int).T
    shown = labels[inside]
    styles = [class_style(label) for label in range(classes)]
    colours = np.array([channels(colour) for colour, _ in styles], np.uint8)
    for symbol, shape in _DOTS.items():
        those = np.isin(shown, [label for label, style in enumerate(styles) if style[1] == symbol])
        for down, right in shape:
            canvas[WIDTH - 1 - rows[those] + down, columns[those] + right] = colours[shown[those]]


def _legend(classes: Sequence[str]) -> np.ndarray:
    """The classes in their colours, in as many lines as they need: (height, `WIDTH`, 3) uint8."""
    font = ImageFont.load_default(_FONT_SIZE)
    x, y, places = float(_MARGIN), 4, []
    for name in classes:
        width = 16 + font.getlength(name) + 12
        if x + width > WIDTH and x > _MARGIN:
            x, y = _MARGIN, y + _LINE
        places.append((x, y))
        x += width
    sheet = Image.new("RGB", (WIDTH, y + _LINE + 4), "white")
    pen = ImageDraw.Draw(sheet)
    for label, (name, (left, top)) in enumerate(zip(classes, places, strict=True)):
        pen.rectangle((left, top + 4, left + 10, top + 14), fill=class_style(label)[0])
        pen.text((left + 16, top), name, fill="black", font=font)
    return np.asarray(sheet)
