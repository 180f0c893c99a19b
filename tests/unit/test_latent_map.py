"""The latent plane shows every code, the prior and a posterior to scale."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import plotly.io
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from plotly.graph_objects import Figure

from vaelab import figures
from vaelab.palette import class_style

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

DIGITS = tuple("0123456789")


def scatter(count: int, **kwargs: Any) -> Figure:
    random = np.random.default_rng(0)
    points, labels = random.normal(size=(count, 2)).astype(np.float32), random.integers(10, size=count)
    return figures.latent_scatter(points, labels, DIGITS, **{"axis_titles": ("z1", "z2"), **kwargs})


def test_every_point_is_drawn_once_in_its_class():
    random = np.random.default_rng(1)
    points, labels = random.normal(size=(300, 2)).astype(np.float32), random.integers(9, size=300)
    figure = figures.latent_scatter(points, labels, DIGITS, axis_titles=("z1", "z2"))
    assert [trace.name for trace in figure.data] == list(DIGITS)
    drawn = np.concatenate([trace.customdata for trace in figure.data])
    assert sorted(drawn) == list(range(300))
    for label, trace in enumerate(figure.data):
        assert (labels[trace.customdata] == label).all()
        np.testing.assert_array_equal(np.stack([trace.x, trace.y], 1), points[trace.customdata])
        assert (trace.marker.color, trace.marker.symbol) == class_style(label)
    assert figure.layout.yaxis.scaleanchor == "x"


def test_choosing_gives_back_the_number_that_came_with_the_point():
    numbers = np.arange(50)[::-1] * 7
    figure = scatter(50, customdata=numbers)
    assert sorted(np.concatenate([trace.customdata for trace in figure.data])) == sorted(numbers)


def test_hovering_tells_class_coordinates_and_number_but_no_coordinate_without_a_meaning():
    assert (
        scatter(10).data[3].hovertemplate.startswith("<b>3</b><br>z1 = %{x:.3f}<br>z2 = %{y:.3f}<br>image ")
    )
    assert "%{y" not in scatter(10, axis_titles=("z1", "")).data[3].hovertemplate


def test_class_names_stand_at_medians_where_there_are_points():
    points = np.array([[0, 0], [2, 4], [100, 5], [1, 1]], np.float32)
    labels = np.array([3, 3, 3, 5])
    figure = figures.latent_scatter(points, labels, DIGITS, axis_titles=("z1", "z2"))
    places = {note.text: (note.x, note.y) for note in figure.layout.annotations}
    assert places == {"3": (2, 4), "5": (1, 1)}
    plain = figures.latent_scatter(points, labels, DIGITS, axis_titles=("z1", "z2"), centroids=False)
    assert not plain.layout.annotations


@pytest.mark.parametrize(
    ("classes", "markers", "legend"),
    [(("3", "cat"), ["3", "cat"], ["3", "cat"]), (("Sandal", "Bag"), ["0", "1"], ["0 Sandal", "1 Bag"])],
)
def test_points_can_be_drawn_as_their_class(classes: tuple[str, ...], markers: list[str], legend: list[str]):
    figure = figures.latent_scatter(
        np.zeros((2, 2)), np.arange(2), classes, axis_titles=("z1", "z2"), digits_as_markers=True
    )
    assert [trace.text for trace in figure.data] == markers
    assert [trace.name for trace in figure.data] == legend
    assert {trace.mode for trace in figure.data} == {"text"}


def test_prior_circles_hold_the_share_that_they_name():
    draws = np.linalg.norm(np.random.default_rng(0).normal(size=(200_000, 2)), axis=1)
    for radius, text in figures.PRIOR_CIRCLES:
        named = int(re.match(r"(\d+) %", text)[1])  # type: ignore[index]
        assert round(100 * (1 - np.exp(-(radius**2) / 2))) == named
        assert 100 * (draws < radius).mean() == pytest.approx(named, abs=0.6)
    shapes = scatter(10, circles=figures.PRIOR_CIRCLES).layout.shapes
    assert [(shape.x0, shape.x1, shape.y0, shape.y1) for shape in shapes] == [
        (-radius, radius, -radius, radius) for radius in (1, 2, 3)
    ]


@UNHURRIED
@given(st.floats(1e-3, 10), st.floats(1e-3, 10), st.floats(0, 3.14), st.sampled_from([1, 2, 3]))
def test_ellipses_are_to_scale(first: float, second: float, turn: float, radius: float):
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    covariance = rotation @ np.diag([first, second]) @ rotation.T
    curve = figures.ellipse(np.array([5.0, -2.0]), covariance, radius) - (5.0, -2.0)
    # On the ellipse the Mahalanobis distance is the radius, at the ends of its axes as everywhere.
    distance = np.sqrt((curve @ np.linalg.inv(covariance) * curve).sum(1))
    np.testing.assert_allclose(distance, radius, rtol=1e-5)
    lengths = np.linalg.norm(curve, axis=1)
    half_axes = radius * np.sqrt(np.linalg.eigvalsh(covariance))
    np.testing.assert_allclose([lengths.min(), lengths.max()], half_axes, rtol=1e-5)
    np.testing.assert_allclose(curve[0], curve[-1], atol=1e-9)


def test_the_posterior_is_drawn_at_one_and_two_sigma():
    centre, covariance = np.array([1.0, 2.0]), np.diag([0.04, 0.25])
    shapes = scatter(10, posterior=(centre, covariance)).layout.shapes
    widths = set()
    for shape in shapes:
        curve = np.array([point.split(",") for point in re.split("[MLZ]", shape.path) if point], float)
        np.testing.assert_allclose((curve.min(0) + curve.max(0)) / 2, centre, atol=1e-4)
        widths.add(tuple(np.round(np.ptp(curve, axis=0), 3)))
    assert widths == {(0.4, 1.0), (0.8, 2.0)}


def test_a_ring_marks_the_chosen_point():
    points = np.array([[0, 0], [3, 4]], np.float32)
    figure = figures.latent_scatter(points, np.array([0, 1]), DIGITS, axis_titles=("a", "b"), chosen=1)
    assert {(shape.xanchor, shape.yanchor) for shape in figure.layout.shapes} == {(3, 4)}


def test_a_scatter_of_all_test_images_is_small_to_send():
    figure = scatter(10_000, circles=figures.PRIOR_CIRCLES, chosen=5, posterior=(np.zeros(2), np.eye(2)))
    assert len(plotly.io.to_json(figure, validate=False)) < 400_000


def test_a_span_limits_the_axes_without_a_range_that_would_undo_a_zoom_when_it_grows():
    layout = scatter(10, span=((-1.0, 3.0), (-2.0, 2.0))).layout
    assert layout.xaxis.range is layout.yaxis.range is None
    automatic = [axis.autorangeoptions for axis in (layout.xaxis, layout.yaxis)]
    assert [(axis.clipmin, axis.clipmax) for axis in automatic] == [(-1, 3), (-2, 2)]
    assert [axis.include for axis in automatic] == [(-1, 3), (-2, 2)]


clouds = arrays(np.float64, st.tuples(st.integers(0, 40), st.just(2)), elements=st.floats(-1e4, 1e4))


def inside(points: np.ndarray, span: figures.Span) -> np.ndarray:
    (left, right), (bottom, top) = span
    x, y = points.T
    return (left <= x) & (x <= right) & (bottom <= y) & (y <= top)


@UNHURRIED
@given(st.lists(clouds, min_size=1, max_size=4))
def test_axes_of_a_live_view_only_grow_and_hold_the_points(looks: list[np.ndarray]):
    span = None
    for points in looks:
        grown = figures.grown_span(span, points)
        widths = np.diff(grown)
        assert (widths > 0).all()
        assert widths[0] == pytest.approx(widths[1])
        assert inside(points, grown).all()
        assert span is None or inside(np.array(span).T, grown).all()
        assert figures.grown_span(grown, points) == grown
        span = grown


def test_the_few_points_far_out_do_not_squeeze_the_others():
    points = np.random.default_rng(0).uniform(-1, 1, (1000, 2))
    points[:3] = 1e6
    points[3] = np.nan
    span = figures.grown_span(None, points)
    assert np.abs(span).max() < 2
    assert inside(points, span).mean() > 0.99
