"""What holds for every figure; error maps and KL by dimension."""

from __future__ import annotations

import copy
import json

import numpy as np
import plotly.io
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plotly.graph_objects import Figure

from tests.support.loss_figures import AE, STARTED, loss_figure, run
from vaelab.events import Columns
from vaelab.figures.explore import class_counts, kl_bars
from vaelab.figures.kinds.image import error_legend, signed_errors
from vaelab.figures.losses import log_allowed, losses
from vaelab.figures.palette import class_style
from vaelab.latent.view import grown_span, whole_span

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

ALL_SIZES = [
    pytest.param(function, count, id=f"{name}-{count}")
    for name, function in {
        "losses": loss_figure,
        "losses of an AE": lambda count: loss_figure(count, config=AE),
        "kl": lambda count: kl_bars([0.5] * count, [True] * count),
        "class counts": lambda count: class_counts(np.arange(count), [f"class {n}" for n in range(count)]),
        "legend": lambda count: error_legend(),
    }.items()
    for count in (0, 1, 50)
]


# All of them


@pytest.mark.parametrize(("function", "count"), ALL_SIZES)
def test_any_number_of_points_makes_a_valid_figure(function, count: int):
    figure = function(count)
    assert isinstance(figure, Figure)
    assert json.loads(plotly.io.to_json(figure, validate=True))["data"] is not None


@pytest.mark.parametrize(("function", "count"), ALL_SIZES)
def test_every_axis_has_a_title_and_every_trace_says_what_is_under_the_cursor(function, count: int):
    figure = function(count)
    axes = [*figure.select_xaxes(), *figure.select_yaxes()]
    assert axes
    assert all(axis.title.text for axis in axes if axis.visible is not False)
    assert all(trace.hovertemplate for trace in figure.data)


@pytest.mark.parametrize(("function", "count"), ALL_SIZES)
def test_what_follows_the_theme_is_left_open(function, count: int):
    layout = function(count).layout
    assert [layout.paper_bgcolor, layout.plot_bgcolor, layout.font.color, layout.font.family] == [None] * 4


def test_inputs_stay_as_they_are():
    steps, evaluated = run(5000)
    del evaluated["kl"]
    before = copy.deepcopy((steps, evaluated))
    log_allowed(Columns(steps), Columns(evaluated))
    losses(Columns(steps), Columns(evaluated), config=AE, started=STARTED)
    assert (steps, evaluated) == before

    # Arrays that cannot be written would raise if anything tried.
    points, errors, kl = np.zeros((50, 2)), np.zeros((2, 3, 3)), np.array([0.1, 0.001])
    for array in (points, errors, kl):
        array.flags.writeable = False
    grown_span(None, points)
    whole_span(points)
    class_counts(kl, ("a", "b"))
    signed_errors(errors[:, None])
    kl_bars(kl, kl > 0.01)


def test_every_class_has_a_bar_of_its_colour():
    (bar,) = class_counts(np.array([3, 0, 5]), ("a", "b", "c")).data
    assert (list(bar.x), list(bar.y)) == (["a", "b", "c"], [3, 0, 5])
    assert bar.marker.color == tuple(class_style(label)[0] for label in range(3))


# KL by dimension


@UNHURRIED
@given(st.lists(st.tuples(st.floats(0, 20), st.booleans()), max_size=30))
def test_every_dimension_has_its_bar_by_whether_it_is_active(dimensions: list[tuple[float, bool]]):
    kl, active = [value for value, _ in dimensions], [is_active for _, is_active in dimensions]
    figure = kl_bars(kl, active)
    drawn = {name: value for trace in figure.data for name, value in zip(trace.x, trace.y, strict=True)}
    assert drawn == {f"z{index + 1}": value for index, value in enumerate(kl)}
    used, unused = figure.data
    for trace, expected in ((used, True), (unused, False)):
        assert set(trace.x) == {
            f"z{index + 1}" for index, is_active in enumerate(active) if is_active == expected
        }
    assert used.name == f"active: {len(used.y)} of {len(kl)}"
    heights = [drawn[name] for name in figure.layout.xaxis.categoryarray]
    assert heights == sorted(heights, reverse=True)
