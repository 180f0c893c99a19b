"""A recording is a finished run of exactly the recipe, shipped or shared by its owner."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from vaelab.config import RunConfig
from vaelab.files import write_json
from vaelab.paths import EXAMPLES
from vaelab.runs import Run, RunStore, Status, recordings
from vaelab.runs.recordings import LOOK_EVERY, Recordings, nearest_example

RECIPE = RunConfig(epochs=3)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    made = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(recordings, "time", SimpleNamespace(monotonic=lambda: made.now))
    return made


def trained(store: RunStore, config: RunConfig = RECIPE, state: Any = "finished", **meta: Any) -> Run:
    run = store.create(config, files={"model.safetensors": b"", "resume.safetensors": b""}, **meta)
    write_json(run.path / "status.json", asdict(Status(state=state)))
    return run


def test_only_what_is_shared_finished_and_trained_here_from_its_start(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    for not_one in (
        trained(store, owner="ann"),
        trained(store, owner="ann", shared=True, state="stopped"),
        trained(store, owner="ann", shared=True, parent=trained(store)),
        trained(store, RECIPE.variant(seed=1), owner="ann", shared=True),
    ):
        assert Recordings(store).of(RECIPE) is None, not_one.status()
    imported = trained(store, shared=True)
    (imported.path / "resume.safetensors").unlink()
    damaged = trained(store, shared=True)
    (damaged.path / "meta.json").write_text("{")
    assert Recordings(store).of(RECIPE) is None
    shared = trained(store, owner="ann", shared=True)
    assert Recordings(store).of(RECIPE) == shared


def test_a_shipped_run_comes_first(tmp_path: Path) -> None:
    shipped = trained(RunStore(tmp_path / "shipped"))
    store = RunStore(tmp_path / "runs", tmp_path / "shipped")
    trained(store, shared=True)
    assert Recordings(store).of(RECIPE) == Run(shipped.path, shipped=True)


def test_what_is_no_longer_there_or_shared_is_not_shown(tmp_path: Path, time: SimpleNamespace) -> None:
    store = RunStore(tmp_path)
    found, run = Recordings(store), trained(store, shared=True)
    assert found.of(RECIPE) == run
    run.set_meta(shared=False)
    time.now += LOOK_EVERY
    assert found.of(RECIPE) is None
    run.set_meta(shared=True)
    time.now += LOOK_EVERY
    assert found.of(RECIPE) == run
    store.delete(run)
    assert found.of(RECIPE) is None


def test_the_nearest_example_is_a_shipped_run_that_has_finished(tmp_path: Path) -> None:
    shipped = RunStore(tmp_path / "shipped")
    store = RunStore(tmp_path / "runs", tmp_path / "shipped")
    trained(store, shared=True)
    assert nearest_example(store, RECIPE) is None
    trained(shipped, state="stopped")
    damaged = trained(shipped)
    (damaged.path / "config.json").write_text("{")
    near, far = (trained(shipped, RECIPE.variant(latent_dim=size)) for size in (3, 20))
    assert nearest_example(store, RECIPE) == Run(near.path, shipped=True)
    assert nearest_example(store, RECIPE.variant(latent_dim=16, seed=4)) == Run(far.path, shipped=True)


@pytest.mark.parametrize("run", RunStore(Path("none"), EXAMPLES).shipped_runs(), ids=lambda run: run.id)
def test_the_recipe_of_every_shipped_example_finds_that_example(run: Run, tmp_path: Path) -> None:
    assert nearest_example(RunStore(tmp_path, EXAMPLES), run.config) == run
