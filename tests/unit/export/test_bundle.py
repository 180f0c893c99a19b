"""A run that is taken elsewhere is the same run there."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.support.bundles import RECIPES, Parts, contents_of, imported, parts_of, record, zipped
from vaelab.config import RunConfig
from vaelab.data import Dataset
from vaelab.export.bundle import LARGEST_WEIGHTS, bundle, import_bundle, losses_csv, too_large
from vaelab.paths import EXAMPLES
from vaelab.runs import History, Run, RunStore, read_weights


@pytest.fixture(scope="session")
def trained(tiny: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """A run of each of `RECIPES`, trained when it is first asked for."""
    made: dict[str, Run] = {}

    def run(name: str) -> Run:
        if name not in made:
            made[name] = record(tmp_path_factory.mktemp(name), tiny, name)
        return made[name]

    return run


@pytest.fixture(scope="session")
def parts(trained: Callable[[str], Run]) -> Parts:
    return parts_of(trained("vae"))


# What arrives is what was sent


@pytest.mark.parametrize("name", RECIPES)
def test_an_imported_run_is_the_run(trained: Callable[[str], Run], name: str, tmp_path: Path) -> None:
    run = trained(name)
    there = import_bundle(io.BytesIO(bundle(run)), RunStore(tmp_path), "me")
    assert there.config == run.config
    assert_same_weights(there, run)
    before, after = History(run), History(there)
    assert before.changed.count == 1
    for columns in ("steps", "changed", "evaluated"):
        assert getattr(after, columns).rows() == getattr(before, columns).rows()
    assert after.started == before.started
    assert there.in_words == run.in_words
    assert run.in_words.endswith("steered by hand")
    status, original = there.status(), run.status()
    kept = ("step", "epoch", "steps_per_epoch", "seconds", "threads", "precision", "device")
    assert [getattr(status, field) for field in kept] == [getattr(original, field) for field in kept]


def assert_same_weights(one: Run, other: Run) -> None:
    these, those = read_weights(one), read_weights(other)
    assert these.keys() == those.keys()
    assert all(np.array_equal(array, those[name]) for name, array in these.items())


def test_an_imported_run_belongs_to_whoever_imported_it(parts: Parts, tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    first, second = (import_bundle(io.BytesIO(zipped(parts)), store, "me") for _ in range(2))
    assert first.id != second.id
    assert (first.meta.owner, first.meta.place, first.meta.parent) == ("me", None, "")
    assert first.status().state == "finished"
    assert "mported" in first.status().message


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir()))
def test_shipped_runs_can_be_taken_along(name: str) -> None:
    assert imported(bundle(Run(EXAMPLES / name, shipped=True))) is None


def test_a_zip_tells_nothing_of_its_owner(trained: Callable[[str], Run]) -> None:
    assert b"somebody" not in b"".join(contents_of(bundle(trained("vae"))).values())


def test_the_same_run_gives_the_same_zip(trained: Callable[[str], Run]) -> None:
    assert bundle(trained("vae")) == bundle(trained("vae"))


def test_config_and_weights_are_enough(parts: Parts) -> None:
    assert imported(zipped({name: parts[name] for name in ("config.json", "model.safetensors")})) is None


def test_a_line_torn_by_a_power_cut_stays_behind(trained: Callable[[str], Run], tmp_path: Path) -> None:
    run = trained("vae")
    lines = (run.path / "events.jsonl").read_bytes().splitlines(keepends=True)
    torn = RunStore(tmp_path).create(
        run.config,
        files={
            "model.safetensors": (run.path / "model.safetensors").read_bytes(),
            "events.jsonl": b"".join([*lines[:-2], lines[-2][:30] + b"\n", b'{"event": "st']),
        },
    )
    assert imported(bundle(torn)) is None


# The table of losses


@pytest.mark.parametrize("name", RECIPES)
def test_the_table_has_every_step_and_every_test_epoch(trained: Callable[[str], Run], name: str) -> None:
    said = History(trained(name))
    rows = list(csv.DictReader(io.StringIO(losses_csv(said))))
    by_split = {split: [row for row in rows if row["split"] == split] for split in ("train", "test")}
    for split, columns in (("train", said.steps), ("test", said.evaluated)):
        for field in ("step", "epoch", "recon", "kl"):
            read = [float(row[field] or "nan") for row in by_split[split]]
            np.testing.assert_array_equal(read, columns[field])
    assert [float(row["mse"]) for row in by_split["test"]] == said.evaluated["mse"].tolist()
    steps = [int(row["step"]) for row in rows]
    assert steps == sorted(steps)


@pytest.mark.parametrize("name", RECIPES)
def test_the_table_sums_up_where_there_is_an_elbo(trained: Callable[[str], Run], name: str) -> None:
    run = trained(name)
    for row in csv.DictReader(io.StringIO(losses_csv(History(run)))):
        if run.config.model == "ae":
            assert row["kl"] == row["neg_elbo"] == ""
        else:
            assert float(row["neg_elbo"]) == pytest.approx(float(row["recon"]) + float(row["kl"]))


def test_the_readme_explains_every_file_and_every_column(parts: Parts) -> None:
    readme = parts["README.txt"].decode()
    header = parts["losses.csv"].decode().splitlines()[0].split(",")
    words = {word.strip(",") for line in readme.splitlines() for word in line.split("  ")[0].split()}
    assert set(header) <= words
    assert set(parts) - {"README.txt"} <= words


def test_weights_beyond_the_limit_are_not_offered(tmp_path: Path) -> None:
    run = RunStore(tmp_path).create(RunConfig())
    assert "no weights" in str(too_large(run))
    with (run.path / "model.safetensors").open("wb") as file:
        file.truncate(LARGEST_WEIGHTS * 2)
    assert "MB" in str(too_large(run))
    with pytest.raises(ValueError, match="MB"):
        bundle(run)


def test_a_full_disk_leaves_nothing_behind(
    parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vaelab.runs.store.os.replace", full)
    with pytest.raises(OSError, match="space"):
        import_bundle(io.BytesIO(zipped(parts)), RunStore(tmp_path / "runs"))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert RunStore(tmp_path / "runs").runs() == []
