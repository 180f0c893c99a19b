"""Run folders that earlier code wrote open, show what they showed, and train on.

`tests.support.old_runs` says how those in tests/data/runs were made.
"""

from __future__ import annotations

import json
import os
import socket
import time
from typing import Any

import numpy as np
import pytest

from tests.support.old_runs import AE, FOLDER, LONG_AGO, NAMES, VAE
from vaelab import events
from vaelab.analysis.load import load_run, load_snapshot
from vaelab.config import RunConfig
from vaelab.data import Dataset
from vaelab.engine.continuation import continued_config
from vaelab.models.codes import decode
from vaelab.models.evaluation import evaluate
from vaelab.runs import History, Recorder, Run, RunStore, Status, read_measures, read_preview, read_weights
from vaelab.runs.arrays import read_checkpoint
from vaelab.runs.summary import summarise
from vaelab.training import train

WITHOUT_A_WORD = "Its training ended without a word. It can be resumed from its last epoch."


def train_to_the_end(run: Run, data: Dataset) -> events.Checkpoint:
    """Train as a worker does, recording; the checkpoint that it went on from."""
    recorder = Recorder(run)
    assert recorder.resume is not None
    training = train(run.config, data=data, resume=recorder.resume, request=recorder.request)
    said = list(recorder.record(training))
    assert said[0].step == recorder.resume.step
    assert [type(event) for event in (said[0], said[-1])] == [events.Started, events.Finished]
    return recorder.resume


# What they show


def test_they_are_found_and_sound(old_store: RunStore) -> None:
    assert {run.id for run in old_store.runs_of("somebody")} == set(NAMES)
    for run in old_store.runs():
        run.check()
        assert summarise(run).status.state != "damaged"
    assert [old_store.find(name[:4]).title for name in NAMES] == ["A small AE", "A small VAE"]


def test_their_recipes_are_what_they_were(old_store: RunStore) -> None:
    small: dict[str, Any] = {"train_size": 500, "hidden": "8", "batch_size": 125, "precision": "fp32"}
    assert old_store.get(AE).config == RunConfig(model="ae", epochs=2, held_out=100, **small)
    assert old_store.get(VAE).config == RunConfig(
        epochs=3, reconstruction="mse", corruption="gaussian", beta_warmup=1.5, **small
    )
    for name in NAMES:
        recorded = json.loads((FOLDER / name / "config.json").read_text())
        config = old_store.get(name).config.model_dump()
        assert {field: config[field] for field in recorded if field != "version"} == {
            field: value for field, value in recorded.items() if field != "version"
        }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (AE, ("finished", 8, 2.0, 0, "All 2 epochs are done.")),
        (VAE, ("interrupted", 6, 1.5, 13202, WITHOUT_A_WORD)),
    ],
)
def test_their_states_are_what_they_were(name: str, expected: tuple[Any, ...], old_store: RunStore) -> None:
    status = old_store.get(name).status()
    assert (status.state, status.step, status.epoch, status.pid, status.message) == expected
    assert (status.steps_per_epoch, status.threads, status.precision, status.device) == (4, 1, "fp32", "cpu")
    assert not status.has_writer


def test_the_writer_of_long_ago_is_gone(old_store: RunStore) -> None:
    """Also where its number is that of a process of today, on this machine; a sign of life would show it."""
    run, file = old_store.get(VAE), old_store.get(VAE).path / "status.json"
    recorded = json.loads(file.read_text())
    assert (recorded["state"], recorded["host"], recorded["heartbeat"]) == ("running", "elsewhere", LONG_AGO)

    def status(**changes: Any) -> Status:
        file.write_text(json.dumps(recorded | changes))
        return run.status()

    here = {"host": socket.gethostname(), "pid": os.getpid()}
    for gone in (status(), status(state="paused"), status(**here), status(**here, state="paused")):
        assert (gone.state, gone.message, gone.has_writer) == ("interrupted", WITHOUT_A_WORD, False)
    now = time.time() + 3600
    for there in (status(heartbeat=now), status(**here, heartbeat=now)):
        assert (there.state, there.has_writer) == ("running", True)


def test_their_histories_are_what_they_were(old_store: RunStore) -> None:
    ae, vae = (History(old_store.get(name)) for name in NAMES)
    for said in (ae, vae):
        assert said.steps["step"].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
        assert said.started is not None
        assert said.started["train_images"] == 500
    assert (ae.steps["recon"][0], ae.steps["recon"][-1]) == (207.27140625, 210.52315625)
    assert (vae.steps["kl"][0], vae.steps["kl"][-1]) == (0.2580184326171875, 0.0019195770025253296)
    assert vae.steps["beta"][:3].tolist() == [0.0, 1 / 6, 1 / 3]
    assert [(row["step"], row["recon"]) for row in ae.evaluated.rows()] == [
        (4, 205.17937063446044), (8, 203.3819044555664)
    ]  # fmt: skip
    assert [(row["step"], row["recon"]) for row in vae.evaluated.rows()] == [(4, 60.83894147796631)]
    assert all(recon > 150 for recon in ae.evaluated["held_out_recon"])
    assert ae.finished is not None
    assert (ae.finished["reason"], vae.finished) == ("epochs", None)


