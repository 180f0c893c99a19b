"""Runs are made whole, found by their ids, and removed without a trace."""

from __future__ import annotations

import errno
import os
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.recorded import set_status
from vaelab.config import RunConfig
from vaelab.events import Request
from vaelab.files import write_json
from vaelab.runs import Run, RunNotFound, RunStore, default_root
from vaelab.runs.status import Meta

CONFIG = RunConfig(model="ae", latent_dim=3, epochs=1)


@pytest.fixture
def run(store: RunStore) -> Run:
    return store.create(CONFIG, owner="somebody")


def test_a_new_run_is_what_it_was_made_with(store: RunStore) -> None:
    before = time.time()
    run = store.create(CONFIG, owner="somebody", name="Mine", place=2.0)
    assert store.get(run.id).config == CONFIG
    meta = run.meta
    assert before <= meta.created <= time.time()
    assert meta == Meta(created=meta.created, owner="somebody", name="Mine", place=2.0)
    assert sorted(path.name for path in run.path.iterdir()) == ["config.json", "meta.json"]


def test_ids_are_random_and_all_of_a_kind(store: RunStore) -> None:
    ids = {store.create(CONFIG).id for _ in range(50)}
    assert len(ids) == 50
    assert all(len(run_id) == 32 and set(run_id) <= set("0123456789abcdef") for run_id in ids)
    assert all(len({run_id[index] for run_id in ids}) > 5 for index in range(32))


def test_config_states_every_field(run: Run) -> None:
    assert run._json("config.json").keys() == RunConfig.model_fields.keys()


def test_a_run_that_cannot_be_written_leaves_nothing(store: RunStore, monkeypatch) -> None:
    def full(path: Path, values: object) -> None:
        if path.name == "meta.json":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write_json(path, values)

    monkeypatch.setattr("vaelab.runs.store.write_json", full)
    with pytest.raises(OSError, match="No space"):
        store.create(CONFIG)
    assert list(store.root.iterdir()) == []


def test_newest_first_and_damaged_last(store: RunStore) -> None:
    made = [store.create(CONFIG) for _ in range(4)]
    for age, run in enumerate(made):
        run.set_meta(created=1000.0 - age)
    (made[1].path / "meta.json").write_text("{")
    assert store.runs() == [made[0], made[2], made[3], made[1]]


def test_no_runs_yet(store: RunStore) -> None:
    assert store.runs() == store.shipped_runs() == []


def test_other_things_in_the_folder_are_no_runs(store: RunStore, run: Run) -> None:
    (store.root / "notes.txt").touch()
    (store.root / "README").mkdir()
    (store.root / ".new-0123456789abcdef").mkdir()
    assert store.runs() == [run]


@given(st.text() | st.sampled_from(["..", ".", "", "../other", "/etc", "runs/../..", "a\x00b", "~", "CON"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_id_leads_out_of_the_folder(store: RunStore, run_id: str) -> None:
    (store.root.parent / "other").mkdir(parents=True, exist_ok=True)
    with pytest.raises(RunNotFound):
        store.get(run_id)


def test_an_unknown_id_gets_a_short_sentence(store: RunStore) -> None:
    with pytest.raises(RunNotFound, match=r"^There is no run 'x{64}' here\.") as raised:
        store.get("x" * 10_000)
    assert "\n" not in str(raised.value)


@pytest.fixture
def named(tmp_path: Path) -> RunStore:
    """Runs with ids that begin alike, one of them shipped."""
    for path in ("runs/abc1", "runs/abc2", "runs/abd", "runs/ab", "shipped/vae-2d"):
        (tmp_path / path).mkdir(parents=True)
    return RunStore(tmp_path / "runs", tmp_path / "shipped")


@pytest.mark.parametrize(
    ("prefix", "found"), [("abc1", "abc1"), ("abd", "abd"), ("ab", "ab"), ("vae", "vae-2d")]
)
def test_a_run_is_found_by_the_start_of_its_id(named: RunStore, prefix: str, found: str) -> None:
    assert named.find(prefix).id == found


@pytest.mark.parametrize(
    ("prefix", "sentence"),
    [
        ("abc", "There are 2 runs whose id starts with 'abc' in "),
        ("x", "There is no run whose id starts with"),
    ],
)
def test_a_prefix_of_no_or_several_runs_gets_a_sentence(named: RunStore, prefix: str, sentence: str) -> None:
    with pytest.raises(RunNotFound, match=sentence):
        named.find(prefix)


def test_removing_leaves_nothing_and_can_be_repeated(store: RunStore, run: Run) -> None:
    (store.root / ".gone-abc").mkdir()  # of a server that was killed while it removed
    other = store.create(CONFIG)
    store.delete(run)
    store.delete(run)
    assert list(store.root.iterdir()) == [other.path]


def test_a_shipped_run_is_read_and_never_changed(named: RunStore) -> None:
    (run,) = named.shipped_runs()
    assert run == named.get("vae-2d")
    assert run not in named.runs()
    write_json(run.path / "meta.json", asdict(Meta(created=0.0)))
    for change in (
        lambda: run.set_meta(name="x"),
        lambda: run.set_request(Request()),
        lambda: named.delete(run),
    ):
        with pytest.raises(PermissionError, match="cannot be changed"):
            change()
    assert sorted(path.name for path in run.path.iterdir()) == ["meta.json"]


def test_a_run_that_goes_on_from_another_has_its_files(store: RunStore, run: Run) -> None:
    (run.path / "snapshots").mkdir()
    for name in ("events.jsonl", "resume.safetensors", "snapshots/000001.npz", "snapshots/.draft"):
        (run.path / name).write_text(name)
    set_status(run, state="stopped")
    child = store.create(CONFIG.variant(epochs=2), parent=run)
    files = sorted(str(path.relative_to(child.path)) for path in child.path.rglob("*") if path.is_file())
    assert files == ["config.json", "events.jsonl", "meta.json", "resume.safetensors", "snapshots/000001.npz"]
    assert (child.path / "events.jsonl").read_text() == "events.jsonl"
    assert (child.meta.parent, child.config.epochs) == (run.id, 2)


def test_the_folder_of_all_runs(monkeypatch) -> None:
    monkeypatch.setenv("VAELAB_RUNS", "/somewhere")
    assert default_root() == Path("/somewhere")
    monkeypatch.setenv("VAELAB_RUNS", "")
    assert default_root() == Path("runs")
