"""Looking at runs on the command line: list, evaluate, export."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.support.calling import QUICK, Output, only_line, the_run
from vaelab import load_run
from vaelab.cli.main import main
from vaelab.config import RunConfig, measures
from vaelab.runs import Measures, RunStore
from vaelab.runs.measures import write_measures


def test_runs_are_listed_newest_first(trained: tuple[Path, Any], tmp_path: Path, capsys: Output) -> None:
    store = RunStore(tmp_path / "runs")
    assert main(["runs"]) == 0
    assert "No runs in runs yet" in capsys.readouterr().out
    older, newer, damaged = (store.create(RunConfig(epochs=epochs)) for epochs in (1, 2, 3))
    older.set_meta(created=1.0)
    (damaged.path / "meta.json").write_text("{")
    assert main(["runs"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [
        [newer.id, "interrupted"], [older.id, "interrupted"], [damaged.id, "damaged"],
    ]  # fmt: skip
    assert "VAE · MNIST · 2-D · 2 epochs" in lines[0]
    assert main(["runs", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["run"] for row in rows] == [newer.id, older.id, damaged.id]
    assert "no readable meta.json" in rows[2]["title"]


def test_evaluating_gives_the_numbers_of_training(
    trained: tuple[Path, list[dict[str, Any]]], capsys: Output
) -> None:
    folder, lines = trained
    run_id = lines[-1]["run"]
    last = [line for line in lines if line["event"] == "evaluated"][-1]
    runs = ["--runs", str(folder / "runs")]
    for prefix in (run_id, run_id[:6]):
        assert main(["evaluate", prefix, "--json", *runs]) == 0
        shown = json.loads(only_line(capsys.readouterr().out))
        assert shown.pop("run") == run_id
        known = ("recon", "kl", "neg_elbo", "mse", "kl_per_dim")
        assert {name: shown[name] for name in known} == {name: last[name] for name in known}
        assert shown.keys() == set(measures())
        assert 0 < shown["nll"] < last["neg_elbo"]
    assert main(["evaluate", run_id, *runs]) == 0
    text = capsys.readouterr().out
    assert f"neg_elbo {last['neg_elbo']:.4f} nats per image" in text
    assert f"mse      {last['mse']:.4f} per pixel" in text
    assert f"nll                {shown['nll']:.2f} nats per image" in text
    assert f"probe_accuracy     {100 * shown['probe_accuracy']:.1f} % of test images" in text
    assert "unnormalised likelihood (Loaiza-Ganem and Cunningham 2019)" in text


def test_measures_that_a_run_keeps_are_not_taken_again(
    trained: tuple[Path, list[dict[str, Any]]], tmp_path: Path, capsys: Output
) -> None:
    shutil.copytree(trained[0] / "runs", tmp_path / "runs")
    run = the_run(tmp_path / "runs")
    values = {
        "neg_elbo": 2.0, "recon": 1.0, "kl": 1.0, "nll": 1.5, "nll_gap": 0.5, "active_units": 1,
        "kl_per_dim": [1.0] * run.config.latent_dim, "mse": 0.1, "pca_mse": 0.2, "neighbour_accuracy": 0.25,
        "probe_accuracy": 0.125,
    }  # fmt: skip
    kept = Measures(step=run.status().step, values=values)
    write_measures(run, kept)
    assert main(["evaluate", run.id, "--json"]) == 0
    shown = json.loads(only_line(capsys.readouterr().out))
    assert (shown["nll"], shown["pca_mse"], shown["probe_accuracy"]) == (1.5, 0.2, 0.125)
    assert shown["neg_elbo"] != values["neg_elbo"]  # the losses are always those of the weights
    write_measures(run, Measures(step=kept.step, problem="Some codes are not finite numbers."))
    assert main(["evaluate", run.id]) == 0
    text = capsys.readouterr().out
    assert "  nll                -\n" in text
    assert text.endswith("Some codes are not finite numbers.\n")


def test_an_autoencoder_is_evaluated_without_an_elbo(tmp_path: Path, capsys: Output) -> None:
    assert main(["train", *QUICK, "--epochs", "1", "--model", "ae", "--reconstruction", "mse", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert main(["evaluate", lines[-1]["run"], "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    (last,) = [line for line in lines if line["event"] == "evaluated"]
    assert (shown["neg_elbo"], shown["kl"], shown["kl_per_dim"]) == (None, None, None)
    assert (shown["recon"], shown["mse"]) == (last["recon"], last["mse"])
    assert main(["evaluate", lines[-1]["run"]]) == 0
    text = capsys.readouterr().out
    assert "neg_elbo not defined for an AE" in text
    assert "active_units       not defined for an AE" in text
    assert "pca_mse            0." in text


def test_an_export_is_a_run_to_load(trained: tuple[Path, Any], tmp_path: Path, capsys: Output) -> None:
    folder, lines = trained
    runs = ["--runs", str(folder / "runs")]
    for _ in range(2):  # over what is there, too
        assert main(["export", lines[-1]["run"][:8], "-o", "new/folder", *runs]) == 0
        assert capsys.readouterr().out.splitlines() == [
            "new/folder/config.json",
            "new/folder/model.safetensors",
        ]
    exported = load_run(tmp_path / "new" / "folder")
    x = torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    assert exported.config == the_run(folder / "runs").config
    assert torch.equal(exported.model.encode(x).mean, load_run(the_run(folder / "runs")).model.encode(x).mean)


@pytest.mark.parametrize("words", [["evaluate", "{run}"], ["export", "{run}", "-o", "folder"]])
def test_a_run_without_weights_is_refused(tmp_path: Path, capsys: Output, words: list[str]) -> None:
    run = RunStore(tmp_path / "runs").create(RunConfig())
    assert main([word.format(run=run.id) for word in words]) == 2
    assert only_line(capsys.readouterr().err) == f"Run {run.id} has no weights yet."
    (run.path / "model.safetensors").write_bytes(b"torn")
    if words[0] == "evaluate":
        assert main(["evaluate", run.id]) == 1
        assert "no readable model.safetensors" in only_line(capsys.readouterr().err)