@pytest.mark.parametrize(("name", "steps"), [(AE, [1, 4, 8]), (VAE, [1, 4])])
def test_their_snapshots_show_what_they_showed(name: str, steps: list[int], old_store: RunStore) -> None:
    run = old_store.get(name)
    assert run.snapshot_steps() == steps
    for step in steps:
        past = load_snapshot(run, step)
        assert (past.step, past.codes.mean.shape) == (step, (10_000, 2))
        assert (past.codes.logvar is None) == (name == AE)
        difference = decode(past.model, past.codes.mean[:64]).astype(int) - past.reconstructions
        assert abs(difference).max() <= 2  # its weights have 16 bits
        assert past.reconstructions.std() > 10


def test_their_pictures_and_measures_are_read(old_store: RunStore) -> None:
    previews = [read_preview(old_store.get(name)) for name in NAMES]
    assert [preview and preview.step for preview in previews] == [8, 6]
    measures = read_measures(old_store.get(AE))
    assert measures is not None
    assert (measures.step, measures.problem) == (8, "")
    assert measures.values["recon"] == pytest.approx(203.3819044555664, rel=1e-4)
    assert read_measures(old_store.get(VAE)) is None


def test_their_weights_are_those_of_their_checkpoints(old_store: RunStore) -> None:
    for name, step in ((AE, 8), (VAE, 6)):
        saved, weights = read_checkpoint(old_store.get(name)), read_weights(old_store.get(name))
        assert saved is not None
        assert saved.step == step
        assert weights.keys() == saved.model.keys()
        assert all(np.array_equal(weights[tensor], saved.model[tensor]) for tensor in weights)


def test_the_weights_of_the_finished_one_give_its_losses(old_store: RunStore, mnist: Dataset) -> None:
    result = evaluate(load_run(old_store.get(AE)).model, mnist.x_test)
    recorded = History(old_store.get(AE)).evaluated
    assert result.recon == pytest.approx(recorded["recon"][-1], rel=1e-4)
    assert result.mse == pytest.approx(recorded["mse"][-1], rel=1e-4)


# Training goes on


def test_the_unfinished_one_trains_on_to_its_end(old_store: RunStore, mnist: Dataset) -> None:
    run = old_store.get(VAE)
    assert read_preview(run) is not None
    before = History(run)
    assert train_to_the_end(run, mnist).step == 6
    status, after = run.status(), History(run)
    assert (status.state, status.step, status.pid, status.threads) == ("finished", 12, 0, 1)
    assert status.message == "All 3 epochs are done."
    assert after.steps["step"].tolist() == list(range(1, 13))
    assert after.steps["recon"][:6].tolist() == before.steps["recon"][:6].tolist()
    assert (after.evaluated["step"].tolist(), run.snapshot_steps()) == ([4, 8, 12], [1, 4, 8, 12])
    assert not (run.path / "live-decoder.safetensors").exists()
    as_if_undisturbed(run, mnist)


def as_if_undisturbed(run: Run, data: Dataset) -> None:
    """The run's losses and weights are those of a training without a break, but for the roundings."""
    said = list(train(run.config, data=data, threads=1))
    found = History(run)
    for kind, columns in ((events.Step, found.steps), (events.Evaluated, found.evaluated)):
        expected = [event for event in said if isinstance(event, kind)]
        for name in ("recon", "kl"):
            np.testing.assert_allclose(
                columns[name], [getattr(event, name) for event in expected], rtol=1e-2, atol=1e-2
            )
    last = [event for event in said if isinstance(event, events.Checkpoint)][-1]
    weights = read_weights(run)
    assert weights.keys() == last.model.keys()
    for name, weight in last.model.items():
        assert np.linalg.norm(weights[name] - weight) <= 1e-2 * np.linalg.norm(weight) + 1e-3, name


def test_the_finished_one_trains_on_for_more_epochs(old_store: RunStore, mnist: Dataset) -> None:
    parent = old_store.get(AE)
    run = old_store.create(continued_config(parent, 1), parent=parent)
    assert train_to_the_end(run, mnist).step == 8
    assert (run.status().state, run.status().epoch) == ("finished", 3.0)
    steps = History(run).steps
    assert steps["step"].tolist() == list(range(1, 13))
    assert steps["recon"][:8].tolist() == History(parent).steps["recon"].tolist()
    assert all(np.isfinite(steps["recon"]))
