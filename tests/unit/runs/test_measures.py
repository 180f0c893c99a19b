"""What a run's folder keeps of its measures, whatever is in the file, and which runs can be compared."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest

from vaelab.config.run_config import RunConfig
from vaelab.runs.errors import RunDamaged
from vaelab.runs.measures import (
    FILE,
    MEASURES,
    VERSION,
    Measures,
    best,
    comparable,
    in_words,
    is_defined,
    read_measures,
    write_measures,
)
from vaelab.runs.run import Run
from vaelab.runs.store import RunStore

VAE, AE = RunConfig(), RunConfig(model="ae")
GAUSSIAN = RunConfig(reconstruction="mse")
OF_LIKELIHOODS = ("neg_elbo", "recon", "kl", "nll", "nll_gap", "active_units", "kl_per_dim")

OF_VAE = Measures(
    step=7, neg_elbo=142.5, recon=135.25, kl=7.25, nll=141.0, nll_gap=1.0, active_units=2,
    kl_per_dim=(3.25, 4.0), mse=0.0365, pca_mse=0.0557, neighbour_accuracy=0.8123, probe_accuracy=0.7,
)  # fmt: skip
OF_AE = Measures(
    step=7, recon=128.0, mse=0.03, pca_mse=0.0557, neighbour_accuracy=0.8, probe_accuracy=0.5
)  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return made(tmp_path, VAE)


def made(root: Path, config: RunConfig, step: int = 7) -> Run:
    status = json.dumps({"state": "finished", "step": step}).encode()
    return RunStore(root).create(config, files={"status.json": status})


def test_every_value_has_a_description():
    values = [field.name for field in fields(Measures)]
    assert [name for name in values if name not in ("version", "step", "problem")] == list(MEASURES)
    for name, measure in MEASURES.items():
        assert (measure.name, measure.label[0]) == (name, measure.label[0].upper())
        assert measure.meaning.endswith(".")
        assert measure.meaning.count(". ") == 0
        assert measure.unit


@pytest.mark.parametrize(("config", "measures"), [(VAE, OF_VAE), (AE, OF_AE)])
def test_what_is_written_is_read_again(tmp_path: Path, config: RunConfig, measures: Measures):
    run = made(tmp_path, config)
    assert read_measures(run) is None
    write_measures(run, measures)
    assert read_measures(run) == measures


def test_a_reason_stands_in_the_place_of_values(run: Run):
    write_measures(run, Measures(step=7, problem="Its numbers are not finite."))
    measures = read_measures(run)
    assert measures is not None
    assert (measures.problem, measures.mse) == ("Its numbers are not finite.", None)


def test_measures_of_other_weights_do_not_count(tmp_path: Path):
    """Those of a run that was resumed, and those that an earlier VAE Lab took in another way."""
    run = made(tmp_path, VAE, step=8)
    write_measures(run, OF_VAE)
    assert read_measures(run) is None
    write_measures(run, replace(OF_VAE, step=8))
    assert read_measures(run) is not None
    write_measures(run, replace(OF_VAE, step=8, version=VERSION + 1))
    assert read_measures(run) is None


@pytest.mark.parametrize(
    "change",
    [
        {"neg_elbo": None}, {"mse": None}, {"mse": "a"}, {"nll": float("nan")}, {"nll": float("inf")},
        {"mse": 10**400}, {"kl_per_dim": [1.0]}, {"kl_per_dim": [1.0, float("nan")]}, {"kl_per_dim": "12"},
        {"active_units": 3}, {"active_units": -1}, {"active_units": 1.5}, {"neighbour_accuracy": 1.1},
        {"probe_accuracy": -0.1}, {"problem": "It has values all the same."}, {"step": None}, {"step": "x"},
    ],
)  # fmt: skip
def test_values_that_no_measurement_gives_are_not_there(run: Run, change: dict[str, object]):
    (run.path / FILE).write_text(json.dumps(asdict(OF_VAE)))
    assert read_measures(run) == OF_VAE
    (run.path / FILE).write_text(json.dumps(asdict(OF_VAE) | change))
    assert read_measures(run) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"3", b"{", b"\xff", b"[" * 100_000, b'{"step": 7}'])
def test_a_file_that_is_something_else_is_not_there(run: Run, content: bytes):
    (run.path / FILE).write_bytes(content)
    assert read_measures(run) is None


def test_an_ae_has_no_values_of_a_vae(tmp_path: Path):
    run = made(tmp_path, AE)
    write_measures(run, OF_VAE)
    assert read_measures(run) is None
    undefined = {name for name in MEASURES if not is_defined(name, AE)}
    assert undefined == {"neg_elbo", "kl", "nll", "nll_gap", "active_units", "kl_per_dim"}
    assert all(is_defined(name, VAE) for name in MEASURES)


def test_a_damaged_run_has_no_measures_to_read(run: Run):
    (run.path / "status.json").write_text("[]")
    with pytest.raises(RunDamaged):
        read_measures(run)


@pytest.mark.parametrize("other", [{"beta": 4}, {"model": "ae"}, {"latent_dim": 8}, {"sigma": 0.1}])
def test_runs_of_one_likelihood_are_compared_on_everything(other: dict[str, object]):
    """Sigma has no effect on cross-entropy."""
    assert comparable([VAE, VAE.variant(**other)]) == tuple(MEASURES)


@pytest.mark.parametrize("other", [VAE, GAUSSIAN.variant(sigma=0.1)])
def test_runs_of_two_likelihoods_are_compared_on_errors_and_accuracies(other: RunConfig):
    assert comparable([GAUSSIAN, other]) == tuple(name for name in MEASURES if name not in OF_LIKELIHOODS)
    assert comparable([GAUSSIAN, GAUSSIAN.variant(beta=2)]) == tuple(MEASURES)


def test_runs_of_two_data_sets_are_not_compared():
    assert comparable([VAE, VAE.variant(dataset="kmnist")]) == ()


def test_the_best_is_found_among_runs_that_can_be_compared():
    worse = replace(OF_VAE, neg_elbo=150.0, neighbour_accuracy=0.9, mse=0.0365)
    configs, measured = [VAE, VAE.variant(beta=4)], [OF_VAE, worse]
    assert best("neg_elbo", configs, measured) == {0}
    assert best("neighbour_accuracy", configs, measured) == {1}
    assert best("mse", configs, measured) == {0, 1}
    assert best("kl", configs, measured) == set()
    assert best("neg_elbo", [VAE, GAUSSIAN], measured) == set()
    assert best("neighbour_accuracy", [VAE, GAUSSIAN], measured) == {1}
    assert best("mse", [VAE, VAE.variant(dataset="kmnist")], measured) == set()


def test_an_ae_or_a_run_without_measures_is_never_the_best_of_what_it_has_not():
    configs = [AE, VAE, VAE.variant(beta=4), VAE.variant(beta=2)]
    measured = [OF_AE, OF_VAE, replace(OF_VAE, neg_elbo=150.0), None]
    assert best("neg_elbo", configs, measured) == {1}
    assert best("mse", configs, measured) == {0}
    assert best("neg_elbo", configs[:2], measured[:2]) == set()


def test_values_in_words():
    assert in_words("neg_elbo", 142.456) == "142.46"
    assert in_words("mse", 0.036504) == "0.0365"
    assert in_words("neighbour_accuracy", 0.8123) == "81.2"
    assert in_words("active_units", 20) == "20"
    assert in_words("kl_per_dim", (3.25, 4.0)) == "3.25 · 4.00"
    assert in_words("kl_per_dim", tuple(range(7))) == "0.00 to 6.00, median 3.00"
