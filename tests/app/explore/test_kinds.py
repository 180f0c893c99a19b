"""The pages show a run of a kind of data of which they know nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support import vectors
from tests.support.exploring import HOOKS, is_well, pixels, record_run, sentences, shown, visit
from vaelab.runs import Run

App = Callable[[], AppTest]


@pytest.fixture
def run(runs: Path, tmp_path: Path) -> Iterator[Run]:
    with vectors.registered(tmp_path / "cache"):
        yield record_run(runs, vectors.recipe())


@pytest.mark.parametrize("page", HOOKS)
def test_a_page_of_a_run_shows_vectors(app: App, run: Run, page: str) -> None:
    opened = visit(app(), page, run=run.id)
    assert is_well(opened)
    assert len(opened.container(key=HOOKS[page]).children) > 0


def test_reconstructions_are_drawn_as_bars_and_offer_no_drawing(app: App, run: Run) -> None:
    page = visit(app(), "reconstructions", run=run.id)
    strips = shown(page, "strips")["sheets"]
    assert [sheet["column_labels"][0] for sheet in strips] == ["Vector"] * 10
    assert {sheet["cell"] for sheet in strips} == {vectors.SIDE}
    assert pixels(strips[0]["source"]).shape[:2] == (vectors.SIDE, 4 * vectors.SIDE + 3)
    assert "Draw your own" not in sentences(page)


@pytest.mark.parametrize("page", ["train", "runs", "compare", "sweep"])
def test_the_other_pages_list_it(app: App, run: Run, page: str) -> None:
    opened = visit(app(), page, run=run.id)
    assert not opened.exception
    assert sentences(opened) == []
