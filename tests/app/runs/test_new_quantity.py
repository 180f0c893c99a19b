"""A quantity that is registered, with its term in the glossary, is shown by the pages that show its like."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.runs_page import PAGE
from vaelab.config import QUANTITIES, Quantity
from vaelab.engine import Engine
from vaelab.paths import EXAMPLES, PAGES
from vaelab.runs import Run
from vaelab.runs.measures import FILE
from vaelab.teaching import glossary
from vaelab.teaching.glossary import Entry
from vaelab.ui.runs.measures import BEING_COMPUTED

App = Callable[[], AppTest]


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    new = Quantity(
        name="overlap", label="overlap of pixels", unit="% of pixels", digits=1, better="higher",
        taken="evaluation", meaning="How many pixels of reconstructions are those of their images.",
    )  # fmt: skip
    monkeypatch.setitem(QUANTITIES, new.name, new)
    entry = Entry(term="overlap", short="Pixels that are drawn again.", long="")
    monkeypatch.setitem(glossary._BY_NAME, new.name, entry)
    monkeypatch.setenv("VAELAB_SINGLE_USER", "1")


def test_it_is_a_row_of_the_measures_and_a_column_of_the_runs(app: App, runs: Path) -> None:
    run = Run(runs / "0123abcd")
    shutil.copytree(EXAMPLES / "linear-ae", run.path)
    kept, log = run.path / FILE, run.path / "events.jsonl"
    kept.write_text(json.dumps(json.loads(kept.read_text()) | {"overlap": 80.5}))
    said = [json.loads(line) | {"overlap": 80.5} for line in log.read_text().splitlines()]
    log.write_text("".join(json.dumps(event) + "\n" for event in said))
    page = app().run().switch_page(PAGE)
    page.query_params["run"] = run.id
    page.run()
    assert not page.exception
    cells = [str(cell) for row in page.table[0].value.to_numpy() for cell in row]
    assert "80.5" in cells
    assert any("**Overlap of pixels**, % of pixels" in cell for cell in cells)
    assert page.dataframe[0].value["overlap"].tolist()[0] == 80.5


def test_until_it_is_measured_the_other_measures_are_shown(
    app: App, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "measure", lambda engine, run: "")
    run = Run(runs / "0123abcd")
    shutil.copytree(EXAMPLES / "linear-ae", run.path)
    page = app().run().switch_page(PAGE)
    page.query_params["run"] = run.id
    page.run()
    assert not page.exception
    value_of = {row["Measure"].split("*")[2]: row["Value"] for _, row in page.table[0].value.iterrows()}
    assert value_of["Overlap of pixels"] == BEING_COMPUTED
    assert float(value_of["Squared error"].removesuffix(" (best)")) > 0


def test_a_sweep_offers_it(app: App) -> None:
    page = app().run().switch_page(str(PAGES / "sweep.py"))
    page.query_params["measure"] = "overlap"
    page.run()
    assert not page.exception
    assert not page.warning
    chosen = page.selectbox(key="sweep_measure")
    assert chosen.value == "overlap"
    assert "overlap of pixels" in chosen.options
