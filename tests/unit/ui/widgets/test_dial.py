"""The values that a dial's slider can take."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaelab.config import field_spec, read_config
from vaelab.ui.recipe.dials import DIALS, face_of
from vaelab.ui.session.recipe import number_of
from vaelab.ui.widgets.dial import log_stops, whole_stops


@given(st.integers(-6, 2), st.integers(1, 5))
def test_stops_rise_by_about_equal_ratios_from_end_to_end(first: int, decades: int) -> None:
    low, high = 10.0**first, 10.0 ** (first + decades)
    stops = log_stops(low, high)
    assert stops[0] == pytest.approx(low)
    assert stops[-1] == pytest.approx(high)
    assert len(stops) == 10 * decades + 1
    assert all(1.15 < after / before < 1.4 for before, after in pairwise(stops))


def test_whole_stops_are_whole_and_have_both_ends() -> None:
    assert whole_stops(1, 12) == (1, 2, 3, 4, 5, 6, 8, 10, 12)
    assert whole_stops(1, 500)[-1] == 500
    assert {16, 32, 64, 128, 256} < set(whole_stops(1, 256, also=(32, 64, 128)))


@pytest.mark.parametrize("name", DIALS)
def test_every_stop_of_a_dial_is_a_value_of_its_field(name: str) -> None:
    face, spec = face_of(name), field_spec(name)
    assert list(face.stops) == sorted(set(face.stops))
    assert set(face.marks) <= set(face.stops)
    assert (face.least, face.most) == (spec.minimum, spec.maximum)
    for stop in face.stops:
        config, problems = read_config({name: stop})
        assert problems == {}
        assert getattr(config, name) == stop


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_a_comma_is_as_good_as_a_point(number: float) -> None:
    assert number_of(repr(number).replace(".", ",")) == number_of(repr(number)) == number


@pytest.mark.parametrize("sent", ["", "1,2,3", "much", None, [1], {}])
def test_what_is_no_number_stays_for_the_sentence(sent: object) -> None:
    assert number_of(sent) is sent
