"""What a table says of a run, whatever state its folder is in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vaelab.config import PRESETS, RunConfig
from vaelab.config.comparable import fields_that_differ
from vaelab.paths import EXAMPLES
from vaelab.runs import History, Run, RunStore
from vaelab.runs.summary import TAIL, last_evaluation, summarise


@pytest.mark.parametrize("name", ["vae-2d", "ae-2d"])
def test_the_losses_are_those_of_the_last_evaluation(name: str) -> None:
    run = Run(EXAMPLES / name, shipped=True)
    evaluated, found = History(run).evaluated.last, last_evaluation(run)
    assert found is not None
    for field in ("recon", "kl", "neg_elbo", "mse"):
        assert found.losses.get(field) == evaluated[field]
    assert found.seconds == evaluated["seconds"]
    assert ("kl" not in found.losses) == (name == "ae-2d")


def test_a_finished_run_is_summarised() -> None:
    summary = summarise(Run(EXAMPLES / "vae-2d"))
    assert (summary.title, summary.status.state) == ("VAE · MNIST · 2-D · 10 epochs", "finished")
    assert summary.config == RunConfig()
    assert summary.seconds == summary.status.seconds > 0
    assert summary.has_learned
    assert not summary.can_be_trained_on


@pytest.mark.parametrize("name", PRESETS)
def test_an_example_of_a_preset_has_its_title(name: str) -> None:
    assert summarise(Run(EXAMPLES / name, shipped=True)).title == PRESETS[name].title


def test_a_run_that_has_not_begun_has_no_losses(tmp_path: Path) -> None:
    summary = summarise(RunStore(tmp_path).create(RunConfig(), name="Mine", place=0.0))
    assert (summary.title, summary.status.state) == ("Mine", "queued")
    assert summary.losses == {}
    assert summary.seconds is None


@pytest.mark.parametrize("name", ["config.json", "meta.json", "status.json"])
@pytest.mark.parametrize("content", ["", "[]", '{"state": 3}', "\0"])
def test_a_damaged_run_says_why(tmp_path: Path, name: str, content: str) -> None:
    run = RunStore(tmp_path).create(RunConfig(), files={"status.json": b'{"state": "finished"}'})
    (run.path / name).write_text(content)
    assert_damaged(Run(run.path), name)


@pytest.mark.parametrize("name", ["config.json", "meta.json"])
def test_a_run_that_lost_a_file_says_so(tmp_path: Path, name: str) -> None:
    run = RunStore(tmp_path).create(RunConfig())
    (run.path / name).unlink()
    assert_damaged(Run(run.path), name)


def assert_damaged(run: Run, name: str) -> None:
    summary = summarise(run)
    assert summary.status.state == "damaged"
    assert name in summary.status.message
    assert summary.title


def _evaluated(step: int, dimensions: int = 1) -> str:
    values = {"recon": float(step), "kl": 1.0, "neg_elbo": step + 1.0, "mse": 0.1, "seconds": 2.0}
    return json.dumps({"event": "evaluated", "step": step, **values, "kl_per_dim": [1 / 3] * dimensions})


@pytest.mark.parametrize(
    "after",
    [
        "",
        '{"event": "evaluated", "rec',
        '{"event": "evaluated", "rec\n',
        '{"event": "step"}\n' * 2000,
        "\n\n",
    ],
)
def test_what_comes_after_the_last_evaluation_does_not_hide_it(tmp_path: Path, after: str) -> None:
    long_ago = '{"event": "step"}\n' * (2 * TAIL // 18)
    content = f"{_evaluated(1)}\n{long_ago}{_evaluated(7, dimensions=256)}\n{after}"
    found = last_evaluation(RunStore(tmp_path).create(RunConfig(), files={"events.jsonl": content.encode()}))
    assert found is not None
    assert found.losses["recon"] == 7.0


def test_only_fields_that_differ_are_listed() -> None:
    assert fields_that_differ([]) == []
    assert fields_that_differ([RunConfig(), RunConfig()]) == []
    assert fields_that_differ([RunConfig(), RunConfig(seed=1, latent_dim=3)]) == ["latent_dim", "seed"]


def test_a_setting_without_effect_does_not_differ() -> None:
    assert fields_that_differ([RunConfig(model="ae", beta=2), RunConfig(model="ae", beta=3)]) == []
    assert fields_that_differ([RunConfig(), RunConfig(model="ae", beta=3)]) == ["model"]
