"""A visitor whose run waits sees its place, and learns when that is over; nothing is drawn meanwhile."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.asgi import get
from tests.support.runs_page import (
    ANOTHER,
    VISITOR,
    WRITER,
    App,
    idle_worker,
    make_run,
    opened,
    set_status,
    texts,
    well,
)
from tests.support.visits import visit_of
from vaelab.config import PRESETS
from vaelab.events import Request
from vaelab.runs import Measures, Run, RunStore
from vaelab.runs.measures import FILE as MEASURES
from vaelab.runs.measures import write_measures
from vaelab.ui.session import engine
from vaelab.ui.web.presence import presence
from vaelab.ui.web.visitor import COOKIE

RECIPE = PRESETS["vae-2d"].config


@pytest.fixture
def waiting(app: App, runs: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The Train page of a visitor whose run waits behind another's."""
    monkeypatch.setattr("vaelab.engine.engine.WorkerProcess", idle_worker)

    def open_page(**changes: Any) -> Any:
        engine().submit(RECIPE, owner="somebody")
        run = engine().submit(RECIPE.variant(**changes), owner=VISITOR)
        page = app()
        visit_of(page).token = VISITOR
        page.query_params["run"] = run.id
        return well(page.run())

    return open_page


def test_the_same_recipe_is_shown_meanwhile_and_ones_own_run_waits(waiting: Any, runs: Path) -> None:
    page = waiting()
    assert "number 2, begins in about" in waits_for(page)["words"]
    assert "Meanwhile, a recording:" in texts(page)
    assert "16 draws of the prior" in texts(page), "what the recording has learned"
    (run,) = [run for run in RunStore(runs).runs() if run.meta.owner == VISITOR]
    assert (visit_of(page).run, engine().place(run)) == (run.id, 2)


def test_another_seed_is_another_recipe(waiting: Any) -> None:
    page = waiting(seed=7)
    assert "Meanwhile, a recording:" not in texts(page)
    assert "Meanwhile, a finished example:" in texts(page)


# What pages ask instead of being drawn


def waits_for(page: AppTest) -> dict[str, Any]:
    """What the page was told to wait for: the one element that asks."""
    elements = [element.proto for element in page.get("bidi_component")]
    (found,) = [each for each in elements if each.component_name.endswith("vaelab_waiting")]
    return json.loads(found.json)


def stands(asked: dict[str, Any], cookie: str = "") -> dict[str, Any]:
    answer = get(asked["address"], {"cookie": f"{COOKIE}={cookie}"})
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    return json.loads(answer.body)


def on_train(app: App, run: Run) -> AppTest:
    page = app()
    visit_of(page).token = VISITOR
    page.query_params["run"] = run.id
    return well(page.run())


def asks_for_more(run: Run) -> None:
    run.set_request(Request(until_epoch=2))


def starts(run: Run) -> None:
    set_status(run, "running", **WRITER)


def trains_an_epoch(run: Run) -> None:
    set_status(run, "paused", step=8, **WRITER)


def goes_away(run: Run) -> None:
    RunStore(run.path.parent).delete(run)


@pytest.mark.parametrize("open_page", [on_train, opened], ids=["Train", "Runs"])
@pytest.mark.parametrize("happens", [starts, trains_an_epoch, asks_for_more, goes_away])
def test_a_page_learns_whatever_happens_to_a_run_that_stands_still(
    app: App, runs: Path, open_page: Callable[[App, Run], AppTest], happens: Callable[[Run], None]
) -> None:
    run = make_run(runs, "paused", **WRITER)
    asked = waits_for(open_page(app, run))
    assert stands(asked)["standing"] == asked["standing"]
    happens(run)
    assert stands(asked)["standing"] != asked["standing"]


def test_a_page_learns_when_a_run_has_been_measured(app: App, runs: Path) -> None:
    run = make_run(runs, "finished")
    asked = waits_for(on_train(app, run))
    assert stands(asked)["standing"] == asked["standing"]
    write_measures(run, Measures(step=7, problem="Some codes are not finite numbers."))
    assert (run.path / MEASURES).exists()
    assert stands(asked)["standing"] != asked["standing"]


def test_whoever_asks_is_there_and_so_is_the_run(waiting: Any) -> None:
    asked = waits_for(waiting())
    run_id = asked["address"].partition("=")[2]
    before = time.monotonic()
    assert stands(asked, ANOTHER)["words"] == asked["words"]
    assert all(presence().absent(who) <= time.monotonic() - before for who in (ANOTHER, run_id))


@pytest.mark.parametrize("ids", ["", "0" * 32, "../secret", ",".join(["%00"] * 10_000)])
def test_of_what_is_no_run_nothing_is_told(app: App, ids: str) -> None:
    answer = stands({"address": f"/lab/standing?runs={ids}"})
    assert set(answer["standing"].split()) == {"gone"}
    assert len(answer["standing"]) < 1000
