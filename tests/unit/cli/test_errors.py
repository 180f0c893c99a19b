"""Whatever is asked wrongly gets one line that says what is allowed; help says it beforehand."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.calling import QUICK, Output, command, environment, only_line, the_run
from vaelab.cli.main import main
from vaelab.config import FIELD_NAMES, PRESETS, field_spec
from vaelab.data import DATASETS
from vaelab.runs import RunStore

FIELDS = [f"--{name.replace('_', '-')}" for name in FIELD_NAMES]


def allowed(name: str) -> str:
    return field_spec(name).allowed


WRONG: list[tuple[list[str], list[str]]] = [
    ([], ["train, sweep, runs, evaluate, export"]),
    (["trian"], ["'trian'", "'train', 'sweep', 'runs', 'evaluate', 'export'"]),
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
    (["sweep"], ["--sweep", "beta=0.1,1,4"]),
    (["sweep", "--sweep"], ["--sweep"]),
    (["sweep", "--sweep", "beta"], ["beta", "at least two"]),
    (["sweep", "--sweep", "beta=1,2", "--seeds", "six"], ["seeds", "from 1 to 5", "'six'"]),
    (["sweep", "--sweep", "beta=1,2", "--seeds", "6"], ["seeds", "from 1 to 5", "6"]),
    (["sweep", "--sweep", "beta=1,-2"], ["beta", allowed("beta"), "'-2'"]),
    (["sweep", "--sweep", "colour=1,2"], ["colour", "cannot be swept", "beta"]),
    (["sweep", "--sweep", "beta=1,2", "--model", "ae"], ["beta", "only a VAE"]),
    (["sweep", "--sweep", "beta=1,2", "--colour", "red"], ["--colour", "--sweep", "--seeds", *FIELDS]),
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
    line = only_line(shown.err).lower()
    assert [part for part in named if part.lower() not in line] == []
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_device_in_the_environment_is_told(monkeypatch, capsys: Output) -> None:
    monkeypatch.setenv("VAELAB_DEVICE", "tpu")
    assert main(["train"]) == 2
    assert "VAELAB_DEVICE is 'tpu'" in only_line(capsys.readouterr().err)


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


def test_a_wrong_setting_is_said_in_one_line(monkeypatch, capsys: Output) -> None:
    monkeypatch.setenv("VAELAB_RUN_MINUTES", "soon")
    assert main(["runs"]) == 2
    assert only_line(capsys.readouterr().err).startswith("VAELAB_RUN_MINUTES is 'soon'")
