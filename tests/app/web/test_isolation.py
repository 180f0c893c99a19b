"""What one visitor sees of another's runs: nothing without a link, and with it nothing to change."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.support.runs_page import (
    ANOTHER,
    TINY,
    VISITOR,
    App,
    texts,
    well,
)
from tests.support.visits import visit_of
from vaelab.files import write_json
from vaelab.paths import EXAMPLES, PAGES
from vaelab.runs import Run, RunStore
from vaelab.runs.status import Meta
from vaelab.ui.sweep.progress import _stop

PICKERS = ("train", "reconstructions", "latent_space", "latent_grid", "walks", "compare", "sweep", "runs")


def seen(app: App, name: str, **parameters: str) -> Any:
    page = app()
    visit_of(page).token = VISITOR
    page.switch_page(str(PAGES / f"{name}.py"))
    page.query_params.clear()
    for key, value in parameters.items():
        page.query_params[key] = value
    return well(page.run())


def trained_by(owner: str, runs: Path, *, of_sweep: bool = False) -> Run:
    """A copy of a finished example, which every page can show, as a visitor's, alone or as one of a sweep."""
    run = Run(runs / secrets.token_hex(16))
    shutil.copytree(EXAMPLES / "vae-2d", run.path)
    meta = Meta(created=1.0, owner=owner)
    if of_sweep:
        meta = Meta(created=1.0, owner=owner, group=f"of{owner}", kind="sweep", axes=("beta",))
    write_json(run.path / "meta.json", asdict(meta))
    return run


def offered(page: Any) -> str:
    frames = [frame.value.to_string() for frame in page.dataframe]
    picked = [option for box in (*page.selectbox, *page.multiselect) for option in box.options]
    chosen = visit_of(page).run or ""
    return "\n".join((*picked, *frames, str(chosen)))


@pytest.mark.parametrize("name", PICKERS)
def test_a_page_offers_ones_own_runs_and_not_anothers(app: App, runs: Path, name: str) -> None:
    theirs = trained_by(ANOTHER, runs, of_sweep=name == "sweep")
    theirs.set_meta(name="Secret")
    page = seen(app, name)
    assert "Secret" not in offered(page) + texts(page)
    assert theirs.id[:6] not in offered(page) + texts(page)
    own = trained_by(VISITOR, runs, of_sweep=name == "sweep")
    own.set_meta(name="Mine")
    page = seen(app, name)
    sign = own.short_group or "Mine"
    assert sign in offered(page) + texts(page), "the test can tell"


def test_a_run_opened_by_its_link_cannot_be_changed(app: App, runs: Path) -> None:
    page = seen(app, "runs", run=trained_by(ANOTHER, runs).id)
    assert "somebody else's" in texts(page)
    assert all(page.button(key=key).disabled for key in ("resume", "delete"))


def test_a_sweep_of_another_visitor_goes_on(app: App, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = RunStore(runs).create(TINY, owner=ANOTHER, group="sweep-1", kind="sweep", axes=("beta",))
    monkeypatch.setattr("vaelab.ui.session.state.visitor", lambda: VISITOR)
    monkeypatch.setenv("VAELAB_RUNS", str(runs))
    _stop("sweep-1")
    assert theirs.path.exists()
