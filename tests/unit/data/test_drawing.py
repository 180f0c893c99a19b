"""A drawing's text in a link, checks of what the browser sends, and the nearest images."""

from __future__ import annotations

import base64
import re
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaelab.data import DATASETS, placement_for
from vaelab.data.drawing import LEVELS, STEP, image_from_browser, image_of, quantize, text_of
from vaelab.data.neighbours import nearest_images, share_below

SHAPES = [(1, 28, 28), (3, 32, 32), (1, 13, 5)]
GREY = SHAPES[0]


def image(shape: tuple[int, int, int], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(content)).rstrip(b"=").decode()


@pytest.mark.parametrize("shape", SHAPES)
@given(seed=st.integers(0, 1000))
def test_a_link_gives_back_what_was_drawn(shape: tuple[int, int, int], seed: int) -> None:
    drawn = quantize(image(shape, seed))
    text = text_of(drawn)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", text)
    np.testing.assert_array_equal(image_of(text, shape), drawn)


def test_brightness_is_rounded_to_the_nearest_of_sixteen() -> None:
    every = np.arange(256, dtype=np.uint8)
    rounded = quantize(every)
    assert len(np.unique(rounded)) == LEVELS
    assert rounded[0] == 0
    assert rounded[-1] == 255
    assert np.abs(rounded.astype(int) - every).max() <= STEP // 2
    np.testing.assert_array_equal(quantize(rounded), rounded)
    np.testing.assert_array_equal(
        image_of(text_of(image(GREY)), GREY), quantize(image(GREY))
    )  # the link rounds by itself


def test_a_drawn_digit_stays_short_in_a_link() -> None:
    drawn = np.zeros(GREY, np.uint8)
    drawn[0, 4:24, 12:16] = 255
    assert len(text_of(drawn)) < 80
    assert len(text_of(image(GREY))) < 4 * 392 // 3 + 30  # noise, the longest there is


LENGTH = 392

WRONG = {
    "empty": "",
    "no base64": "%%%%",
    "other letters": "é" * 20,
    "a length that base64 does not have": "abcde",
    "no zlib": base64.urlsafe_b64encode(b"something else").decode().rstrip("="),
    "too few pixels": packed(bytes(LENGTH - 1)),
    "too many pixels": packed(bytes(LENGTH + 1)),
    "an endless image": packed(bytes(10_000_000)),
    "a long text": "A" * 1_000_000,
    "cut short": packed(image(GREY).tobytes()[:LENGTH])[:-8],
    "something behind": base64.urlsafe_b64encode(zlib.compress(bytes(LENGTH)) + b"more").decode().rstrip("="),
    "ends in a line break": packed(bytes(LENGTH)) + "\n",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_a_wrong_link_says_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="a drawing of 28 × 28 pixels"):
        image_of(text, GREY)


@given(content=st.binary(max_size=60))
def test_whatever_a_link_holds_it_is_refused_or_an_image(content: bytes) -> None:
    for text in (packed(content), base64.urlsafe_b64encode(content).decode().rstrip("=")):
        with pytest.raises(ValueError, match="28 × 28"):  # none of them has 392 bytes
            image_of(text, GREY)


@pytest.mark.parametrize("shape", SHAPES)
def test_what_the_pad_sends_is_taken(shape: tuple[int, int, int]) -> None:
    drawn = image(shape)
    found = image_from_browser(base64.b64encode(drawn.tobytes()).decode(), shape)
    assert found is not None
    np.testing.assert_array_equal(found, quantize(drawn))
    assert image_from_browser("", shape) is None


@pytest.mark.parametrize(
    "value",
    [None, 7, [0] * 784, {"pixels": ""}, b"", "A" * 1044, "A" * 1052, "é" * 1048, "*" * 1048, "=" * 1048,
     "A" * 1047 + "\n"],
)  # fmt: skip
def test_anything_else_from_a_browser_is_refused_in_a_sentence(value: object) -> None:
    with pytest.raises(ValueError, match="no image of 28 × 28 pixels; draw again"):
        image_from_browser(value, GREY)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_nearest_to_a_training_image_is_itself(shape: tuple[int, int, int]) -> None:
    images = np.stack([image(shape, seed) for seed in range(1500)])
    for index in (0, 999, 1000, 1499):
        found = nearest_images(images[index], images, 3)
        assert found.indices[0] == index
        assert found.errors[0] == 0
        assert (np.diff(found.errors) >= 0).all()


def test_the_nearest_are_those_that_all_distances_say() -> None:
    images = np.stack([image(GREY, seed) for seed in range(1200)])
    images[[40, 1100]] = images[7]  # equal distances keep the order of the images
    drawn = image(GREY, 5000)
    distances = ((images.astype(int) - drawn) ** 2).sum((1, 2, 3))
    expected = np.argsort(distances, kind="stable")[:60]
    found = nearest_images(drawn, images, 60)
    np.testing.assert_array_equal(found.indices, expected)
    np.testing.assert_allclose(found.errors, distances[expected] / 255**2 / 784)
    np.testing.assert_array_equal(nearest_images(images[7], images, 3).indices, [7, 40, 1100])


def test_black_and_white_are_as_far_apart_as_images_can_be() -> None:
    white = np.full((1, *GREY), 255, np.uint8)
    assert nearest_images(np.zeros(GREY, np.uint8), white, 1).errors == 1


def test_the_share_of_smaller_errors_goes_from_none_to_all() -> None:
    errors = np.random.default_rng(0).uniform(1, 2, 1000)
    assert share_below(errors.min(), errors) == 0
    assert share_below(errors.max() + 1e-9, errors) == 1
    assert share_below(float(np.median(errors)), errors) == 0.5
    shares = [share_below(error, errors) for error in np.linspace(0, 3, 50)]
    assert shares == sorted(shares)


@pytest.mark.parametrize("name", [*DATASETS, "one that is not known"])
def test_every_data_set_has_a_placement_that_fits_its_images(name: str) -> None:
    placement = placement_for(name)
    assert placement.sentence.endswith(".")
    side = DATASETS[name].shape[-1] if name in DATASETS else 1
    assert placement.box is None or (placement.box <= side and f"{placement.box}" in placement.sentence)
