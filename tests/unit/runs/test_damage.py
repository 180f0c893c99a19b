"""Whatever has become of a file of a run, it is read for what it is worth, or refused in a sentence."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.bundles import record
from vaelab import events
from vaelab.analysis.load import load_run, load_snapshot
from vaelab.data import Dataset
from vaelab.export.bundle import bundle
from vaelab.figures.losses import losses
from vaelab.runs import History, Run, RunDamaged, RunStore, read_preview, read_weights
from vaelab.runs.arrays import read_checkpoint, read_live_decoder
from vaelab.runs.history import losses_at
from vaelab.runs.summary import last_evaluation, summarise

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([2**63, -(2**31), 10**400, 1e308, "1", "\ud800"])
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
Damage = Callable[[Path], None]


@pytest.fixture(scope="session")
def whole(tiny: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A finished run with every file that there can be."""
    run = record(tmp_path_factory.mktemp("whole"), tiny)
    run.set_request(events.Request())
    return run


@st.composite
def damages(draw: st.DrawFn, name: str) -> Damage:
    """Something that happens to a file of this name."""
    kinds: list[Callable[[Path], None]] = []
    share, content, value = draw(st.floats(0, 1)), draw(st.binary(max_size=40)), draw(json_values)
    kinds += [
        lambda path: path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)]),
        lambda path: path.write_bytes(content),
        lambda path: path.write_bytes(_replaced(path.read_bytes(), share, content)),
        lambda path: path.write_text(json.dumps(value)),
        lambda path: path.write_text("[" * 100_000),
        lambda path: path.unlink(),
        lambda path: (path.unlink(), path.mkdir()),
    ]
    if name.endswith((".json", ".jsonl")):
        kinds += [_with_value(share, draw(st.integers(0, 12)), value)] * len(kinds)
    return draw(st.sampled_from(kinds))


def _replaced(content: bytes, share: float, by: bytes) -> bytes:
    at = int(share * len(content))
    return content[:at] + by + content[at + len(by) :]


def _with_value(share: float, which: int, value: Any) -> Damage:
    """Another value in one field: of the file, or of one of its lines."""

    def change(path: Path) -> None:
        one_object = path.suffix == ".json"
        objects = [json.loads(line) for line in ([path.read_text()] if one_object else path.open())]
        changed = objects[min(len(objects) - 1, int(share * len(objects)))]
        changed[sorted(changed)[which % len(changed)]] = value
        path.write_text("".join(json.dumps(each) + "\n" for each in objects))

    return change


FILES = (
    "config.json", "meta.json", "status.json", "request.json", "events.jsonl", "preview.npz",
    "model.safetensors", "resume.safetensors", "snapshots/000001.npz",
)  # fmt: skip


def read_all(run: Run) -> None:
    """All that pages, the command line and a download read; what fails fails with RunDamaged."""
    for read in (Run.check, lambda run: run.meta, lambda run: run.title, read_checkpoint, read_weights,
                 read_preview, load_run, bundle, _draw_losses):  # fmt: skip
        with suppress(ValueError if read is bundle else RunDamaged):  # without weights
            read(run)
    for step in run.snapshot_steps():
        with suppress(RunDamaged):
            load_snapshot(run, step)
    read_live_decoder(run)
    summary = summarise(run)
    assert summary.title.encode()
    assert summary.status.message.encode(), "it can be sent to a browser"
    found = last_evaluation(run)
    assert timedelta(seconds=summary.seconds or 0) >= timedelta(0), "it can be shown in a table"
    assert found is None or np.isfinite([*found.losses.values(), found.seconds]).all()


def _draw_losses(run: Run) -> None:
    said = History(run)
    for columns in (said.steps, said.evaluated):
        assert len({len(column) for column in columns.values()}) <= 1
        assert all(np.isfinite(columns[name]).all() for name in ("step", "epoch", "recon"))
    losses(said.steps, said.evaluated, config=run.config, started=said.started)
    assert losses_at(said, 3, 4).losses is not None


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_damage_to_a_file_is_told_and_costs_no_other_run(
    whole: Run, name: str, data: st.DataObject
) -> None:
    damage = data.draw(damages(name))
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder) / "runs")
        damaged, other = store.root / whole.id, store.root / "0123abcd"
        for copy in (damaged, other):
            shutil.copytree(whole.path, copy)
        before = _contents(other)
        damage(damaged / name)
        read_all(Run(damaged))
        assert {run.id for run in store.runs()} == {whole.id, other.name}
        assert summarise(Run(other)).status.state == "finished"
        assert _contents(other) == before
        assert sorted(path.name for path in Path(folder).iterdir()) == ["runs"]


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_run_that_nothing_has_happened_to_is_read_whole(whole: Run) -> None:
    assert all((whole.path / name).exists() for name in FILES)
    read_all(whole)
    assert summarise(whole).status.state == "finished"
    assert bundle(whole)
    assert last_evaluation(whole) is not None
    assert read_preview(whole) is not None


def test_a_config_of_another_kind_of_model_leaves_nothing_that_cannot_be_drawn(whole: Run) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(whole.path, Path(folder) / whole.id))
        config = whole.config.variant(model="ae", latent_dim=3)
        (copy / "config.json").write_text(json.dumps(config.model_dump()))
        read_all(Run(copy))
        assert History(Run(copy)).evaluated.rows() == []
        with pytest.raises(RunDamaged, match="preview"):
            read_preview(Run(copy))
        with pytest.raises(RunDamaged, match="do not fit"):
            load_run(Run(copy))
