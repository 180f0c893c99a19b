"""The view of the latent plane has the codes in it, and the prior's circles hold the shares they state."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vaelab.latent.view import (
    PRIOR_CIRCLES,
    Span,
    followed,
    grown_span,
    least_span,
    seen_plane,
    whole_span,
    with_class_rows,
)

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_prior_circles_hold_the_share_that_they_name():
    draws = np.linalg.norm(np.random.default_rng(0).normal(size=(200_000, 2)), axis=1)
    for radius, text in PRIOR_CIRCLES:
        named = int(re.match(r"(\d+) %", text)[1])  # type: ignore[index]
        assert round(100 * (1 - np.exp(-(radius**2) / 2))) == named
        assert 100 * (draws < radius).mean() == pytest.approx(named, abs=0.6)


clouds = arrays(np.float64, st.tuples(st.integers(0, 40), st.just(2)), elements=st.floats(-1e4, 1e4))


def inside(points: np.ndarray, span: Span) -> np.ndarray:
    (left, right), (bottom, top) = span
    x, y = points.T
    return (left <= x) & (x <= right) & (bottom <= y) & (y <= top)


@UNHURRIED
@given(st.lists(clouds, min_size=1, max_size=4))
def test_axes_of_a_live_view_only_grow_and_hold_the_points(looks: list[np.ndarray]):
    span = None
    for points in looks:
        grown = grown_span(span, points)
        widths = np.diff(grown)
        assert (widths > 0).all()
        assert widths[0] == pytest.approx(widths[1])
        assert inside(points, grown).all()
        assert span is None or inside(np.array(span).T, grown).all()
        assert grown_span(grown, points) == grown
        span = grown


def test_the_few_points_far_out_do_not_squeeze_the_others():
    points = np.random.default_rng(0).uniform(-1, 1, (1000, 2))
    points[:3] = 1e6
    points[3] = np.nan
    span = grown_span(None, points)
    assert np.abs(span).max() < 2
    assert inside(points, span).mean() > 0.99


def test_all_codes_are_in_view_even_if_they_are_one():
    for count in (1, 2, 50):
        points = np.random.default_rng(count).normal(size=(count, 2))
        span = whole_span(points)
        assert inside(points, span).all()
        assert (np.diff(span) > 0).all()


def test_the_plane_has_both_axes_or_the_principal_components() -> None:
    codes = np.random.default_rng(0).normal(size=(50, 5)) * [1, 1, 9, 1, 3]
    assert seen_plane(codes[:, :1]).labels == ("z1", "")
    assert seen_plane(codes[:, :2]).labels == ("z1", "z2")
    plane = seen_plane(codes)
    assert np.abs(plane.basis).argmax(0).tolist() == [2, 4]
    turned = replace(plane, basis=-plane.basis)
    np.testing.assert_allclose(seen_plane(codes, turned).basis, turned.basis)


def test_codes_of_one_dimension_stand_in_a_row_a_class() -> None:
    span = ((-2.0, 3.0), (-1.0, 1.0))
    assert with_class_rows(span, 2, 10) == span
    assert with_class_rows(span, 1, 10) == ((-2.0, 3.0), (-0.7, 9.7))


def test_what_is_followed_keeps_its_span_while_it_trains() -> None:
    codes, memory = np.random.default_rng(0).normal(size=(50, 2)), dict[str, object]()
    far, near = followed(memory, 5 * codes, 10), followed(memory, codes, 10)
    assert near[1] == far[1] == memory["span"]
    assert followed(memory, codes, 10, keeps_span=False)[1] != far[1]


def test_codes_that_have_collapsed_are_a_point_within_the_circles_of_the_prior() -> None:
    point = 1e-3 * np.random.default_rng(0).normal(size=(50, 2))
    circles = least_span(True)
    assert whole_span(point, circles) == circles
    assert followed({}, point, 10, keeps_span=False, least=circles)[1] == circles
    far = whole_span(np.array([[-9.0, 0.0], [0.0, 9.0]]), circles)
    assert far[0][0] < -9
    assert far[0][1] == circles[0][1]
    assert whole_span(point, least_span(False)) == whole_span(point)
