"""How a run stood at a step, from what it said then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vaelab.runs import History, Run
from vaelab.runs.history import losses_at

PER_EPOCH = 100


def said(folder: Path, kl: float | None) -> History:
    def row(event: str, step: int, recon: float) -> dict[str, Any]:
        values = {"event": event, "step": step, "epoch": step / PER_EPOCH, "recon": recon, "kl": kl}
        of_a_step = {"objective": recon, "learning_rate": 0.01}
        return values | (of_a_step if event == "step" else {"mse": 0.04, "seconds": 1.0})

    rows = [row("step", step, 300 - step) for step in (1, 2, 10, 20, 100)] + [row("evaluated", 100, 150.0)]
    (folder / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in rows))
    return History(Run(folder))


def test_an_evaluation_is_of_its_step_only(tmp_path: Path) -> None:
    history = said(tmp_path, 5.0)
    at_end, before = (losses_at(history, step, PER_EPOCH) for step in (100, 20))
    assert (at_end.split, at_end.recon, at_end.epoch) == ("test", 150, 1)
    assert (before.split, before.recon, before.epoch) == ("training", 280, 0.2)
    assert at_end.losses == "test reconstruction 150.0 + KL 5.0 = 155.0 nats per image"
    assert (at_end.name, before.name) == ("epoch 1", "step 20")


def test_between_two_records_counts_the_one_that_the_step_is_part_of(tmp_path: Path) -> None:
    assert losses_at(said(tmp_path, 5.0), 4, PER_EPOCH).recon == 290


@pytest.mark.parametrize("step", [101, 10**6])
def test_of_what_was_never_said_nothing_is_known(tmp_path: Path, step: int) -> None:
    assert losses_at(said(tmp_path, 5.0), step, PER_EPOCH).losses == ""


def test_an_ae_has_no_kl(tmp_path: Path) -> None:
    assert losses_at(said(tmp_path, None), 100, PER_EPOCH).losses == (
        "test reconstruction 150.0 nats per image"
    )


@pytest.mark.parametrize(("step", "name"), [(1001, "epoch 10.01"), (99, "step 99"), (1000, "epoch 10")])
def test_names_tell_neighbours_apart(tmp_path: Path, step: int, name: str) -> None:
    assert losses_at(said(tmp_path, 5.0), step, PER_EPOCH).name == name
