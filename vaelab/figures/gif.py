"""Pictures of a training as one animated GIF, drawn with numpy and Pillow alone."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vaelab.figures.palette import PALETTE, channels, class_style

WIDTH = 480
"""Width of a frame in pixels."""
FRAME_MS, LAST_FRAME_MS = 500, 2500
"""Milliseconds for which a frame is shown, and for which the last one is before the animation repeats."""

_COLOURS = 64
"""Colours of a frame: enough for the classes and for even greys, and a third of the bytes of 256 colours."""
_MARGIN, _LINE, _FONT_SIZE = 8, 20, 14
_MARKERS = {
    "circle": ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)),
    "triangle-up": ((-1, 0), (0, -1), (0, 0), (0, 1), (1, -2), (1, -1), (1, 0), (1, 1), (1, 2)),
    "cross": ((-2, 0), (-1, 0), (0, 0), (1, 0), (2, 0), (0, -2), (0, -1), (0, 1), (0, 2)),
}
"""Offsets (rows, columns) from a point to the pixels that its marker fills."""


@dataclass(frozen=True)
class Frame:
    """One picture of an animation."""

    pixels: np.ndarray
    """(height, width) or (height, width, 3) uint8; scaled to the width of the animation."""
    caption: str
    """Text above the picture; lines are separated by newlines."""


def gif(frames: Sequence[Frame]) -> bytes:
    """Frames as a GIF that repeats for ever, `WIDTH` pixels wide, on white.

    Raises
    ------
    ValueError
        If there are no frames, or if they are not of one size.
    """
    if not frames or len({frame.pixels.shape[:2] for frame in frames}) != 1:
        raise ValueError("An animation needs at least one frame, and all of one size.")
    lines = max(len(frame.caption.splitlines()) for frame in frames)
    first, *others = (_with_caption(frame, lines) for frame in frames)
    durations = [FRAME_MS] * len(others) + [LAST_FRAME_MS]
    stream = io.BytesIO()
    first.save(stream, "GIF", save_all=True, append_images=others, loop=0, duration=durations)
    return stream.getvalue()


def _with_caption(frame: Frame, lines: int) -> Image.Image:
    picture = _scaled(Image.fromarray(np.ascontiguousarray(frame.pixels)))
    top = 2 * _MARGIN + lines * _LINE if lines else 0
    sheet = Image.new("RGB", (WIDTH, top + picture.height), "white")
    sheet.paste(picture, ((WIDTH - picture.width) // 2, top))
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(_FONT_SIZE)
    for row, line in enumerate(frame.caption.splitlines()):
        pen.text((_MARGIN, _MARGIN + row * _LINE), line, fill="black", font=font)
    return sheet.quantize(_COLOURS, dither=Image.Dither.NONE)


def _scaled(picture: Image.Image) -> Image.Image:
    """The picture as large as fits: enlarged by a whole factor, which keeps pixels crisp, or reduced."""
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
    """A scatter plot of points in the colours of their classes, with a legend: (height, `WIDTH`, 3) uint8.

    Parameters
    ----------
    points
        (N, 2); points outside of the picture are left out.
    labels
        (N,) indices into `classes`.
    span
        Ends of the x axis and of the y axis.
    circles
        Radii of circles around 0.
    equal_scales
        Whether a unit has the same length on both axes; the axis with the shorter span then shows more.
    """
    low, per_unit = _view(np.array(span, float), equal_scales)
    canvas = np.full((WIDTH, WIDTH, 3), 255, np.uint8)
    _draw_markers(canvas, np.rint((points - low) * per_unit), labels, len(classes))
    picture = Image.fromarray(canvas)
    origin = -low * per_unit
    for radius in circles:
        (left, bottom), (right, top) = origin - radius * per_unit, origin + radius * per_unit
        box = (left, WIDTH - top, right, WIDTH - bottom)
        ImageDraw.Draw(picture).ellipse(box, outline=PALETTE.prior)
    return np.concatenate([np.asarray(picture), _legend(classes)])


def _view(span: np.ndarray, equal_scales: bool) -> tuple[np.ndarray, np.ndarray]:
    """The lower ends of both axes, and the pixels per unit on each."""
    lengths = 1.04 * (span[:, 1] - span[:, 0])
    if equal_scales:
        lengths = np.full(2, lengths.max())
    return span.mean(1) - lengths / 2, WIDTH / lengths


def _draw_markers(canvas: np.ndarray, positions: np.ndarray, labels: np.ndarray, classes: int) -> None:
    """Draw a marker at each position, in the order of the points, so that no class covers all others."""
    inside = np.isfinite(positions).all(1) & (positions >= 3).all(1) & (positions < WIDTH - 3).all(1)
    columns, rows = positions[inside].astype(int).T
    labels = labels[inside]
    styles = [class_style(label) for label in range(classes)]
    colours = np.array([channels(colour) for colour, _ in styles], np.uint8)
    for symbol, offsets in _MARKERS.items():
        mask = np.isin(labels, [label for label, style in enumerate(styles) if style[1] == symbol])
        for down, right in offsets:
            canvas[WIDTH - 1 - rows[mask] + down, columns[mask] + right] = colours[labels[mask]]


def _legend(classes: Sequence[str]) -> np.ndarray:
    """The classes in their colours, in as many lines as they need: (height, `WIDTH`, 3) uint8."""
    font = ImageFont.load_default(_FONT_SIZE)
    x, y, corners = float(_MARGIN), 4, []
    for name in classes:
        width = 16 + font.getlength(name) + 12
        if x + width > WIDTH and x > _MARGIN:
            x, y = _MARGIN, y + _LINE
        corners.append((x, y))
        x += width
    sheet = Image.new("RGB", (WIDTH, y + _LINE + 4), "white")
    pen = ImageDraw.Draw(sheet)
    for label, (name, (left, top)) in enumerate(zip(classes, corners, strict=True)):
        pen.rectangle((left, top + 4, left + 10, top + 14), fill=class_style(label)[0])
        pen.text((left + 16, top), name, fill="black", font=font)
    return np.asarray(sheet)
