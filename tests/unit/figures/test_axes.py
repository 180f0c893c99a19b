"""Fewer points that look the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vaelab.figures.axes import decimate

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(
    arrays(np.float64, st.integers(0, 300), elements=st.floats(-1e6, 1e6) | st.sampled_from([0.0, 1.0])),
    st.integers(4, 60),
)
def test_decimation_keeps_ends_extremes_and_order(values: np.ndarray, most: int):
    positions = np.arange(len(values))
    kept, drawn = decimate(positions, values, most)
    assert len(kept) <= most
    assert len(kept) == len(values) or len(values) > most
    assert (np.diff(kept) > 0).all()
    np.testing.assert_array_equal(drawn, values[kept])
    if len(values):
        assert (kept[0], kept[-1]) == (0, len(values) - 1)
        assert (drawn.min(), drawn.max()) == (values.min(), values.max())


def test_decimation_to_fewer_points_than_ends_and_extremes_is_refused():
    with pytest.raises(ValueError, match="at least 4"):
        decimate(np.arange(9), np.arange(9), 3)
