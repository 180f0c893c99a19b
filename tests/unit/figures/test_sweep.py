"""The figures of a sweep show every run that has finished, once, where its numbers are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support.sweeps import SOUND, on_images
from vaelab.events import Columns
from vaelab.figures.axes import NONE_FINISHED
from vaelab.figures.rate_distortion import rate_distortion
from vaelab.figures.sweep import measure_curve, scale
from vaelab.figures.sweep_curves import SweptRun, curves, panel_columns
from vaelab.figures.sweep_heat import heat_map
from vaelab.sweeps.results import Result, best

AXES = ("beta",)
PAIRS = [
    Result(f"{dimension}-{optimizer}-{seed}", (dimension, optimizer), seed, "finished", 1.0,
           on_images(100 - dimension + seed, 3, 0.05),
           on_images(101, 3, 0.05))
    for dimension in (2, 8) for optimizer in ("sgd", "adam") for seed in range(2)
]  # fmt: skip


def trace(figure: Any, name: str) -> Any:
    (found,) = (trace for trace in figure.data if trace.name == name)
    return found


def chosen(figure: Any) -> list[str]:
    """The runs that can be chosen."""
    given = [np.ravel(trace.customdata) for trace in figure.data if trace.customdata is not None]
    return [str(run) for runs in given for run in runs if run]


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("beta", (0.1, 1, 10), "log"),
        ("latent_dim", (1, 2, 32), "log"),
        ("latent_dim", (2, 3, 4), "linear"),
        ("beta", (0, 0.1, 10), "category"),
        ("beta", (0, 1, 4), "linear"),
        ("optimizer", ("adam", "sgd"), "category"),
        ("hidden", ("none", "64"), "category"),
        ("sigma", ("auto", 0.1), "category"),
    ],
)
def test_the_axis_suits_the_values(name: str, values: tuple[Any, ...], kind: str):
    assert scale(name, values) == kind


def test_a_curve_has_a_point_a_run_and_a_band_around_the_means():
    figure = measure_curve(AXES, SOUND, "neg_elbo", best(SOUND, "neg_elbo"))
    assert chosen(figure) == [result.run for result in SOUND]
    points, band = trace(figure, "a run"), trace(figure, "lowest to highest seed")
    assert list(points.y) == [result.value("neg_elbo") for result in SOUND]
    assert (min(band.y), max(band.y)) == (min(points.y), max(points.y))
    star = trace(figure, "best on held-out images")
    assert (list(star.x), list(star.y)) == ([1.0], [101])
    assert figure.layout.xaxis.type == "log"
    assert list(trace(figure, "test images, mean").y) == [112, 102, 132]


def test_lines_follow_the_values_however_they_were_given():
    figure = measure_curve(AXES, SOUND[::-1], "recon", None)
    assert list(trace(figure, "held-out images, mean").x) == [0.1, 1.0, 10.0]


def test_a_measure_that_does_not_choose_has_no_star():
    figure = measure_curve(AXES, SOUND, "kl", best(SOUND, "neg_elbo"))
    assert "best on held-out images" not in [trace.name for trace in figure.data]


def test_rate_and_distortion_have_a_point_a_run():
    figure = rate_distortion(AXES, SOUND)
    assert sorted(chosen(figure)) == sorted(result.run for result in SOUND)
    colors = {trace.marker.color for trace in figure.data if trace.customdata is not None}
    assert len(colors) == 3
    for each in figure.data:
        if each.customdata is not None:
            assert set(each.x) == {10.0}


def test_of_two_fields_one_has_colours_and_the_other_symbols():
    figure = rate_distortion(("latent_dim", "optimizer"), PAIRS)
    drawn = [trace for trace in figure.data if trace.customdata is not None]
    assert len({trace.marker.color for trace in drawn}) == len({trace.marker.symbol for trace in drawn}) == 2
    assert len({(trace.marker.color, trace.marker.symbol) for trace in drawn}) == 4
    assert [trace.name for trace in figure.data if trace.showlegend is None] == [
        "Latent dimension 2",
        "Latent dimension 8",
        "Optimizer SGD",
        "Optimizer Adam",
    ]


def test_a_heat_map_has_a_cell_a_pair_with_its_mean():
    figure = heat_map(("latent_dim", "optimizer"), PAIRS, "recon", best(PAIRS, "recon"))
    heat = figure.data[0]
    assert (list(heat.x), list(heat.y)) == (["2", "8"], ["SGD", "Adam"])
    assert heat.z.tolist() == [[98.5, 92.5], [98.5, 92.5]]
    assert set(chosen(figure)) <= {result.run for result in PAIRS}
    assert len(set(chosen(figure))) == 4


def test_figures_are_there_before_the_first_result():
    waiting = [Result("x", (beta,), 0, "queued") for beta in (0.1, 1.0)]
    pairs = [Result("x", (beta, "adam"), 0, "queued") for beta in (0.1, 1.0)]
    assert chosen(measure_curve(AXES, waiting, "mse", None)) == []
    assert chosen(rate_distortion(AXES, waiting)) == []
    assert chosen(heat_map(("beta", "optimizer"), pairs, "mse", None)) == []


def notes(figure: Any) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_before_the_first_result_a_chart_says_so_and_has_no_numbers_at_its_axes():
    waiting = [Result("x", (beta,), 0, "queued") for beta in (0.1, 1.0)]
    for empty in (measure_curve(AXES, waiting, "mse", None), rate_distortion(AXES, waiting)):
        assert notes(empty) == [NONE_FINISHED]
        assert empty.layout.xaxis.showticklabels is empty.layout.yaxis.showticklabels is False
    for full in (measure_curve(AXES, SOUND, "mse", None), rate_distortion(AXES, SOUND)):
        assert notes(full) == []
        assert full.layout.xaxis.showticklabels is not False


def course(beta: float, seed: int, points: int = 500) -> SweptRun:
    epochs = [step / 100 for step in range(1, points + 1)]
    steps = {"epoch": epochs, "recon": [500 / epoch for epoch in epochs], "kl": [1.0] * points}
    evaluated = {"epoch": [1.0, 2.0], "held_out_recon": [120.0, 110.0], "held_out_kl": [2.0, 3.0]}
    return SweptRun((beta,), seed, False, Columns(steps), Columns(evaluated))


def test_each_setting_has_a_panel_with_all_its_seeds():
    courses = [course(beta, seed) for beta in (0.1, 1.0, 10.0, 30.0) for seed in range(2)]
    figure = curves(AXES, courses, "neg_elbo", 5)
    panels = {trace.xaxis for trace in figure.data}
    assert len(panels) == 4
    assert [heading.text for heading in figure.layout.annotations] == [
        "<b>0.1</b>", "<b>1</b>", "<b>10</b>", "<b>30</b>",
    ]  # fmt: skip
    dots = [trace for trace in figure.data if trace.mode == "lines+markers"]
    assert len(dots) == 8
    assert list(dots[0].y) == [122, 113]
    assert figure.layout.yaxis.autorangeoptions.clipmax < 5000  # the first steps do not set the axis


def test_a_diverged_run_leaves_the_axis_to_the_others():
    sound, lost = course(0.1, 0), course(1.0, 0)
    high = Columns({"epoch": lost.steps["epoch"].tolist(), "recon": [1e6] * 500, "kl": [1.0] * 500})
    lost = replace(lost, diverged=True, steps=high)
    alone = curves(AXES, [sound], "neg_elbo", 5).layout.yaxis.autorangeoptions
    assert curves(AXES, [sound, lost], "neg_elbo", 5).layout.yaxis.autorangeoptions == alone
    assert curves(AXES, [lost], "neg_elbo", 5).layout.yaxis.autorangeoptions.clipmax > 1e6


def test_a_panel_waits_for_a_run_that_has_not_begun():
    waiting = [SweptRun((beta,), 0, False, Columns(), Columns()) for beta in (0.1, 1.0)]
    figure = curves(AXES, waiting, "neg_elbo", 5)
    assert len(figure.layout.annotations) == 2
    assert curves(AXES, [course(1.0, 0)], "mse", 5).data  # steps have no squared error


@pytest.mark.parametrize(("settings", "columns"), [(1, 1), (3, 3), (9, 3), (10, 4), (13, 6), (60, 6)])
def test_panels_stay_readable(settings: int, columns: int):
    assert panel_columns(settings) == columns
