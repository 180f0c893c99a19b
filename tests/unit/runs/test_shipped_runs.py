"""The finished examples are what their presets make, and every view can read them."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from vaelab.analysis.load import load_run, load_snapshot
from vaelab.analysis.measure import measure_run
from vaelab.config import PRESETS, measures
from vaelab.data import load
from vaelab.models.codes import decode
from vaelab.models.evaluation import evaluate
from vaelab.paths import EXAMPLES
from vaelab.runs import History, RunStore, read_measures, read_preview

RUNS = {run.id: run for run in RunStore(Path("nowhere"), EXAMPLES).shipped_runs()}


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_has_a_finished_example_of_just_this_recipe(name: str) -> None:
    assert RUNS[name].config == PRESETS[name].config
    assert RUNS[name].status().state == "finished"


def test_fashion_is_among_them() -> None:
    assert RUNS["vae-2d-fashion"].config == PRESETS["vae-2d"].config.variant(dataset="fashion-mnist")


@pytest.mark.parametrize("name", ["vae-2d", "ae-2d", "vae-20d", "vae-2d-fashion", "linear-ae"])
def test_the_weights_give_the_losses_that_were_recorded(name: str) -> None:
    recorded = History(RUNS[name]).evaluated.last
    result = evaluate(load_run(RUNS[name]).model, load(RUNS[name].config.dataset).x_test)
    assert result.recon == pytest.approx(recorded["recon"], rel=1e-4)
    assert result.mse == pytest.approx(recorded["mse"], rel=1e-4)
    assert result.kl == (recorded["kl"] and pytest.approx(recorded["kl"], rel=1e-4))


@pytest.mark.parametrize("name", RUNS)
def test_the_picture_is_of_the_end(name: str) -> None:
    preview = read_preview(RUNS[name])
    assert preview is not None
    assert preview.step == RUNS[name].status().step
    assert preview.forward  # so that the first page fetches no encoder


@pytest.mark.parametrize("name", RUNS)
def test_it_can_be_gone_back_to_its_first_step_in_even_moments(name: str) -> None:
    """Each is about twice as late as the one before; some are of the first epoch, some of later ones."""
    steps, per_epoch = RUNS[name].snapshot_steps(), RUNS[name].status().steps_per_epoch
    assert len(steps) >= 12
    assert (steps[0], steps[-1]) == (1, RUNS[name].status().step)
    assert all(before < after <= 2.5 * before for before, after in pairwise(steps))
    assert sum(step < per_epoch for step in steps) >= 6
    assert sum(step % per_epoch == 0 for step in steps) >= 3
    assert [load_snapshot(RUNS[name], step).step for step in steps] == steps


@pytest.mark.parametrize("name", RUNS)
def test_its_moments_end_as_it_is(name: str) -> None:
    run = RUNS[name]
    steps = run.snapshot_steps()
    last, model = load_snapshot(run, steps[-1]), load_run(run).model
    difference = abs(
        decode(last.model, last.codes.mean[:64]).astype(int) - decode(model, last.codes.mean[:64])
    )
    # Its weights have eight bits, and the levels of grey are 255.
    assert difference.mean() < 0.5
    assert np.percentile(difference, 99.9) <= 12


@pytest.mark.parametrize("name", RUNS)
def test_at_every_moment_its_codes_give_the_images_of_then(name: str) -> None:
    run = RUNS[name]
    for step in run.snapshot_steps():
        past = load_snapshot(run, step)
        images = decode(past.model, past.codes.mean[: len(past.reconstructions)])
        difference = abs(images.astype(int) - past.reconstructions)
        assert difference.mean() < 0.6, step
        assert np.percentile(difference, 99.9) <= 12, step


def test_all_examples_together_stay_small() -> None:
    assert sum(file.stat().st_size for file in EXAMPLES.rglob("*") if file.is_file()) <= 120_000_000


@pytest.mark.parametrize("name", RUNS)
def test_it_comes_with_its_measures(name: str) -> None:
    run = RUNS[name]
    measures, recorded = read_measures(run), History(run).evaluated.last
    assert measures is not None
    assert measures.problem == ""
    for field in ("recon", "kl", "neg_elbo", "mse"):
        value, expected = measures.values[field], recorded[field]
        assert value == (None if expected is None else pytest.approx(expected, rel=1e-4)), field
    assert measures.values["probe_accuracy"] > 0.4  # of ten classes


@pytest.mark.parametrize("name", ["vae-2d", "ae-2d"])
def test_its_measures_are_those_of_its_weights(name: str) -> None:
    shipped, again = read_measures(RUNS[name]), measure_run(RUNS[name], RUNS[name].status().step)
    for field in measures():
        expected = shipped.values[field]
        value = None if expected is None else pytest.approx(expected, rel=1e-3, abs=1e-3)
        assert again.values[field] == value, field
