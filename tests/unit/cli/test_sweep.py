"""`python -m vaelab sweep`: all runs of a sweep, one after another, without a browser."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.calling import QUICK, Output, command, environment
from tests.support.waiting import until
from tests.support.warm import Warm
from vaelab.cli.main import main
from vaelab.runs import RunStore
from vaelab.runs.summary import last_evaluation

SWEEP = ["sweep", *QUICK, "--epochs", "1", "--sweep", "beta=0.5,2", "--seeds", "2"]


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_a_run_then_the_best(tmp_path: Path, capsys: Output) -> None:
    assert main([*SWEEP, "--json"]) == 0
    *made, last = lines(capsys.readouterr().out)
    assert [(line["values"], line["seed"]) for line in made] == [
        ({"beta": beta}, seed) for beta in (0.5, 2.0) for seed in (0, 1)
    ]
    means = {
        beta: sum(line["held_out"]["neg_elbo"] for line in made if line["values"]["beta"] == beta) / 2
        for beta in (0.5, 2.0)
    }
    assert last["values"]["beta"] == min(means, key=means.get)
    assert last["held_out"] == pytest.approx(min(means.values()))
    assert (last["event"], last["measure"], last["seeds"]) == ("best", "neg_elbo", 2)

    store = RunStore(tmp_path / "runs")
    (group,) = {run.meta.group for run in store.runs()}
    assert [run.id for run in store.group(group)] == [line["run"] for line in made]
    for run, line in zip(store.group(group), made, strict=True):
        losses = last_evaluation(run)
        assert losses is not None
        assert (run.status().state, run.meta.axes) == ("finished", ("beta",))
        assert (losses.losses["recon"], losses.losses["kl"]) == (line["test"]["recon"], line["test"]["kl"])


def test_without_json_a_table_and_a_sentence(tmp_path: Path, capsys: Output) -> None:
    assert main(["sweep", *QUICK, "--epochs", "1", "--model", "ae", "--seeds", "1",
                 "--sweep", "latent-dim=1,2", "--sweep", "activation=relu,tanh"]) == 0  # fmt: skip
    heads, *rows, best = capsys.readouterr().out.splitlines()
    assert heads.split()[:4] == ["latent_dim", "activation", "seed", "state"]
    assert [row.split()[:2] for row in rows] == [["1", "ReLU"], ["1", "tanh"], ["2", "ReLU"], ["2", "tanh"]]
    assert best.startswith("Best on held-out images: Latent dimension")
    assert "reconstruction" in best
    assert "ELBO" not in best
    assert len(RunStore(tmp_path / "runs").runs()) == 4


def test_ctrl_c_stops_the_run_in_progress_in_order_and_begins_no_other(tmp_path: Path) -> None:
    words = command("sweep", *QUICK, "--epochs", "500", "--sweep", "beta=0.5,2", "--json")
    store = RunStore(tmp_path / "runs")
    with Warm(words, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True) as sweep:
        until(lambda: any(run.status().step > 0 for run in store.runs()))
        sweep.send_signal(signal.SIGINT)
        out, _ = sweep.communicate()
    assert sweep.returncode == 130
    (run,) = store.runs()
    assert run.status().state == "stopped"
    made, last = lines(out)
    assert (made["run"], made["state"]) == (run.id, "stopped")
    assert last == {"event": "best", "values": None}


def test_a_data_set_that_cannot_be_had_ends_the_sweep_with_a_sentence(
    tmp_path: Path, monkeypatch, capsys: Output
) -> None:
    monkeypatch.setenv("VAELAB_CACHE", str(tmp_path / "cache"))
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", "http://127.0.0.1:9")
    assert main([*SWEEP, "--dataset", "kmnist"]) == 1
    assert "KMNIST could not be fetched" in capsys.readouterr().err
    assert [run.status().state for run in RunStore(tmp_path / "runs").runs()] == ["failed"]
