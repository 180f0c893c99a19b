"""The run that Train shows by itself: the newest that stands for itself, or the one that was chosen."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.support.runs_page import VISITOR, App, make_run, well
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
