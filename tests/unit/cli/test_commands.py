"""Training on the command line: what it prints and leaves, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.support.calling import QUICK, Output, command, environment, only_line, the_run
from tests.support.warm import Warm
from vaelab import load_run
from vaelab.cli.main import main
from vaelab.cli.train import _JsonLines
from vaelab.config import PRESETS
from vaelab.runs import History

# As a real process


def test_training_prints_one_object_a_line(trained: tuple[Path, list[dict[str, Any]]]) -> None:
    _, lines = trained
    names = [line["event"] for line in lines]
    assert (names[0], names[-1], names.count("started"), names.count("finished")) == (
        "started",
        "finished",
        1,
        1,
    )
    assert {"step", "evaluated"} <= set(names)
    evaluated = [line for line in lines if line["event"] == "evaluated"]
    assert [line["epoch"] for line in evaluated] == [1, 2]
    for line in evaluated:
        assert line["neg_elbo"] == line["recon"] + line["kl"] > line["kl"] > 0
        assert 0 < line["mse"] < 1
    steps = [line["step"] for line in lines if line["event"] == "step"]
    assert steps == list(range(1, 11))
    end = lines[-1]
    assert (end["reason"], end["epoch"]) == ("epochs", 2)
    assert end["seconds"] > 0


def test_the_run_is_in_the_folder_runs(trained: tuple[Path, list[dict[str, Any]]]) -> None:
    folder, lines = trained
    run = the_run(folder / "runs")
    assert (run.id, run.status().state) == (lines[-1]["run"], "finished")
    assert run.config == PRESETS["ae-2d"].config.variant(
        model="vae", train_size=500, hidden="16", batch_size=100, epochs=2
    )
    assert load_run(run.path).config == run.config
    said = History(run)
    printed = [line for line in lines if line["event"] == "evaluated"]
    assert said.evaluated["recon"].tolist() == [line["recon"] for line in printed]


def test_ctrl_c_ends_the_run_as_stopped(tmp_path: Path) -> None:
    words = command("train", *QUICK, "--epochs", "500", "--json")
    with Warm(words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while json.loads(process.stdout.readline())["event"] != "step":
            pass
        process.send_signal(signal.SIGINT)
        lines = [json.loads(line) for line in process.stdout]
        assert process.wait() == 130
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert (lines[-1]["event"], lines[-1]["reason"]) == ("finished", "stopped")
    assert [line["event"] for line in lines].count("evaluated") >= 1
    run = the_run(tmp_path / "runs")
    assert run.status().state == "stopped"
    assert load_run(run).model.encode(torch.rand(1, 1, 28, 28)).mean.isfinite().all()


@pytest.mark.parametrize("quiet", [["--json"], []])
def test_output_that_nobody_reads_stops_the_run_without_a_word(tmp_path: Path, quiet: list[str]) -> None:
    """As `train 2>&1 | head -1` does."""
    words = command("train", *QUICK, "--epochs", "500", *quiet)
    errors = tmp_path / "errors"
    with errors.open("w") as log, Warm(
        words, env=environment(), stdout=subprocess.PIPE, stderr=log if quiet else subprocess.STDOUT
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.read(1)
        process.stdout.close()
        assert process.wait() == 141
    assert errors.read_text() == ""
    assert the_run(tmp_path / "runs").status().state == "stopped"


@pytest.mark.parametrize("words", [["runs"], ["runs", "--json"], ["train", "--help"], ["--help"]])
def test_output_that_nobody_reads_is_no_error(words: list[str], trained: tuple[Path, Any]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        command(*words), cwd=trained[0], env=environment(), stdout=writer, stderr=subprocess.PIPE
    )
    os.close(writer)
    assert done.stderr == b""
    # Argparse passes over a help that it cannot print.
    assert done.returncode == 141 or (done.returncode == 0 and "--help" in words)


def test_looking_at_runs_needs_no_pytorch(trained: tuple[Path, Any]) -> None:
    code = "import sys; from vaelab.cli.main import main; main(['runs']); print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=trained[0], env=environment(), capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "False"


# In this process


def test_a_bar_with_losses_and_a_line_an_epoch(tmp_path: Path, capsys: Output) -> None:
    assert main(["train", *QUICK, "--epochs", "2"]) == 0
    shown = capsys.readouterr()
    run = the_run(tmp_path / "runs")
    first, second, last = shown.out.splitlines()
    said = History(run).evaluated
    assert first == (
        f"epoch 1: test recon {said['recon'][0]:.2f}, negative ELBO {said['neg_elbo'][0]:.2f} nats, "
        f"squared error {said['mse'][0]:.4f}"
    )
    assert second.startswith("epoch 2: ")
    assert last == f"Run {run.id} in {Path('runs') / run.id}: All 2 epochs are done."
    assert "10/10" in shown.err
    assert " + kl " in shown.err


def test_an_autoencoder_has_no_elbo(capsys: Output) -> None:
    assert main(["train", *QUICK, "--epochs", "1", "--model", "ae"]) == 0
    shown = capsys.readouterr()
    assert "ELBO" not in shown.out
    assert " + kl " not in shown.err


def test_where_the_run_is(tmp_path: Path, monkeypatch, capsys: Output) -> None:
    monkeypatch.setenv("VAELAB_RUNS", str(tmp_path / "elsewhere"))
    assert main(["train", *QUICK, "--epochs", "1", "--json"]) == 0
    assert the_run(tmp_path / "elsewhere").status().state == "finished"
    assert main(["train", *QUICK, "--epochs", "1", "--json", "--runs", "given"]) == 0
    assert the_run(tmp_path / "given").status().state == "finished"
    assert not (tmp_path / "runs").exists()


def send_at_first_step(monkeypatch, *signals: signal.Signals) -> None:
    """Have signals arrive when the first step has been shown."""
    show, left = _JsonLines.show, list(signals)

    def shown(self: Any, event: Any) -> None:
        show(self, event)
        while left and type(event).__name__ == "Step":
            signal.raise_signal(left.pop(0))

    monkeypatch.setattr(_JsonLines, "show", shown)


def test_a_request_to_terminate_ends_the_run_as_stopped(tmp_path: Path, monkeypatch, capsys: Output) -> None:
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    send_at_first_step(monkeypatch, signal.SIGTERM)
    assert main(["train", *QUICK, "--epochs", "500", "--json"]) == 143
    assert the_run(tmp_path / "runs").status().state == "stopped"
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers


@pytest.fixture
def _ctrl_c_ends() -> Iterator[None]:
    """Ctrl-C ends this process, also where the tests were started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_ctrl_c_ends")
