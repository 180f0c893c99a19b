"""The start of an id in a link, as pages show ids: it opens what the visitor can see anyway, and no more."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.runs_page import ANOTHER, VISITOR, App, make_run, well
from tests.support.visits import visit_of
from vaelab.paths import PAGES
from vaelab.runs import Run, RunNotFound
from vaelab.runs.run import SHORT_ID
from vaelab.ui.session import state
from vaelab.ui.session.linked import linked_run


@pytest.fixture
def make(runs: Path, monkeypatch: pytest.MonkeyPatch) -> partial[Run]:
    monkeypatch.setenv("VAELAB_RUNS", str(runs))
    monkeypatch.setattr(state, "visitor", lambda: VISITOR)
    return partial(make_run, runs)


def renamed(run: Run, run_id: str) -> Run:
    return Run(run.path.rename(run.path.with_name(run_id)))


def test_every_start_of_at_least_six_letters_opens_ones_own_run(make: partial[Run]) -> None:
    run = make()
    assert run.short_id == run.id[:SHORT_ID]
    for length in range(SHORT_ID, len(run.id) + 1):
        assert linked_run(run.id[:length]) == run
    for length in range(SHORT_ID):
        with pytest.raises(RunNotFound, match="no run"):
            linked_run(run.id[:length])


def test_only_a_whole_id_opens_anothers_run(make: partial[Run]) -> None:
    theirs = make(owner=ANOTHER)
    assert linked_run(theirs.id) == theirs
    for length in range(len(theirs.id)):
        with pytest.raises(RunNotFound, match="no run"):
            linked_run(theirs.id[:length])


def test_a_strangers_run_neither_hides_ones_own_nor_shows_that_it_is_there(make: partial[Run]) -> None:
    own, theirs = renamed(make(), "abcdef" + "1" * 26), renamed(make(owner=ANOTHER), "abcdef" + "2" * 26)
    assert linked_run("abcdef") == own
    with pytest.raises(RunNotFound) as known:
        linked_run(theirs.id[:7])
    with pytest.raises(RunNotFound) as unknown:
        linked_run("abcdef9")
    assert str(known.value).replace("abcdef2", "") == str(unknown.value).replace("abcdef9", "")


def test_a_start_that_fits_several_runs_gets_a_sentence(make: partial[Run]) -> None:
    first = renamed(make(), "abcdef" + "1" * 26)
    renamed(make(), "abcdef" + "2" * 26)
    with pytest.raises(RunNotFound, match="ids of 2 runs begin with 'abcdef'"):
        linked_run("abcdef")
    assert linked_run("abcdef1") == first


def test_an_example_whose_whole_id_is_the_start_of_anothers_is_meant(make: partial[Run]) -> None:
    assert linked_run("vae-2d").id == "vae-2d"
    assert linked_run("vae-2d-f").id == "vae-2d-fashion"


def opened(app: App, page: str, **parameters: str) -> AppTest:
    visitor = app()
    visit_of(visitor).token = VISITOR
    visitor.switch_page(str(PAGES / f"{page}.py"))
    for name, value in parameters.items():
        visitor.query_params[name] = value
    return well(visitor.run())


@pytest.mark.parametrize("page", ["runs", "train"])
def test_a_page_opens_the_run_of_a_short_id(app: App, page: str, make: partial[Run]) -> None:
    run, _newest = make(), make()
    assert visit_of(opened(app, page, run=run.short_id)).run == run.id


def test_compare_takes_short_ids_once_each(app: App, make: partial[Run]) -> None:
    run = make()
    page = opened(app, "compare", runs=f"{run.short_id},vae-2d,{run.id}")
    assert page.session_state["view_runs"] == [run.id, "vae-2d"]
    assert page.query_params["runs"] == f"{run.id},vae-2d"


def test_sweep_takes_the_name_that_its_picker_shows(app: App, make: partial[Run]) -> None:
    groups = ["3f2a99" + "0" * 26, "sweep-77bc01" + "0" * 26]
    for group in groups:
        make().set_meta(group=group, kind="sweep", axes=("beta",))
    for group in groups:
        page = opened(app, "sweep", group=group.removeprefix("sweep-")[:SHORT_ID])
        assert visit_of(page).sweep == group
        assert page.query_params["group"] == group
