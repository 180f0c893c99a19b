"""Numbers in eight bits are those of before within half a scale, and take half the room."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from vaelab.runs.eight_bits import LARGEST, from_eight_bits, to_eight_bits

half = st.floats(-65504, 65504, width=16)
weights = npst.array_shapes(min_dims=1, max_dims=4, max_side=7).flatmap(
    lambda shape: npst.arrays(np.float16, shape, elements=half)
)
"""Vectors, matrices and kernels of every finite value of 16 bits."""


def there_and_back(weight: np.ndarray, largest: int = LARGEST) -> np.ndarray:
    restored = from_eight_bits(to_eight_bits({"w": weight}, largest))
    assert list(restored) == ["w"]
    return restored["w"]


@given(weights, st.sampled_from([1, 7, 63, LARGEST]))
def test_no_number_is_changed_by_more_than_half_a_scale(weight: np.ndarray, largest: int) -> None:
    """Half of the 127th part of the largest in its row, or of a coarser part, and one rounding to 16 bits."""
    restored = there_and_back(weight, largest)
    assert (restored.dtype, restored.shape) == (np.float16, weight.shape)
    rounding = np.abs(restored.astype(float)) / 2**11 + 2.0**-25
    difference = np.abs(restored.astype(float) - weight.astype(float))
    of_rows = np.abs(weight.astype(float)).max(tuple(range(1, weight.ndim)), keepdims=True)
    assert (difference <= 1.0001 * of_rows / largest / 2 + rounding).all()


@given(weights)
def test_they_never_take_more_room(weight: np.ndarray) -> None:
    assert sum(array.nbytes for array in to_eight_bits({"w": weight}).values()) <= weight.nbytes


def test_a_matrix_takes_half_the_room() -> None:
    weight = np.random.default_rng(0).normal(size=(784, 512)).astype(np.float16)
    assert sum(array.nbytes for array in to_eight_bits({"w": weight}).values()) < 0.51 * weight.nbytes


@given(st.integers(0, 1000), st.floats(0.01, 100))
def test_a_second_time_the_same_numbers_come_out(seed: int, scale: float) -> None:
    weight = np.random.default_rng(seed).normal(0, scale, (6, 9)).astype(np.float16)
    first, second = (to_eight_bits({"w": each})["int8.w"] for each in (weight, there_and_back(weight)))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("shape", [(9,), (9, 1), (9, 2), (5, 4)])
def test_vectors_and_short_rows_stay_bit_for_bit(shape: tuple[int, ...]) -> None:
    weight = np.random.default_rng(0).normal(size=shape).astype(np.float16)
    assert there_and_back(weight).tobytes() == weight.tobytes()


@pytest.mark.filterwarnings("error")
def test_a_row_of_zeros_and_one_that_is_no_number_spoil_no_other() -> None:
    weight = np.random.default_rng(0).normal(size=(4, 8)).astype(np.float16)
    expected = there_and_back(weight)
    spoilt = weight.copy()
    spoilt[0], spoilt[2, 5] = 0, np.nan
    restored = there_and_back(spoilt)
    assert (restored[0] == 0).all()
    assert np.isnan(restored[2]).all()
    assert np.array_equal(restored[[1, 3]], expected[[1, 3]])
