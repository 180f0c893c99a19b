"""Opening the page Runs in a test, runs in every state, and reading what the page shows."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
from streamlit.testing.v1 import AppTest

from tests.support.top_bar import bar_links
from tests.support.visits import visit_of
from vaelab.config import RunConfig
from vaelab.events import Checkpoint
from vaelab.files import write_json
from vaelab.paths import PAGES
from vaelab.runs import Run, RunStore, Status
from vaelab.runs.arrays import save_checkpoint

PAGE = str(PAGES / "runs.py")
VISITOR, ANOTHER = "a" * 32, "b" * 32
TINY = RunConfig(hidden="none", latent_dim=1, epochs=3)

App = Callable[[], AppTest]
Make = Callable[..., Run]


class _Worker(SimpleNamespace):
    __hash__ = object.__hash__


def idle_worker(on_change: Callable[[], None]) -> SimpleNamespace:
    """A worker that never gets ready, so that what is queued stays queued."""
    return _Worker(
        ready=False,
        started=False,
        run_id=None,
        take_done=lambda: None,
        alive=lambda: True,
        finish=lambda: None,
        join=lambda deadline: None,
    )


def make_run(
    folder: Path, state: str = "finished", config: RunConfig = TINY, owner: str = VISITOR, **status: Any
) -> Run:
    """A run in some state, the visitor's unless another owner is named; with a checkpoint if it has begun."""
    made = RunStore(folder).create(config, owner=owner, place=0.0 if state == "queued" else None)
    if state != "queued":
        save_checkpoint(made, Checkpoint(step=7, epoch=1.5, model={"x": np.zeros(1)}, resume={}))
        set_status(made, state, **status)
    return made


def set_status(run: Run, state: str, **changes: Any) -> None:
    known = {"step": 7, "epoch": run.config.epochs if state == "finished" else 1.5, **changes}
    write_json(run.path / "status.json", asdict(Status(state=state, **known)))


WRITER = {"pid": os.getpid(), "host": socket.gethostname(), "heartbeat": time.time() + 10**6}
"""Of a status: this very process, which will live as long as the test."""


def opened(app: App, run: Run | None = None) -> AppTest:
    """The page as the visitor opens it, with a run chosen by its link."""
    page = app()
    visit_of(page).token = VISITOR
    page.switch_page(PAGE)
    page.query_params.clear()
    if run:
        page.query_params["run"] = run.id
    page.run()
    return well(page)


def well(page: AppTest) -> AppTest:
    assert not page.exception
    return page


def chosen(page: AppTest, run: Run) -> AppTest:
    """The page with another run chosen."""
    visit_of(page).run = run.id
    page.query_params["run"] = run.id
    return well(page.run())


def table(page: AppTest) -> list[dict[str, Any]]:
    (frame,) = page.dataframe
    return frame.value.replace({np.nan: None}).to_dict("records")


def columns(page: AppTest) -> list[str]:
    return list(page.dataframe[0].proto.column_order)


def state_of(page: AppTest, run: Run) -> str:
    return str(table(page)[visit_of(page).runs_offered[0].index(run.id)]["state"])


def texts(page: AppTest) -> str:
    shown = (*page.markdown, *page.caption, *page.warning, *page.error)
    return "\n".join(element.value for element in shown)


def links(page: AppTest) -> dict[str, dict[str, str]]:
    """Parameters of the links in the page below the bar, by label."""
    below = page.main.get("page_link")[len(bar_links(page)) :]
    return {link.proto.label: dict(parse_qsl(link.proto.query_string)) for link in below}


def click(page: AppTest, key: str) -> AppTest:
    return well(page.button(key=key).click().run())


def delete(page: AppTest) -> AppTest:
    return click(click(page, "delete"), "delete_for_good")
