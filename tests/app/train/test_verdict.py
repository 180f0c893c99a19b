"""The verdict on the Train page: there before, during and after a run, and true of the run that is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isnan
from pathlib import Path
from threading import Event

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.exploring import fit_once
from tests.support.runs_page import idle_worker
from tests.support.waiting import until
from vaelab.data import load
from vaelab.runs import History, RunStore
from vaelab.ui.session.pca_errors import PcaErrors

App = Callable[[], AppTest]

TINY = {"train_size": "500", "hidden": "16", "epochs": "2", "batch_size": "50"}


def verdict_of(page: AppTest) -> list[str]:
    """Title, number, and what the number is and is compared with."""
    block = page.get_by_key("verdict")
    return [text.value.replace("\\", "") for text in block.markdown]


def opened(app: App, **fields: str) -> AppTest:
    page = app()
    for name, value in fields.items():
        page.query_params[name] = value
    assert not page.run().exception
    return page


def test_the_first_page_judges_its_example(app: App) -> None:
    title, number, words = verdict_of(opened(app))
    assert title.startswith("**Good: a third less wrong than PCA**")
    assert re.fullmatch(r"\*\*\d+\.\d\*\*", number)
    assert "without a model 205.8" in words
    assert "usually" not in words, "it would be compared with itself"


def test_a_waiting_run_says_what_will_stand_there(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaelab.engine.engine.WorkerProcess", idle_worker)
    page = opened(app, **TINY)
    page.button(key="train").click().run()
    assert not page.exception
    title, number, _ = verdict_of(page)
    assert "you will see here" in title
    assert number == "**–**"


def test_a_run_that_ends_is_judged_by_its_own_numbers(
    app: App, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaelab.analysis.pca.fit", fit_once)
    page = opened(app, **TINY)
    page.button(key="train").click().run()
    store = RunStore(runs)
    until(lambda: store.runs()[0].status().state == "finished")
    until(lambda: "PCA:" in verdict_of(page.run())[0] or "PCA's" in verdict_of(page)[0])
    last = History(store.runs()[0]).evaluated.last
    _, number, words = verdict_of(page)
    assert number == f"**{last['recon'] + last['kl']:.1f}**"
    assert "without a model" in words


def test_an_error_that_takes_long_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    data, may_end, errors = load("mnist"), Event(), PcaErrors()
    monkeypatch.setattr("vaelab.analysis.pca.pca_error", lambda *_: 0.5 if may_end.wait() else 0.0)
    assert errors.get(data, 100, 2) is None
    may_end.set()
    assert until(lambda: errors.get(data, 100, 2)) == 0.5


def test_an_error_that_cannot_be_computed_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> float:
        raise MemoryError

    monkeypatch.setattr("vaelab.analysis.pca.pca_error", fail)
    data, errors = load("mnist"), PcaErrors()
    assert isnan(until(lambda: errors.get(data, 100, 2)))