def test_a_second_ctrl_c_ends_the_program_at_once(tmp_path: Path, monkeypatch, capsys: Output) -> None:
    send_at_first_step(monkeypatch, signal.SIGINT, signal.SIGINT)
    assert main(["train", *QUICK, "--epochs", "500", "--json"]) == 130
    assert capsys.readouterr().err == ""
    run = the_run(tmp_path / "runs")
    assert run.status().state == "interrupted"
    assert load_run(run).config == run.config


def test_a_run_that_diverges_is_a_failure(tmp_path: Path, capsys: Output) -> None:
    hopeless = ["--optimizer", "sgd", "--learning-rate", "100", "--lr-schedule", "constant"]
    assert main(["train", *QUICK, "--epochs", "3", *hopeless]) == 1
    run = the_run(tmp_path / "runs")
    assert run.status().state == "diverged"
    assert capsys.readouterr().out.splitlines()[-1].endswith(run.status().message)
    assert load_run(run).config == run.config


def test_a_data_set_that_cannot_be_had(tmp_path: Path, monkeypatch, capsys: Output) -> None:
    monkeypatch.setenv("VAELAB_CACHE", str(tmp_path / "cache"))
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", "http://127.0.0.1:9")
    assert main(["train", "--dataset", "kmnist"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    line = only_line(shown.err)
    assert line.startswith("KMNIST could not be fetched from ")
    assert "t10k-labels-idx1-ubyte.gz" in line
    assert the_run(tmp_path / "runs").status().message == line
