"""Runs to take along, and what becomes of a zip that is imported."""

from __future__ import annotations

import io
import tempfile
import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path

from vaelab.analysis.load import load_run
from vaelab.config import RunConfig
from vaelab.data import Dataset
from vaelab.events import Dials, Request, Step
from vaelab.export.bundle import bundle, import_bundle, losses_csv
from vaelab.export.unzip import ImportRefused
from vaelab.runs import History, Recorder, Run, RunStore
from vaelab.runs.summary import summarise
from vaelab.training import train

SMALL = {"hidden": "none", "latent_dim": 1, "epochs": 2, "train_size": 500}
FILES = {"README.txt", "config.json", "model.safetensors", "losses.csv", "events.jsonl"}
RECIPES = {
    "vae": RunConfig(**SMALL),
    "ae": RunConfig(model="ae", **SMALL),
    "mse": RunConfig(reconstruction="mse", **SMALL),
    "conv": RunConfig(**{**SMALL, "architecture": "conv", "hidden": "2-3/5"}),
}


def record(folder: Path, data: Dataset, name: str = "vae") -> Run:
    """A run of one of `RECIPES`, recorded as every run is; its learning rate is changed on the way."""
    run = RunStore(folder).create(RECIPES[name], owner="somebody", name="Mine")
    request = Request()

    def asked() -> Request:
        return request

    for event in Recorder(run).record(train(RECIPES[name], data=data, request=asked)):
        if isinstance(event, Step):
            request = Request(dials=Dials(learning_rate=0.001), change=1)
    return run


def parts_of(run: Run) -> Parts:
    """The files of a run's zip, by name."""
    return Parts(contents_of(bundle(run)))


class Parts(dict[str, bytes]):
    """Files by name, in few words where a test says what it was given."""

    def __repr__(self) -> str:
        return f"the files {', '.join(self)}"


def contents_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(contents: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return packed.getvalue()


def imported(content: bytes) -> str | None:
    """Import into a new store; the refusal's text, or None for a run that is whole and alone."""
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder) / "a" / "b" / "runs")
        try:
            run = import_bundle(io.BytesIO(content), store, "me")
        except ImportRefused as error:
            refusal = str(error)
        else:
            assert_whole(run)
            assert {path.parent for path in Path(folder).rglob("*") if path.is_file()} == {run.path}
            assert store.runs() == [run]
            return None
        assert list(Path(folder).rglob("*")) == []
        assert refusal.encode(), "a sentence that can be sent to a browser"
        return refusal


def assert_whole(run: Run) -> None:
    """What every page, the CLI and the next import need of a run."""
    load_run(run)
    run.check()
    assert timedelta(seconds=summarise(run).seconds or 0) >= timedelta(0)
    said = History(run)
    assert run.status().state == "finished"
    assert all(row.keys() >= {"kl", "recon"} for row in said.steps.rows())
    assert losses_csv(said)
    assert set(contents_of(bundle(run))) == FILES


def refused_within(memory: int, content: bytes) -> str:
    """The refusal of a zip, which takes at most so many bytes of memory."""
    tracemalloc.start()
    try:
        refusal = imported(content)
        assert tracemalloc.get_traced_memory()[1] < memory
    finally:
        tracemalloc.stop()
    assert refusal is not None
    return refusal
