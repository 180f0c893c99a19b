"""Whatever limit is reached, and wherever, a page says so in a sentence, and nothing is made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.runs_page import ANOTHER, TINY, VISITOR, App, idle_worker, make_run, opened, well
from tests.support.uploads import import_run, refusal_shown
from tests.support.visits import visit_of
from vaelab.export.bundle import bundle
from vaelab.paths import EXAMPLES, PAGES
from vaelab.runs import Run, RunStore

LIMITS = {
    "visitor_queued": "{runs} that {wait} or {train}, and there can be",
    "visitor_runs": "You have {runs}, and there can be",
    "visitor_gigabytes": "Your runs take the",
    "server_queued": "{runs} {wait} or {train} on this server",
    "server_runs": "This server keeps {runs}",
    "server_gigabytes": "The runs on this server take the",
    "run_minutes": "This run would train for",
    "run_epochs": "epochs, and there can be 1 here",
    "run_images": "training images, and there can be 1 here",
}
STARTS = {"train": ("train", "train"), "twins": ("train", "train"), "sweep": ("sweep", "sweep_start")}
"""Page and button of all that makes runs."""


def sentence(limit: str, count: int) -> str:
    """What is said where so many runs have reached a limit."""
    one = {"runs": "1 run", "wait": "waits", "train": "trains"}
    return LIMITS[limit].format(
        **one if count == 1 else {"runs": f"{count} runs", "wait": "wait", "train": "train"}
    )


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_is_a_sentence(
    limit: str, start: str, app: App, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaelab.engine.engine.WorkerProcess", idle_worker)
    monkeypatch.setenv(f"VAELAB_{limit.upper()}", "1")
    if limit.endswith("gigabytes"):
        monkeypatch.setattr("vaelab.engine.limits.GIGABYTE", 1)
        RunStore(runs).create(TINY, owner=VISITOR if limit.startswith("visitor") else ANOTHER)
    # One is room for one run, and for a minute: what asks for more than that reaches it.
    recipe = {"epochs": "400"} if limit == "run_minutes" else {}
    page: Any = app()
    visit_of(page).token = VISITOR
    name, button = STARTS[start]
    page.switch_page(str(PAGES / f"{name}.py"))
    for key, value in recipe.items():
        page.query_params[key] = value
    page = well(page.run())
    if start == "twins":
        page = well(page.segmented_control(key="kind_of_run").set_value("both").run())
    has_room = not limit.startswith("run_") and not limit.endswith("gigabytes")
    if start == "twins":
        page = well(page.segmented_control(key="kind_of_run").set_value("both").run())
    if start == "train" and has_room:
        page = well(page.button(key=button).click().run())  # the one that there is room for
    before = len(RunStore(runs).runs())
    page = well(page.button(key=button).click().run())
    said = " ".join(error.value for error in page.error)
    assert sentence(limit, before) in said
    assert len(RunStore(runs).runs()) == before


@pytest.mark.parametrize("limit", ["visitor_runs", "server_runs"])
def test_training_on_and_importing_need_room_too(
    limit: str, app: App, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaelab.engine.engine.WorkerProcess", idle_worker)
    monkeypatch.setenv(f"VAELAB_{limit.upper()}", "1")
    run = make_run(runs)
    page: Any = opened(app, run)
    page = well(page.button(key="train_on").click().run())
    said = sentence(limit, 1)
    assert said in " ".join(error.value for error in page.error)
    page = import_run(page, bundle(Run(EXAMPLES / "vae-2d")))
    assert said in refusal_shown(page)
    assert RunStore(runs).runs() == [run]
    assert list((runs / ".uploads").iterdir()) == [], "the file is not kept"
