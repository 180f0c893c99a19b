"""Dials that act on the run that the page shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.runs_page import ANOTHER, VISITOR, make_run
from tests.support.turning import turn
from tests.support.visits import visit_of
from vaelab.config import RunConfig
from vaelab.config.comparable import twin_of
from vaelab.events import Dials, Request
from vaelab.runs import Run

App = Callable[[], AppTest]

RECIPE = RunConfig(epochs=50)


@pytest.fixture
def active(runs: Path) -> Run:
    """A paused run of the visitor."""
    return make_run(runs, "paused", RECIPE)


def note(page: AppTest) -> list[str]:
    """The sentences of the note below the dials."""
    return [caption.value.replace("\\", "") for caption in page.get_by_key("untrained").caption]


def page_of(app: App, run: Run) -> AppTest:
    """Train with a run and its recipe, as the visitor sees it who owns the run."""
    return as_visitor(app(), run=run.id, epochs="50")


def as_visitor(page: AppTest, **parameters: str) -> AppTest:
    visit_of(page).token = VISITOR
    for name, value in parameters.items():
        page.query_params[name] = value
    return page.run()


def test_a_moved_dial_acts_on_ones_own_run(app: App, active: Run) -> None:
    page = turn(page_of(app, active), "beta", 8)
    assert active.request().dials == Dials(beta=8.0)
    page = turn(page, "learning_rate", 0.002)
    assert (active.request().dials, active.request().change) == (Dials(beta=8.0, learning_rate=0.002), 2)
    assert note(page) == ["Beta 8, learning rate 0.002: by hand"]
    assert active.config == RECIPE
    page.button(key="let_go").click().run()
    assert active.request().dials == Dials()
    assert visit_of(page).recipe == RECIPE
    assert note(page) == []


def test_a_dial_for_the_next_run_acts_on_none(app: App, active: Run) -> None:
    page = turn(page_of(app, active), "latent_dim", 8)
    assert active.request() == Request()
    assert note(page) == ["Latent dimension 8: not yet trained"]


@pytest.mark.parametrize(("state", "owner"), [("finished", VISITOR), ("paused", ANOTHER)])
def test_a_moved_dial_leaves_runs_alone_that_are_over_or_of_others(
    state: str, owner: str, app: App, runs: Path
) -> None:
    run = make_run(runs, state, RECIPE, owner)
    page = turn(page_of(app, run), "beta", 8)
    assert run.request() == Request()
    assert note(page) == ["Beta 8: not yet trained"]


@pytest.mark.parametrize("model", ["vae", "ae"])
def test_a_twin_that_the_form_asks_for_is_named(app: App, runs: Path, model: str) -> None:
    run = make_run(runs, "finished", RECIPE)
    page = page_of(app, run)
    page.button_group(key="kind_of_run").set_value("both").run()
    assert note(page) == ["Model both: not yet trained"]
    page = turn(page, "beta", 8)
    assert note(page) == ["Model both, beta 8: not yet trained"]
    twin = make_run(runs, "finished", RECIPE.variant(model=model))
    twin.set_meta(group="1" * 32, kind="twins")
    page = page_of(app, twin)
    page.button_group(key="kind_of_run").set_value("both").run()
    assert note(page) == []


def test_twins_take_the_change_both(app: App, runs: Path) -> None:
    pair = [make_run(runs, "paused", config) for config in (RECIPE, twin_of(RECIPE))]
    for run in pair:
        run.set_meta(group="1" * 32, kind="twins")
    turn(page_of(app, pair[0]), "learning_rate", 0.002)
    assert [run.request().dials for run in pair] == [Dials(learning_rate=0.002)] * 2
