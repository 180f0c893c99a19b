"""Limits per visitor and per server: reached, they are a sentence, and nothing is made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.engine.following import SHORT
from vaelab.admission import LimitReached, admit
from vaelab.runs import RunStore
from vaelab.settings import Settings

ROOMY = Settings()


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    made = RunStore(tmp_path)
    for place in range(2):
        made.create(SHORT, owner="ann", place=float(place))
    return made


@pytest.mark.parametrize("limit", ["visitor_queued", "visitor_runs"])
def test_the_limit_of_one_visitor_is_not_that_of_another(store: RunStore, limit: str) -> None:
    tight = replace(ROOMY, **{limit: 2})
    with pytest.raises(LimitReached, match="You have 2 runs"):
        admit(store, tight, "ann", [SHORT])
    admit(store, tight, "ben", [SHORT, SHORT])
    with pytest.raises(LimitReached, match="You have 0 runs"):
        admit(store, tight, "ben", [SHORT] * 3)
    admit(store, replace(tight, single_user=True), "ann", [SHORT])


@pytest.mark.parametrize("limit", ["server_queued", "server_runs"])
def test_the_limit_of_the_server_holds_for_all(store: RunStore, limit: str) -> None:
    for single_user in (False, True):
        with pytest.raises(LimitReached, match="server"):
            admit(store, replace(ROOMY, single_user=single_user, **{limit: 2}), "ben", [SHORT])
    admit(store, replace(ROOMY, **{limit: 3}), "ben", [SHORT])


def test_the_disk_may_be_full(store: RunStore) -> None:
    with (store.root / "large").open("wb") as file:
        file.truncate(10**9)  # sparse: takes no room
    with pytest.raises(LimitReached, match="take the 1 GB"):
        admit(store, replace(ROOMY, server_gigabytes=1), "ben")


def test_a_run_must_not_take_too_long(store: RunStore) -> None:
    long = SHORT.variant(epochs=500, train_size=60000, hidden=1024)
    with pytest.raises(LimitReached, match="fewer epochs"):
        admit(store, replace(ROOMY, run_minutes=1), "ben", [SHORT, long])
    admit(store, replace(ROOMY, run_minutes=1), "ben", [SHORT])
    admit(store, replace(ROOMY, run_minutes=1, single_user=True), "ben", [long])


def test_a_damaged_run_counts_for_the_server_and_hinders_nobody(store: RunStore) -> None:
    (store.runs()[0].path / "meta.json").write_text("{")
    admit(store, replace(ROOMY, visitor_runs=2), "ann", [SHORT])
    with pytest.raises(LimitReached, match="keeps 2 runs"):
        admit(store, replace(ROOMY, server_runs=2), "ann", [SHORT])
