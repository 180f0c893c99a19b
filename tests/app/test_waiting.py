"""What a visitor sees whose run waits: its place, and a recording of the same recipe if there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.app.runs_page import VISITOR, App, idle_worker, texts, well
from vaelab.presets import PRESETS
from vaelab.runs import RunStore
from vaelab.ui.state import engine

RECIPE = PRESETS["vae-2d"].config


@pytest.fixture
def waiting(app: App, runs: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The Train page of a visitor whose run waits behind another's."""
    monkeypatch.setattr("vaelab.crew.WorkerProcess", idle_worker)

    def open_page(**changes: Any) -> Any:
        engine().submit(RECIPE, owner="somebody")
        run = engine().submit(RECIPE.variant(**changes), owner=VISITOR)
        page = app()
        page.session_state["vaelab_visitor"] = VISITOR
        page.query_params["run"] = run.id
        return well(page.run())

    return open_page


def toggles(page: Any) -> list[str]:
    return [toggle.key for toggle in page.toggle]


def test_the_same_recipe_can_be_watched_and_ones_own_run_keeps_its_place(waiting: Any, runs: Path) -> None:
    page = waiting()
    assert "number 2, begins in about" in page.get("progress")[0].proto.text
    assert "nothing stands out" not in texts(page)
    well(page.toggle(key="watch_recording").set_value(True).run())
    assert "A recording, not your run" in texts(page)
    assert "nothing stands out" in texts(page)
    (run,) = [run for run in RunStore(runs).runs() if run.meta.owner == VISITOR]
    assert (page.session_state["run"], engine().place(run)) == (run.id, 2)


def test_another_seed_is_another_recipe(waiting: Any) -> None:
    assert "watch_recording" not in toggles(waiting(seed=7))
