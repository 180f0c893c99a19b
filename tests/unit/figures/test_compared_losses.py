"""Losses of several runs on shared axes: whose lines are drawn, of what, and how they are told apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from vaelab.config import RunConfig
from vaelab.events import Columns
from vaelab.figures.compared_losses import COMPARED, ComparedRun, compared_losses, losses_to_compare
from vaelab.figures.palette import RUN_STYLES


def columns(start: float, kl: float | None, count: int) -> Columns:
    return Columns({
        "epoch": [(index + 1) / 10 for index in range(count)],
        "recon": [start - index for index in range(count)],
        "kl": [None if kl is None else kl + index for index in range(count)],
    })  # fmt: skip


def curve(
    style: int, *, is_vae: bool = True, start: float = 200.0, epochs: int = 10, count: int = 30
) -> ComparedRun:
    kl = 5.0 if is_vae else None
    name = f"{'ABCDEF'[style]} {'VAE' if is_vae else 'AE'}"
    rows = columns(start, kl, count), columns(start + 2, kl, count // 10)
    config = RunConfig(model="vae" if is_vae else "ae", epochs=epochs)
    return ComparedRun(name, style, config, *rows)


def lines(curves: list[ComparedRun], term: Any) -> list[dict[str, Any]]:
    return [trace.to_plotly_json() for trace in compared_losses(curves, term).data]


def test_an_ae_takes_part_in_recon_only():
    both = [curve(0), curve(1, is_vae=False)]
    assert losses_to_compare(both) == list(COMPARED)
    assert losses_to_compare(both[1:]) == ["recon"]
    for term, names in (("neg_elbo", {"A VAE"}), ("kl", {"A VAE"}), ("recon", {"A VAE", "B AE"})):
        assert {line["name"] for line in lines(both, term)} == names


def test_the_sum_is_unweighted_and_drawn_of_test_and_training():
    only = curve(0)
    test, train = sorted(lines([only], "neg_elbo"), key=lambda line: line["mode"], reverse=True)
    assert (test["mode"], train["mode"]) == ("lines+markers", "lines")
    for line, rows in ((test, only.evaluated), (train, only.steps)):
        expected = np.array(rows["recon"]) + np.array(rows["kl"])
        np.testing.assert_allclose(line["y"], expected, rtol=1e-6)
        np.testing.assert_allclose(line["x"], rows["epoch"], rtol=1e-6)


def test_every_run_has_a_colour_and_a_kind_of_line_of_its_own():
    tests = [line for line in lines([curve(style) for style in range(6)], "recon") if line["showlegend"]]
    looks = [(line["line"]["color"], line["line"]["dash"]) for line in tests]
    assert looks == list(RUN_STYLES)
    assert len({color for color, _ in looks}) == len({dash for _, dash in looks}) == 6


def test_a_run_without_an_evaluation_is_in_the_legend_all_the_same():
    young = curve(0, count=5)
    assert young.evaluated.count == 0
    assert [line["showlegend"] for line in lines([young], "recon") if len(line["y"])] == [True]


@pytest.mark.parametrize("term", COMPARED)
def test_runs_that_said_nothing_yet_give_an_empty_chart(term):
    figure = compared_losses([curve(0, count=0), curve(1, count=0)], term)
    assert all(len(trace.y) == 0 for trace in figure.data)
    assert figure.layout.xaxis.range == (0, 10)


def test_the_axes_have_room_for_the_longest_run_and_the_worst():
    figure = compared_losses([curve(0, epochs=3), curve(1, start=500.0, epochs=20)], "recon")
    assert figure.layout.xaxis.range == (0, 20)
    options = figure.layout.yaxis.autorangeoptions
    assert options.clipmin < 171
    assert options.clipmax > 480
