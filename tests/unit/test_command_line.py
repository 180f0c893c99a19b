"""The command line: what it prints, what it leaves, and one line for whatever is asked wrongly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from vaelab import cli_training, load_run
from vaelab.__main__ import main
from vaelab.config import RunConfig
from vaelab.datasets import DATASETS
from vaelab.fields import FIELD_NAMES, field_spec
from vaelab.history import History
from vaelab.presets import PRESETS
from vaelab.run_folder import Run
from vaelab.runs import RunStore

PROJECT = Path(__file__).resolve().parents[2]
QUICK = ["--train-size", "500", "--hidden", "16", "--batch-size", "100"]

Output = pytest.CaptureFixture[str]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "vaelab", *arguments]


def environment() -> dict[str, str]:
    """Variables as most people have them, for a process that runs in another folder."""
    others = ("VAELAB_RUNS", "VAELAB_DEVICE", "PYTHONUNBUFFERED")
    return {
        **{name: value for name, value in os.environ.items() if name not in others},
        "PYTHONPATH": str(PROJECT),
    }


def the_run(root: Path) -> Run:
    (run,) = RunStore(root).runs()
    return run


def only_line(text: str) -> str:
    (line,) = text.splitlines()
    return line


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch) -> None:
    """Nothing is read from or written into the folder of the project."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VAELAB_RUNS", raising=False)
    monkeypatch.delenv("VAELAB_DEVICE", raising=False)


