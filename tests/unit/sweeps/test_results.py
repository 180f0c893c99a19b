"""What a sweep found: averages over seeds, what may be compared, which value is best."""

from __future__ import annotations

import csv
import io
import math
from typing import Any

import pytest

from tests.support.sweeps import SOUND, finished, on_images
from vaelab.config import RunConfig
from vaelab.sweeps.plan import SWEPT, at_a_time, plan, read_values, suggested_values, sweepable
from vaelab.sweeps.results import (
    Result,
    as_csv,
    bands,
    best,
    criteria,
    from_row,
    result,
    row,
    words,
)

AXES = ("beta",)


def test_a_band_is_the_mean_and_the_extremes_of_its_seeds():
    found = bands(SOUND, "neg_elbo")
    assert [(band.values, band.mean, band.low, band.high, band.seeds) for band in found] == [
        ((0.1,), 111, 110, 112, 3), ((1.0,), 101, 100, 102, 3), ((10.0,), 131, 130, 132, 3),
    ]  # fmt: skip
    assert [band.mean for band in bands(SOUND, "neg_elbo", "test")] == [112, 102, 132]


def test_only_runs_that_have_finished_count():
    others = [finished(1.0, seed, 0.0, state=state)
              for seed, state in enumerate(("running", "stopped", "paused", "interrupted"))]  # fmt: skip
    assert bands([*SOUND, *others], "recon") == bands(SOUND, "recon")
    assert bands([Result("", (1.0,), 0, "queued")], "mse") == []


def test_the_best_is_chosen_on_held_out_images_alone():
    misleading = [
        Result("a", (1.0,), 0, "finished", 1.0, on_images(90, 1, 0.1), on_images(99, 1, 0.1)),
        Result("b", (2.0,), 0, "finished", 1.0, on_images(91, 1, 0.1), on_images(10, 1, 0.1)),
    ]
    found = best(misleading, "neg_elbo")
    assert found is not None
    assert (found.values, found.held_out.mean, found.test.mean) == ((1.0,), 91, 100)


@pytest.mark.parametrize("state", ["diverged", "failed"])
def test_a_value_that_went_wrong_once_is_not_the_best(state: str):
    found = best([*SOUND, finished(1.0, 3, math.nan, state=state)], "neg_elbo")
    assert found is not None
    assert found.values == (0.1,)


def test_there_is_no_best_before_a_run_has_finished():
    assert best([], "mse") is None
    assert best([finished(1.0, 0, 90, state="running")], "neg_elbo") is None


@pytest.mark.parametrize(
    ("changes", "measures"),
    [
        ([{"beta": 1.0}, {"beta": 4.0}], ("neg_elbo", "recon", "kl", "mse")),
        ([{"model": "ae"}, {"model": "ae", "latent_dim": 8}], ("recon", "mse")),
        ([{"model": "ae"}, {"model": "vae"}], ("mse",)),
        ([{"reconstruction": "bce"}, {"reconstruction": "mse"}], ("mse",)),
        ([{"reconstruction": "mse", "sigma": 0.1}, {"reconstruction": "mse", "sigma": 1.0}], ("mse",)),
        ([{"sigma": 0.1}, {"sigma": 1.0}], ("neg_elbo", "recon", "kl", "mse")),  # of no effect under bce
    ],
)
def test_what_runs_may_be_compared_by(changes: list[dict[str, Any]], measures: tuple[str, ...]):
    assert criteria([RunConfig(**change) for change in changes]) == measures


def test_an_ae_has_no_kl_and_no_elbo():
    alone = [finished(1.0, 0, 90, kl=None)]
    assert bands(alone, "neg_elbo") == bands(alone, "kl") == []
    assert best(alone, "neg_elbo") is None
    assert row(AXES, alone[0])["test_neg_elbo"] is None


def test_a_result_is_read_from_the_last_evaluation():
    config = RunConfig(beta=4, seed=7)
    said = {"recon": 100.0, "kl": 5.0, "mse": 0.05, "seconds": 3.5, "held_out_recon": 99.0,
            "held_out_kl": 4.0, "held_out_mse": 0.04}  # fmt: skip
    made = result("id", config, ("beta", "latent_dim"), "finished", said)
    assert (made.values, made.seed, made.seconds) == ((4.0, 2), 7, 3.5)
    assert (made.value("neg_elbo"), made.value("neg_elbo", "test")) == (103, 105)
    begun = result("id", config, AXES, "running", {})
    assert (begun.held_out, begun.test, begun.value("mse")) == ({}, {}, None)


def test_a_row_is_read_back_as_it_was():
    for made in (*SOUND, Result("x", (1.0,), 0, "failed"), finished(1.0, 1, 90, kl=None)):
        again = from_row(RunConfig(), AXES, row(AXES, made))
        assert again == Result("", *(getattr(made, name) for name in
                               ("values", "seed", "state", "seconds", "held_out", "test")))  # fmt: skip


def test_the_csv_has_a_line_a_run_with_every_number():
    lines = list(csv.DictReader(io.StringIO(as_csv(AXES, SOUND))))
    assert [float(line["held_out_neg_elbo"]) for line in lines] == [r.value("neg_elbo") for r in SOUND]
    assert [(float(line["beta"]), int(line["seed"])) for line in lines] == [
        (r.values[0], r.seed) for r in SOUND
    ]
    assert "None" not in as_csv(AXES, [Result("x", (1.0,), 0, "failed")])


def test_values_in_words_name_their_field():
    assert words(("beta", "optimizer"), (0.1, "sgd")) == "Beta 0.1, Optimizer SGD"


# What is offered


@pytest.mark.parametrize("changes", [{}, {"model": "ae"}, {"architecture": "conv"}, {"reconstruction": "mse"},
                                     {"corruption": "mask", "model": "ae"}])  # fmt: skip
def test_every_field_that_is_offered_comes_with_values_that_make_a_sweep(changes: dict[str, Any]):
    base = RunConfig(**changes)
    offered = sweepable(base)
    assert set(offered) <= set(SWEPT)
    for name in offered:
        assert len(plan(base, [(name, read_values(suggested_values(base, name)))], 1).configs) > 1
    assert ("beta" in offered) == (base.model == "vae")


def test_values_stand_between_commas():
    assert read_values(" 0.1,1 , ,4,") == ["0.1", "1", "4"]


@pytest.mark.parametrize(
    ("runs", "threads", "slots", "side_by_side"),
    [(9, 2, 1, 2), (1, 2, 1, 1), (2, 4, 2, 4), (9, 1, 1, 1), (2, 2, 1, 2), (3, 8, 1, 3), (60, 4, 4, 16)],
)
def test_how_many_train_side_by_side(runs: int, threads: int, slots: int, side_by_side: int):
    """As the engine starts them: while threads are free."""
    each = max(1, threads // runs)
    assert at_a_time(runs, threads, slots) == min(side_by_side, runs)
    assert at_a_time(runs, threads, slots) * each <= slots * threads
