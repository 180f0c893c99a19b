"""Loss curves show what was logged, at a scale on which it can be read."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plotly.graph_objects import Figure

from tests.support.loss_figures import AE, STARTED, VAE, loss_figure, run
from vaelab.events import Columns
from vaelab.figures.curves import DRAWN_POINTS
from vaelab.figures.losses import log_allowed, losses
from vaelab.teaching.verdict import Case, judge

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def strings(value: Any) -> Iterator[str]:
    """Every text of a figure's description."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in ("template", "bdata", "source"):
                yield from strings(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from strings(item)


def traces(figure: Figure, name: str, mode: str | None = None) -> list[Any]:
    return [trace for trace in figure.data if trace.name == name and mode in (None, trace.mode)]


def limits(figure: Figure, axis: str = "yaxis") -> tuple[float, float]:
    """What an axis shows at first; no `range`, which would undo a zoom whenever it changes."""
    assert figure.layout[axis].range is None
    automatic = figure.layout[axis].autorangeoptions
    assert automatic.include == (automatic.clipmin, automatic.clipmax)
    return automatic.clipmin, automatic.clipmax


def test_a_vae_shows_reconstruction_kl_and_their_unweighted_sum():
    steps, evaluated = run(200)
    figure = losses(Columns(steps), Columns(evaluated), config=VAE.variant(beta=4), started=STARTED)
    for columns, mode in ((steps, "lines"), (evaluated, "lines+markers")):
        shown = {name: traces(figure, name, mode)[0] for name in ("reconstruction", "KL", "negative ELBO")}
        sums = np.add(columns["recon"], columns["kl"])
        for trace, values in zip(shown.values(), (columns["recon"], columns["kl"], sums), strict=True):
            np.testing.assert_allclose(trace.y, values, rtol=1e-6)
            np.testing.assert_allclose(trace.x, columns["epoch"], rtol=1e-6)
        assert shown["KL"].yaxis != shown["reconstruction"].yaxis == shown["negative ELBO"].yaxis


def test_train_and_test_of_one_quantity_have_one_colour_and_quantities_differ():
    figure = loss_figure()
    colors = {(trace.name, trace.line.color) for trace in figure.data}
    assert len(colors) == len({name for name, _ in colors}) == len({color for _, color in colors}) == 3


def test_an_ae_has_neither_kl_nor_elbo():
    figure = loss_figure(config=AE.variant(beta=4, beta_warmup=2, stop_loss=100))
    assert {trace.name for trace in figure.data} == {"reconstruction"}
    assert not any(re.search(r"\bKL\b|ELBO|beta", text, re.IGNORECASE) for text in strings(figure.to_dict()))
    assert any("ELBO" in text for text in strings(loss_figure().to_dict()))


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, []),
        ({"beta": 4}, ["trained on recon. + 4·KL"]),
        ({"beta_warmup": 1}, ["trained on recon. + beta·KL"]),
        ({"model": "ae", "beta": 4}, []),
    ],
)
def test_the_objective_is_drawn_dashed_and_named_where_it_is_not_the_sum(
    changes: dict[str, Any], names: list[str]
):
    figure = loss_figure(config=VAE.variant(**changes))
    assert [trace.name for trace in figure.data if trace.line.dash == "dash"] == names


@pytest.mark.parametrize("beta", [1, 4])
def test_the_verdict_and_the_chart_give_the_same_number_the_same_name(beta: float):
    config = VAE.variant(beta=beta)
    names = {trace.name for trace in loss_figure(config=config).data}
    steps, evaluated = run(200)
    evaluated["mse"] = [0.05] * len(evaluated["epoch"])
    case = Case(
        config=config, state="finished", steps=Columns(steps), evaluated=Columns(evaluated), started=STARTED,
        finished=None, pca_error=None, usual=None,
    )  # fmt: skip
    unit = judge(case).unit
    first, *others = unit.removeprefix("how wrong, in ").removeprefix("nats per image: ").split("; ")
    assert {first, *others} <= names


def test_levels_are_labelled_and_in_view():
    figure = loss_figure(config=VAE.variant(stop_loss=120))
    levels = {shape.label.text: shape.y0 for shape in figure.layout.shapes}
    assert sorted(levels.values()) == [45.5, 120, 205.8]
    assert {text.split(" (")[0] for text in levels} == {
        "without a model: mean image", "floor of the test images", "stop at 120 nats",
    }  # fmt: skip
    low, high = limits(figure)
    assert all(low < value < high for value in levels.values())


def test_mse_has_no_floor_and_a_run_that_has_not_started_no_baseline():
    no_floor = loss_figure(started={"mean_image_loss": 55.6, "floor_loss": None})
    assert [shape.y0 for shape in no_floor.layout.shapes] == [55.6]
    assert not loss_figure(started=None).layout.shapes


