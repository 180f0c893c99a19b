"""Whatever a browser says was chosen on a canvas, the page takes it as a choice or not at all."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaelab.ui.widgets.latent_canvas import LARGEST_COORDINATE, Choice, _choice

IMAGES = 10_000

numbers = st.integers() | st.floats() | st.just(10**400) | st.just(-(10**400))
points = st.lists(numbers | st.none() | st.text(max_size=2), max_size=3)
events = st.fixed_dictionaries(
    {"kind": st.sampled_from(["code", "point", "region", "other"])},
    optional={"index": numbers | st.booleans(), "point": points, "position": points | numbers,
              "region": st.lists(points, max_size=5)},
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(events | numbers | st.none() | st.text(max_size=3) | st.lists(numbers, max_size=2))
def test_anything_is_a_choice_of_ordinary_numbers_or_none(selected: Any) -> None:
    made = _choice(selected, IMAGES)
    assert made is None or isinstance(made, Choice)
    if made is not None:
        assert made.index is None or 0 <= made.index < IMAGES
        told = [*(made.point or ()), *(made.quantiles or ())]
        told += [number for corner in made.region or () for number in corner]
        assert all(math.isfinite(number) and abs(number) <= LARGEST_COORDINATE for number in told)


@pytest.mark.parametrize("number", [10**400, math.inf, math.nan])
def test_a_point_too_far_out_is_none(number: float) -> None:
    assert _choice({"kind": "point", "point": [number, 0]}, IMAGES) is None
    assert _choice({"kind": "point", "point": [1, 0], "position": [number, 0]}, IMAGES) == Choice(
        point=(1.0, 0.0)
    )
    assert _choice({"kind": "point", "point": [1, 0]}, IMAGES) == Choice(point=(1.0, 0.0))
