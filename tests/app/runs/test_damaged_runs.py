"""Every page of a run that something has happened to: a sentence or what is left of it, never a traceback."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.exploring import HOOKS, fit_once, sentences, visit
from tests.support.visits import visit_of
from vaelab.paths import EXAMPLES
from vaelab.runs import Run
from vaelab.ui.session import state

App = Callable[[], AppTest]
PAGES = ("train", *HOOKS, "runs")
DEEP = "[" * 100_000


def _set(file: str, /, **values: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / file
        path.write_text(json.dumps({**json.loads(path.read_text()), **values}))

    return change


def _write(name: str, text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_text(text) and None


def _cut(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:999]) and None


def _folder_instead(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return change


DAMAGES = {
    "no config": lambda folder: (folder / "config.json").unlink(),
    "deep config": _write("config.json", DEEP),
    "another model's config": _set("config.json", model="ae", latent_dim=3),
    "deep meta": _write("meta.json", DEEP),
    "half a letter for a name": _set("meta.json", name="\ud800"),
    "made in no year": _set("meta.json", created=1e300),
    "huge status": _set("status.json", step=10**400, pid=2**70, state="running"),
    "endless status": _set("status.json", epoch=float("inf"), seconds=float("nan")),
    "torn request": _write("request.json", "{"),
    "no events": _folder_instead("events.jsonl"),
    "words for events": _write("events.jsonl", '{"event": "step", "step": "x", "recon": []}\n3\n'),
    "half an evaluation": _write("events.jsonl", '{"event": "evaluated", "step": 3, "recon": 1e999}\n'),
    "cut preview": _cut("preview.npz"),
    "cut weights": _cut("model.safetensors"),
    "weights of another": lambda folder: (
        shutil.copy(EXAMPLES / "vae-20d" / "model.safetensors", folder) and None
    ),
    "cut snapshot": _cut("snapshots/002350.npz"),
}


@pytest.fixture(autouse=True)
def _quick_pca(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaelab.analysis.pca.fit", fit_once)
    monkeypatch.setenv("VAELAB_SINGLE_USER", "1")


def damaged_run(runs: Path, damage: str) -> Run:
    """A copy of a finished run, stopped half-way, to which something has happened."""
    folder = runs / "0123456789abcdef"
    shutil.copytree(EXAMPLES / "vae-2d", folder)
    _set("status.json", state="stopped", epoch=5.0)(folder)
    DAMAGES[damage](folder)
    return Run(folder)


@pytest.mark.parametrize("damage", DAMAGES)
def test_no_page_fails(app: App, runs: Path, damage: str) -> None:
    run, session = damaged_run(runs, damage), app()
    for page in PAGES:
        shown = visit(session, page, run=run.id)
        assert [error.message for error in shown.exception] == [], page


@pytest.mark.parametrize("damage", ["no config", "huge status", "torn request"])
def test_the_list_says_what_is_wrong_and_offers_to_delete_it(app: App, runs: Path, damage: str) -> None:
    run = damaged_run(runs, damage)
    page = visit(app(), "runs")
    (table,) = page.dataframe
    row = table.value[table.value["state"] == "Damaged"]
    assert len(row) == 1
    visit_of(page).run = run.id
    page.run()
    assert any("has" in caption.value and ".json" in caption.value for caption in page.caption)
    assert not page.button(key="delete").disabled


@pytest.mark.parametrize("page", PAGES)
def test_without_any_run_every_page_says_what_to_do(
    app: App, page: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(state, "EXAMPLES", tmp_path / "no-examples")
    shown = visit(app(), page)
    assert not shown.exception
    if page == "train":
        assert not shown.button(key="train").disabled
    elif page in HOOKS:
        assert any("train one on the Train page" in sentence for sentence in sentences(shown))


def test_a_run_damaged_since_the_page_was_drawn_gets_a_sentence(app: App, runs: Path) -> None:
    folder = runs / "0123456789abcdef"
    shutil.copytree(EXAMPLES / "vae-2d", folder)
    _set("status.json", state="stopped", epoch=5.0)(folder)
    page = visit(app(), "train", run=folder.name)
    assert not page.button(key="resume").disabled
    DAMAGES["torn request"](folder)
    DAMAGES["deep meta"](folder)
    page.button(key="resume").click().run()
    assert not page.exception
    assert any("meta.json" in sentence for sentence in sentences(page))
