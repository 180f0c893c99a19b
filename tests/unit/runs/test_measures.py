"""What a run's folder keeps of its measures, whatever is in the file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from vaelab.config import RunConfig, measures
from vaelab.runs import Measures, Run, RunDamaged, RunStore, read_measures
from vaelab.runs.measures import FILE, VERSION, write_measures

VAE, AE = RunConfig(), RunConfig(model="ae")

OF_VAE = {
    "neg_elbo": 142.5, "recon": 135.25, "kl": 7.25, "nll": 141.0, "nll_gap": 1.0, "active_units": 2,
    "kl_per_dim": [3.25, 4.0], "mse": 0.0365, "pca_mse": 0.0557, "neighbour_accuracy": 0.8123,
    "probe_accuracy": 0.7,
}  # fmt: skip
OF_AE = dict.fromkeys(OF_VAE) | {
    "recon": 128.0, "mse": 0.03, "pca_mse": 0.0557, "neighbour_accuracy": 0.8, "probe_accuracy": 0.5
}  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return made(tmp_path, VAE)


def made(root: Path, config: RunConfig, step: int = 7) -> Run:
    status = json.dumps({"state": "finished", "step": step}).encode()
    return RunStore(root).create(config, files={"status.json": status})


@pytest.mark.parametrize(("config", "values"), [(VAE, OF_VAE), (AE, OF_AE)])
def test_what_is_written_is_read_again(tmp_path: Path, config: RunConfig, values: dict[str, object]):
    run, found = made(tmp_path, config), Measures(step=7, values=values)
    assert read_measures(run) is None
    write_measures(run, found)
    assert read_measures(run) == found


def test_a_reason_stands_in_the_place_of_values(run: Run):
    write_measures(run, Measures(step=7, problem="Its numbers are not finite."))
    found = read_measures(run)
    assert found is not None
    assert (found.problem, found.values) == ("Its numbers are not finite.", {})


def test_measures_of_other_weights_do_not_count(tmp_path: Path):
    """Those of a run that was resumed, and those that an earlier VAE Lab took in another way."""
    run = made(tmp_path, VAE, step=8)
    found = Measures(step=7, values=OF_VAE)
    write_measures(run, found)
    assert read_measures(run) is None
    write_measures(run, replace(found, step=8))
    assert read_measures(run) is not None
    write_measures(run, replace(found, step=8, version=VERSION + 1))
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
    written = {"version": VERSION, "step": 7, "problem": "", **OF_VAE}
    (run.path / FILE).write_text(json.dumps(written))
    assert read_measures(run) == Measures(step=7, values=OF_VAE)
    (run.path / FILE).write_text(json.dumps(written | change))
    assert read_measures(run) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"3", b"{", b"\xff", b"[" * 100_000, b'{"step": 7}'])
def test_a_file_that_is_something_else_is_not_there(run: Run, content: bytes):
    (run.path / FILE).write_bytes(content)
    assert read_measures(run) is None


def test_an_ae_has_no_values_of_a_vae(tmp_path: Path):
    run = made(tmp_path, AE)
    write_measures(run, Measures(step=7, values=OF_VAE))
    assert read_measures(run) is None
    undefined = {name for name, measure in measures().items() if not measure.is_defined(AE)}
    assert undefined == {"neg_elbo", "kl", "nll", "nll_gap", "active_units", "kl_per_dim"}
    assert all(measure.is_defined(VAE) for measure in measures().values())


def test_a_damaged_run_has_no_measures_to_read(run: Run):
    (run.path / "status.json").write_text("[]")
    with pytest.raises(RunDamaged):
        read_measures(run)
