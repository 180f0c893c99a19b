"""An animation has its frames, sizes and times; its map has each point where it belongs."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from vaelab.figures.gif import FRAME_MS, LAST_FRAME_MS, WIDTH, Frame, gif, scatter_picture
from vaelab.figures.palette import channels, class_style

CLASSES = tuple("0123456789")
SPAN = ((-2.0, 2.0), (-2.0, 2.0))


def frames(count: int, shape: tuple[int, ...] = (56, 56)) -> list[Frame]:
    rng = np.random.default_rng(0)
    return [Frame(rng.integers(0, 256, shape, np.uint8), f"run\nstep {n}") for n in range(count)]


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("count", [1, 2, 7])
def test_it_has_a_frame_a_picture_and_begins_anew(count: int) -> None:
    image = opened(gif(frames(count)))
    assert image.n_frames == count
    assert image.info.get("loop") == 0 or count == 1
    times = []
    for index in range(count):
        image.seek(index)
        times.append(image.info["duration"])
    assert times == [FRAME_MS] * (count - 1) + [LAST_FRAME_MS]


@pytest.mark.parametrize("shape", [(56, 56), (56, 56, 3), (560, 560), (28, 900), (231, 463)])
def test_every_frame_is_as_wide_as_a_page_of_a_slide(shape: tuple[int, ...]) -> None:
    image = opened(gif(frames(3, shape)))
    factor = WIDTH // shape[1] or WIDTH / shape[1]
    assert image.width == WIDTH
    assert round(shape[0] * factor) < image.height <= round(shape[0] * factor) + 80


def test_pixels_are_whole_multiples_of_what_was_drawn() -> None:
    """The lower left of the picture is one pixel of 2 by 2, black beside white, without any grey."""
    checks = np.indices((20, 20)).sum(0) % 2 * 255
    picture = np.asarray(opened(gif([Frame(checks.astype(np.uint8), "")])).convert("L"))
    assert np.array_equal(picture, checks.repeat(24, 0).repeat(24, 1))


@pytest.mark.parametrize("wrong", [[], [*frames(1, (20, 20)), *frames(1, (20, 30))]])
def test_frames_of_several_sizes_are_refused(wrong: list[Frame]) -> None:
    with pytest.raises(ValueError, match="one size"):
        gif(wrong)


@pytest.mark.parametrize("label", [0, 9])
@pytest.mark.parametrize("point", [(0.0, 0.0), (1.9, 1.9), (-1.9, 1.0)])
def test_a_point_has_the_colour_of_its_class_at_its_position(point: tuple[float, float], label: int) -> None:
    picture = scatter_picture(np.array([point]), np.array([label]), CLASSES, SPAN)
    marked = np.argwhere((picture[:WIDTH] != 255).any(2))
    row, column = marked.mean(0)
    scale = WIDTH / (4 * 1.04)
    assert (column - WIDTH / 2) / scale == pytest.approx(point[0], abs=0.02)
    assert (WIDTH / 2 - row) / scale == pytest.approx(point[1], abs=0.02)
    assert (picture[tuple(marked[0])] == channels(class_style(label)[0])).all()


def test_what_is_out_of_view_or_no_number_is_left_out() -> None:
    points = np.array([(5.0, 0.0), (0.0, -9.0), (np.nan, 0.0), (1e30, 1e30)])
    picture = scatter_picture(points, np.zeros(4, int), CLASSES, SPAN)
    assert (picture[:WIDTH] == 255).all()


def test_circles_are_round_whatever_the_span() -> None:
    empty = np.zeros((0, 2)), np.zeros(0, int)
    picture = scatter_picture(*empty, CLASSES, ((-4.0, 4.0), (-2.0, 2.0)), circles=[1.0])
    rows, columns = np.nonzero((picture[:WIDTH] != 255).any(2))
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=1)
    assert np.ptp(rows) == pytest.approx(WIDTH / (8 * 1.04) * 2, abs=2)


def test_a_long_legend_takes_more_lines() -> None:
    empty = np.zeros((0, 2)), np.zeros(0, int)
    long = tuple(f"a class called {n}" for n in range(10))
    assert len(scatter_picture(*empty, long, SPAN)) > len(scatter_picture(*empty, CLASSES, SPAN))
