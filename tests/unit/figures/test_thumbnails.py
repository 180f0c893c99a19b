"""Small pictures of a run: three of one size, which show what they are of, whatever its codes are."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from vaelab.data import DATASETS
from vaelab.events import Preview
from vaelab.figures.thumbnails import SIDE, thumbnails

SPEC = DATASETS["mnist"]
CLASSES = len(SPEC.classes)
LABELS = np.arange(300) % CLASSES
EXAMPLES = np.full((CLASSES, 1, 28, 28), 255, np.uint8)


def drawn(mean: np.ndarray, samples: np.ndarray | None = None) -> list[np.ndarray]:
    """The pixels of the three pictures of a preview whose reconstructions are black."""
    black = np.zeros_like(EXAMPLES)
    preview = Preview(
        step=7, epoch=0.5, images_per_second=1.0, mean=mean, reconstructions=black, samples=samples
    )
    made = thumbnails(preview, EXAMPLES, LABELS, SPEC)
    return [np.asarray(Image.open(io.BytesIO(content)).convert("RGB")) for content in made]


def codes(dimensions: int) -> np.ndarray:
    return np.random.default_rng(3).normal(size=(200, dimensions)).astype(np.float32)


@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_all_have_one_size_and_the_codes_are_in_colour(dimensions: int) -> None:
    pairs, plane, decoded = drawn(codes(dimensions))
    assert {picture.shape for picture in (pairs, plane, decoded)} == {(SIDE, SIDE, 3)}
    assert len(np.unique(plane.reshape(-1, 3), axis=0)) > CLASSES
    assert plane.max() == 255, "the ground is white"


def test_examples_stand_over_their_reconstructions() -> None:
    pairs, _, _ = drawn(codes(2))
    assert pairs[: SIDE // 3].mean() > 200
    assert pairs[-SIDE // 3 :].mean() < 50


def test_what_is_decoded_from_the_prior_has_precedence() -> None:
    without, (*_, decoded) = drawn(codes(2)), drawn(codes(2), np.full((16, 1, 28, 28), 255, np.uint8))
    assert decoded.mean() > 200
    assert without[-1].mean() < 50, "an AE has no prior: its reconstructions"


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [0.0, np.nan])
def test_a_collapsed_or_diverged_run_has_pictures_too(value: float) -> None:
    mean = codes(2) * 0 + np.float32(value)
    _, plane, _ = drawn(mean)
    colours = {tuple(colour) for colour in plane.reshape(-1, 3)}
    assert (colours == {(255, 255, 255)}) == bool(np.isnan(value)), "all codes lie on one point"