# Training, as a real process


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """The working folder of a training in a process of its own, and the objects it printed."""
    folder = tmp_path_factory.mktemp("work")
    words = command("train", "--preset", "ae-2d", "--model", "vae", *QUICK, "--epochs", "2", "--json")
    done = subprocess.run(words, cwd=folder, env=environment(), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return folder, [json.loads(line) for line in done.stdout.splitlines()]


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
    assert said.evaluated["recon"] == [line["recon"] for line in printed]


def test_ctrl_c_ends_the_run_as_stopped(tmp_path: Path) -> None:
    words = command("train", *QUICK, "--epochs", "500", "--json")
    with subprocess.Popen(
        words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
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
    with errors.open("w") as log, subprocess.Popen(
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
    code = "import sys; from vaelab.__main__ import main; main(['runs']); print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=trained[0], env=environment(), capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "False"


# Training, in this process


def test_a_bar_with_losses_and_a_line_an_epoch(tmp_path: Path, capsys: Output) -> None:
    assert main(["train", *QUICK, "--epochs", "2"]) == 0
    shown = capsys.readouterr()
    run = the_run(tmp_path / "runs")
    first, second, last = shown.out.splitlines()
    said = History(run).evaluated
    assert first == (
        f"epoch 1: test recon {said['recon'][0]:.2f}, negative ELBO {said['neg_elbo'][0]:.2f} nats, "
        f"mse {said['mse'][0]:.4f}"
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
    show, left = cli_training._JsonLines.show, list(signals)

    def shown(self: Any, event: Any) -> None:
        show(self, event)
        while left and type(event).__name__ == "Step":
            signal.raise_signal(left.pop(0))

    monkeypatch.setattr(cli_training._JsonLines, "show", shown)


def test_a_request_to_terminate_ends_the_run_as_stopped(tmp_path: Path, monkeypatch, capsys: Output) -> None:
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    send_at_first_step(monkeypatch, signal.SIGTERM)
    assert main(["train", *QUICK, "--epochs", "500", "--json"]) == 143
    assert the_run(tmp_path / "runs").status().state == "stopped"
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers


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


@pytest.mark.parametrize(
    ("words", "inside"),
    [(["train"], "file/runs"), (["export", "{run}", "-o", "{folder}/file"], "file")],
)
def test_a_folder_that_cannot_be_written(
    trained: tuple[Path, Any], tmp_path: Path, capsys: Output, words: list[str], inside: str
) -> None:
    (tmp_path / "file").touch()
    root = tmp_path / "file" / "runs" if words[0] == "train" else trained[0] / "runs"
    named = [word.format(run=trained[1][-1]["run"], folder=tmp_path) for word in words]
    assert main([*named, "--runs", str(root)]) == 1
    assert inside in only_line(capsys.readouterr().err)


# Asked wrongly

FIELDS = [f"--{name.replace('_', '-')}" for name in FIELD_NAMES]


def allowed(name: str) -> str:
    return field_spec(name).allowed


WRONG: list[tuple[list[str], list[str]]] = [
    ([], ["train, runs, evaluate, export"]),
    (["trian"], ["'trian'", "'train', 'runs', 'evaluate', 'export'"]),
    (["train", "--latent-dims", "3"], ["--latent-dims", "--latent-dim,", allowed("latent_dim"), *FIELDS]),
    (["train", "--latent_dim=3"], ["--latent_dim", "Did you mean --latent-dim,"]),
    (["train", "--lat", "3"], ["--lat'", *FIELDS]),
    (["train", "--colour", "red"], ["--colour", *FIELDS]),
    (["train", "3"], ["'3'", *FIELDS]),
    (["train", "--latent-dim"], ["--latent-dim", "needs a value", allowed("latent_dim")]),
    (["train", "--latent-dim", "--epochs", "3"], ["--latent-dim", allowed("latent_dim")]),
    (["train", "--model"], ["--model", "one of ae, vae"]),
    (["train", "--preset"], ["--preset", *PRESETS]),
    (["train", "--preset", "vae-3d"], ["preset", "'vae-3d'", *PRESETS]),
    (["train", "--device"], ["--device", "auto, cpu, cuda, mps"]),
    (["train", "--device", "tpu"], ["device", "'tpu'", "auto, cpu"]),
    (["train", "--dataset", "minst"], ["dataset", "'minst'", *DATASETS]),
    (["train", "--latent-dim", "0"], ["latent_dim", allowed("latent_dim"), "'0'"]),
    (["train", "--latent-dim", "-1"], ["latent_dim", allowed("latent_dim"), "'-1'"]),
    (["train", "--latent-dim", "2.5"], ["latent_dim", "whole number from 1 to 256", "'2.5'"]),
    (["train", "--learning-rate", "-1e-3"], ["learning_rate", allowed("learning_rate"), "'-1e-3'"]),
    (["train", "--beta", "nan"], ["beta", allowed("beta"), "'nan'"]),
    (["train", "--hidden", "a\nb"], ["hidden", allowed("hidden")]),
    (["train", "--epochs", "501", "--model", "gan"], ["epochs", "1 to 500", "model", "ae, vae"]),
    (["runs", "--jsn"], ["--jsn", "--runs", "--json"]),
    (["evaluate"], ["RUN"]),
    (["evaluate", "abc", "--latent-dim", "3"], ["--latent-dim", "--runs", "--json"]),
    (["evaluate", "abc"], ["no run", "'abc'"]),
    (["export", "abc", "-o", "folder"], ["no run", "'abc'"]),
    (["export", "abc"], ["-o"]),
]


@pytest.mark.parametrize(("words", "named"), WRONG, ids=lambda value: " ".join(value)[:40])
def test_what_is_wrong_gets_one_line_that_says_what_is_allowed(
    tmp_path: Path, capsys: Output, words: list[str], named: list[str]
) -> None:
    assert main(words) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    line = only_line(shown.err)
    assert [part for part in named if part not in line] == []
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_device_in_the_environment_is_told(monkeypatch, capsys: Output) -> None:
    monkeypatch.setenv("VAELAB_DEVICE", "tpu")
    assert main(["train"]) == 2
    assert "device" in only_line(capsys.readouterr().err)


def test_the_exit_status_of_the_real_program_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        command("train", "--colour", "red"), env=environment(), capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "--colour" in only_line(done.stderr)


def test_ctrl_c_while_nothing_trains(monkeypatch, capsys: Output) -> None:
    def interrupted(_: RunStore) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(RunStore, "runs", interrupted)
    assert main(["runs"]) == 130
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("text", ["-1e3", "-1E+3", "-1000", "-1000.0"])
def test_numbers_may_be_negative(tmp_path: Path, capsys: Output, text: str) -> None:
    assert main(["train", *QUICK, "--epochs", "1", "--stop-loss", text, "--json"]) == 0
    assert the_run(tmp_path / "runs").config.stop_loss == -1000


# Help


def test_help_says_what_each_field_is(monkeypatch, capsys: Output) -> None:
    monkeypatch.setenv("COLUMNS", "2000")
    with pytest.raises(SystemExit) as ended:
        main(["train", "--help"])
    assert ended.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    for name, flag in zip(FIELD_NAMES, FIELDS, strict=True):
        assert f"{flag} VALUE {field_spec(name).help} Must be {field_spec(name).allowed}." in text


# Looking at runs


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
        assert shown == {name: last[name] for name in ("recon", "kl", "neg_elbo", "mse", "kl_per_dim")}
    assert main(["evaluate", run_id, *runs]) == 0
    text = capsys.readouterr().out
    assert f"neg_elbo {last['neg_elbo']:.4f} nats per image" in text
    assert f"mse      {last['mse']:.4f} per pixel" in text


def test_an_autoencoder_is_evaluated_without_an_elbo(tmp_path: Path, capsys: Output) -> None:
    assert main(["train", *QUICK, "--epochs", "1", "--model", "ae", "--reconstruction", "mse", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert main(["evaluate", lines[-1]["run"], "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    (last,) = [line for line in lines if line["event"] == "evaluated"]
    assert (shown["neg_elbo"], shown["kl"], shown["kl_per_dim"]) == (None, None, None)
    assert (shown["recon"], shown["mse"]) == (last["recon"], last["mse"])
    assert main(["evaluate", lines[-1]["run"]]) == 0
    assert "neg_elbo not defined for an AE" in capsys.readouterr().out


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
