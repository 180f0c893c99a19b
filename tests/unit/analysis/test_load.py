"""A loaded run is the model that training ended with."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from vaelab import load_run
from vaelab.analysis.load import load_snapshot
from vaelab.config import RunConfig
from vaelab.data import Dataset
from vaelab.models.codes import decode, embed, reconstruct
from vaelab.models.evaluation import evaluate
from vaelab.runs import History, Recorder, Run, RunDamaged, RunNotFound, RunStore
from vaelab.runs.arrays import read_snapshot, save_snapshot
from vaelab.training import train

CONFIGS = {
    "vae": RunConfig(train_size=500, hidden="16", batch_size=100, epochs=1),
    "ae": RunConfig(
        train_size=500, hidden="16", batch_size=100, epochs=1, model="ae", reconstruction="mse", latent_dim=3
    ),
    "conv": RunConfig(train_size=200, hidden="4", architecture="conv", epochs=1),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    return RunStore(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module", params=CONFIGS)
def run(request: pytest.FixtureRequest, store: RunStore, tiny: Dataset) -> Run:
    config = CONFIGS[request.param]
    run = store.create(config)
    for _ in Recorder(run).record(train(config, data=tiny, threads=1)):
        pass
    return run


def test_it_answers_as_it_did_at_the_end_of_training(run: Run, tiny: Dataset) -> None:
    trained = load_run(run)
    last = read_snapshot(run, run.snapshot_steps()[-1])
    codes = embed(trained.model, tiny.x_test)
    assert np.allclose(codes.mean, last.mean, rtol=1e-3, atol=1e-3)  # a snapshot has 16 bits
    pictures = reconstruct(trained.model, tiny.x_test[:64])
    assert np.abs(pictures.astype(int) - last.reconstructions).max() <= 1
    said = History(run).evaluated
    assert evaluate(trained.model, tiny.x_test).recon == pytest.approx(said["recon"][-1], rel=1e-6)


def test_it_is_found_by_its_folder_or_the_start_of_its_id(run: Run, store: RunStore, monkeypatch) -> None:
    monkeypatch.setenv("VAELAB_RUNS", str(store.root))
    monkeypatch.chdir(store.root)
    for way in (run, run.path, str(run.path), run.id, run.id[:12], Path(run.id)):
        trained = load_run(way)
        assert (trained.run.id, trained.config) == (run.id, run.config)


def test_config_and_weights_are_enough(run: Run, tmp_path: Path) -> None:
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((run.path / name).read_bytes())
    x = torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    copy, original = load_run(tmp_path).model, load_run(run).model
    assert torch.equal(copy.encode(x).mean, original.encode(x).mean)


def test_it_is_for_looking_not_for_training(run: Run) -> None:
    model = load_run(run).model
    assert not model.training
    assert not any(weight.requires_grad for weight in model.parameters())


def test_a_run_that_is_not_there_is_told(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("VAELAB_RUNS", str(tmp_path))
    with pytest.raises(RunNotFound, match="no run whose id starts with 'abc'"):
        load_run("abc")


@pytest.fixture
def copied(tmp_path: Path, store: RunStore, tiny: Dataset) -> Run:
    """A run of its own, to be damaged."""
    config = CONFIGS["vae"]
    run = RunStore(tmp_path).create(config)
    recorded = Recorder(run).record(train(config, data=tiny, threads=1))
    next(event for event in recorded if (run.path / "resume.safetensors").exists())
    recorded.close()
    return run


def test_weights_of_another_network_are_told(copied: Run) -> None:
    values = copied.config.variant(latent_dim=3).model_dump_json()
    (copied.path / "config.json").write_text(values)
    with pytest.raises(RunDamaged, match=f"^The weights of run {copied.id} do not fit its config"):
        load_run(copied.path)


def test_weights_that_are_cut_or_gone_are_told(copied: Run) -> None:
    weights = copied.path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(RunDamaged, match=r"no readable model\.safetensors"):
        load_run(copied)
    weights.unlink()
    with pytest.raises(RunDamaged, match=r"no readable model\.safetensors"):
        load_run(copied)


# As it was before


def test_a_snapshot_decodes_as_the_model_did(run: Run, tiny: Dataset) -> None:
    """At every step its codes give the reconstructions that were made then, but for 16 bits."""
    for step in run.snapshot_steps():
        past = load_snapshot(run, step)
        again = decode(past.model, past.codes.mean[:64]).astype(int)
        assert np.abs(again - past.reconstructions).max() <= 1
        assert past.codes.mean.shape == (len(tiny.x_test), run.config.latent_dim)
        assert (past.codes.logvar is None) == (run.config.model == "ae")


def test_of_the_past_there_is_no_encoder(run: Run, tiny: Dataset) -> None:
    with pytest.raises(AttributeError, match="encoder"):
        embed(load_snapshot(run, run.snapshot_steps()[0]).model, tiny.x_test[:5])


DAMAGES: dict[str, dict[str, Any]] = {
    "no decoder": {"decoder": {}},
    "another decoder": {"decoder": {"decoder.0.weight": np.zeros((3, 3), np.float16)}},
    "weights that are texts": {"decoder": {"decoder.0.weight": np.array(["a"])}},
    "codes of another size": {"mean": np.zeros((500, 7), np.float16)},
    "codes of no image": {"mean": np.zeros((0, 2), np.float16)},
    "one code": {"mean": np.zeros(2, np.float16)},
    "too many codes": {"mean": np.zeros((10_001, 2), np.float16)},
    "other variances": {"logvar": np.zeros((3, 2), np.float16)},
    "no variances": {"logvar": None},
    "other images": {"reconstructions": np.zeros((64, 3, 8, 8), np.uint8)},
    "images that are fractions": {"reconstructions": np.zeros((64, 1, 28, 28))},
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_snapshot_that_does_not_fit_is_told(tmp_path: Path, tiny: Dataset, damage: str) -> None:
    run = RunStore(tmp_path).create(CONFIGS["vae"])
    for _ in Recorder(run).record(train(run.config, data=tiny, threads=1)):
        pass
    assert load_snapshot(run, 1).step == 1
    save_snapshot(run, dataclasses.replace(read_snapshot(run, 1), **DAMAGES[damage]))
    with pytest.raises(RunDamaged, match=f"step 1 does not fit the config of run {run.id}"):
        load_snapshot(run, 1)


def test_a_snapshot_that_is_not_there_is_told(run: Run) -> None:
    with pytest.raises(RunDamaged, match=r"no readable 000007\.npz"):
        load_snapshot(run, 7)
