"""The run that Train shows by itself: the newest that stands for itself, or the one that was chosen."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.runs_page import TINY, VISITOR, App, make_run, well
from tests.support.visits import visit_of
from vaelab.runs import Run


def shown(app: App, run: str = "") -> str | None:
    page = app()
    visit_of(page).token = VISITOR
    if run:
        page.query_params["run"] = run
    page = well(page.run())
    return page.query_params.get("run")


@pytest.mark.parametrize("kind", ["sweep", "twins"])
def test_a_member_of_a_group_is_shown_only_if_it_is_chosen(app: App, runs: Path, kind: str) -> None:
    make = partial(make_run, runs)
    member: Run = make()
    member.set_meta(group="3f2a991b", kind=kind)
    assert shown(app) is None, "the finished example"
    assert shown(app, member.id) == member.id
    alone = make()
    make().set_meta(group="3f2a991b", kind=kind, place=1.0)
    assert shown(app) == alone.id


def test_a_link_shows_the_example_that_it_names_with_its_recipe(app: App, runs: Path) -> None:
    own = make_run(runs)
    page = app()
    visit_of(page).token = VISITOR
    page.query_params["run"] = "ae-2d"
    page = well(page.run())
    assert page.query_params["run"] == "ae-2d"
    assert page.session_state["model"] == "ae"
    page = well(page.run())
    assert page.query_params["run"] == "ae-2d", "after every look"
    assert shown(app, own.id) == own.id


def test_a_visit_begins_with_the_recipe_of_the_run_that_it_shows(app: App, runs: Path) -> None:
    own = make_run(runs, config=TINY.variant(beta=30))
    for run in ("", own.id):
        page = app()
        visit_of(page).token = VISITOR
        if run:
            page.query_params["run"] = run
        page = well(page.run())
        assert page.query_params["run"] == own.id
        assert page.session_state["beta"] == 30


def test_a_link_with_a_recipe_and_a_run_keeps_its_recipe(app: App, runs: Path) -> None:
    own = make_run(runs, config=TINY.variant(beta=30))
    page = app()
    visit_of(page).token = VISITOR
    page.query_params["run"], page.query_params["beta"] = own.id, "4"
    page = well(page.run())
    assert page.query_params["run"] == own.id
    assert page.session_state["beta"] == 4


def test_one_button_stands_out_at_a_time(app: App, runs: Path) -> None:
    def standing_out(page: AppTest) -> list[str]:
        return [button.key for button in page.button if button.proto.type == "primary"]

    page = well(app().run())
    assert standing_out(page) == ["watch_one"]
    make_run(runs)
    page = app()
    visit_of(page).token = VISITOR
    assert standing_out(well(page.run())) == ["train"]