@pytest.mark.parametrize(("stop_loss", "text"), [(-500, "stop at −500 nats ↓"), (900, "stop at 900 nats ↑")])
def test_a_stop_loss_far_away_is_named_at_the_edge_and_squeezes_nothing(stop_loss: float, text: str):
    figure = loss_figure(config=VAE.variant(stop_loss=stop_loss))
    assert limits(figure) == limits(loss_figure())
    assert [note.text for note in figure.layout.annotations] == [text]


def test_the_time_axis_is_as_long_as_the_run():
    assert loss_figure(20, config=VAE.variant(epochs=37)).layout.xaxis.range == (0, 37)


@pytest.mark.parametrize("log", [False, True])
def test_first_steps_do_not_set_the_range_and_all_that_follows_does(log: bool):
    steps, evaluated = run(500)
    drawn = {"config": VAE, "started": STARTED, "log": log}
    calm = losses(Columns(steps), Columns(evaluated), **drawn)
    for name, factor in (("recon", 100), ("kl", 1000)):
        steps[name] = [value * factor if index < 5 else value for index, value in enumerate(steps[name])]
    spiky = losses(Columns(steps), Columns(evaluated), **drawn)
    for axis in ("yaxis", "yaxis2"):
        assert limits(spiky, axis) == pytest.approx(limits(calm, axis), rel=0.01)
    low, high = limits(spiky)
    later = [*steps["recon"][20:], *evaluated["recon"]]
    assert low < min(later)
    assert max(later) < high


def test_a_zoom_holds_for_one_run_on_one_scale():
    revisions = [
        (figure.layout.uirevision, figure.layout.yaxis.uirevision)
        for figure in (
            loss_figure(20),
            loss_figure(200),
            loss_figure(200, log=True),
            loss_figure(200, config=VAE.variant(seed=1)),
        )
    ]
    assert revisions[0] == revisions[1]
    assert revisions[1][0] == revisions[2][0]
    assert revisions[1][1] != revisions[2][1]
    assert revisions[0][0] != revisions[3][0]


losses_above_0 = st.lists(st.floats(1e-3, 1e5), min_size=1, max_size=5)


@UNHURRIED
@given(losses_above_0, losses_above_0, st.sampled_from(["recon", "kl", "objective"]), st.floats(-1e5, 0))
def test_a_logarithm_needs_every_loss_above_0(train: list[float], test: list[float], name: str, bad: float):
    steps = {key: list(train) for key in ("recon", "kl", "objective")} | {"epoch": list(range(len(train)))}
    evaluated = {key: list(test) for key in ("recon", "kl")} | {"epoch": list(range(len(test)))}
    drawn = {"config": VAE.variant(stop_loss=-5), "started": {"mean_image_loss": -1.0, "floor_loss": None}}
    assert log_allowed(Columns(steps), Columns(evaluated))
    figure = losses(Columns(steps), Columns(evaluated), log=True, **drawn)
    assert figure.layout.yaxis.type == figure.layout.yaxis2.type == "log"
    for axis in ("yaxis", "yaxis2"):
        low, high = limits(figure, axis)
        assert 0 < low < high
    assert not figure.layout.shapes

    for columns in (steps, evaluated):
        spoilt = {**columns, name: [*columns[name][:-1], bad]} if name in columns else None
        if spoilt is not None:
            pair = (spoilt, evaluated) if columns is steps else (steps, spoilt)
            assert not log_allowed(*map(Columns, pair))
            assert losses(*map(Columns, pair), log=True, **drawn).layout.yaxis.type == "linear"


def test_an_ae_without_kl_may_have_a_logarithm():
    assert log_allowed(*map(Columns, run(50, vae=False)))
    assert loss_figure(config=AE, log=True).layout.yaxis.type == "log"


def test_long_runs_are_drawn_with_few_points():
    steps, _ = run(40_000)
    figure = losses(Columns(steps), Columns(), config=VAE, started=STARTED)
    lengths = [len(trace.x) for trace in figure.data if len(trace.x)]
    assert len(lengths) == 3
    assert max(lengths) <= 2000
    assert len(steps["recon"]) == 40_000


@pytest.mark.parametrize("points", [1, 200, 1000, 1001, 40_000])
def test_what_is_drawn_is_bounded_and_keeps_ends_and_extremes(points: int) -> None:
    steps, evaluated = run(points)
    steps["recon"][points // 3] += 50  # a spike that no decimation may lose
    before = copy.deepcopy((steps, evaluated))
    figure = losses(Columns(steps), Columns(evaluated), config=VAE, started=STARTED)
    assert (steps, evaluated) == before  # what is stored stays
    epochs, recon = (np.float32(steps[name]) for name in ("epoch", "recon"))
    (line,) = traces(figure, "reconstruction", "lines")
    assert len(line.x) <= DRAWN_POINTS
    assert (line.x[0], line.x[-1]) == (epochs[0], epochs[-1])
    assert (line.y.min(), line.y.max()) == (recon.min(), recon.max())
    if points <= DRAWN_POINTS:
        np.testing.assert_array_equal(line.x, epochs)
        np.testing.assert_array_equal(line.y, recon)
