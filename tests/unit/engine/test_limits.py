"""Limits per visitor and per server: reached, they are a sentence, and nothing is made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.following import SHORT
from vaelab.config import RunConfig
from vaelab.engine.limits import LimitCheck, LimitReached
from vaelab.runs import RunStore
from vaelab.settings import Settings


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    made = RunStore(tmp_path)
    for place in range(2):
        made.create(SHORT, owner="ann", place=float(place))
    return made


def admit(store: RunStore, owner: str, configs: list[RunConfig], **limits: Any) -> None:
    """Ask a server of these limits whose runs all wait."""
    server = LimitCheck(store, replace(Settings(), **limits))
    server.admit(owner, configs, active={run.id for run in store.runs()})


@pytest.mark.parametrize("limit", ["visitor_queued", "visitor_runs"])
def test_the_limit_of_one_visitor_is_not_that_of_another(store: RunStore, limit: str) -> None:
    with pytest.raises(LimitReached, match="You have 2 runs"):
        admit(store, "ann", [SHORT], **{limit: 2})
    admit(store, "ben", [SHORT, SHORT], **{limit: 2})
    with pytest.raises(LimitReached, match="You have 0 runs"):
        admit(store, "ben", [SHORT] * 3, **{limit: 2})
    admit(store, "ann", [SHORT], single_user=True, **{limit: 2})


@pytest.mark.parametrize("limit", ["server_queued", "server_runs"])
def test_the_limit_of_the_server_holds_for_all(store: RunStore, limit: str) -> None:
    for single_user in (False, True):
        with pytest.raises(LimitReached, match="server"):
            admit(store, "ben", [SHORT], single_user=single_user, **{limit: 2})
    admit(store, "ben", [SHORT], **{limit: 3})


def test_runs_that_are_over_do_not_wait(store: RunStore) -> None:
    LimitCheck(store, replace(Settings(), visitor_queued=1, server_queued=1)).admit("ann", [SHORT])


def test_the_disk_may_be_full(store: RunStore) -> None:
    limits = replace(Settings(), visitor_gigabytes=1, server_gigabytes=2)
    server = LimitCheck(store, limits)
    server.admit("ann")
    one, other = store.runs()
    snapshots = one.path / "snapshots"
    snapshots.mkdir()
    _enlarge(snapshots / "000001.npz")
    with pytest.raises(LimitReached, match="Your runs take the 1 GB"):
        server.admit("ann")
    server.admit("ben")
    _enlarge(other.path / "model.safetensors")
    with pytest.raises(LimitReached, match="on this server take the 2 GB"):
        server.admit("ben")
    store.delete(other)
    server.admit("ben")


def _enlarge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10**9)  # sparse: takes no room


def test_a_run_must_not_take_too_long(store: RunStore) -> None:
    long = SHORT.variant(epochs=500, train_size=60000, hidden=1024)
    with pytest.raises(LimitReached, match="fewer epochs"):
        admit(store, "ben", [SHORT, long], run_minutes=1)
    admit(store, "ben", [SHORT], run_minutes=1)
    admit(store, "ben", [long], run_minutes=1, single_user=True)


@pytest.mark.parametrize(
    ("limit", "field", "allowed", "refused", "said"),
    [
        ("run_epochs", "epochs", 7, 8, "8 epochs, and there can be 7"),
        ("run_images", "train_size", 700, 701, "701 training images, and there can be 700"),
        ("run_megaweights", "hidden", "4096", "4096-4096", "weights, and there can be 7,000,000"),
    ],
)
def test_a_run_must_not_be_too_large(
    store: RunStore, limit: str, field: str, allowed: int | str, refused: int | str, said: str
) -> None:
    most = {limit: 7 if limit != "run_images" else 700}
    admit(store, "ben", [SHORT.variant(**{field: allowed})], **most)
    with pytest.raises(LimitReached, match=said):
        admit(store, "ben", [SHORT, SHORT.variant(**{field: refused})], **most)
    admit(store, "ben", [SHORT.variant(**{field: refused})], single_user=True, **most)


def test_what_is_to_go_on_waits_in_the_same_queue(store: RunStore) -> None:
    active = {run.id for run in store.runs()}
    for limit, said in (("visitor_queued", "You have 2 runs"), ("server_queued", "on this server")):
        server = LimitCheck(store, replace(Settings(), visitor_runs=2, server_runs=2, **{limit: 2}))
        with pytest.raises(LimitReached, match=said):
            server.admit_again("ann", active)
        server.admit_again("ann", set())


def test_a_damaged_run_counts_for_the_server_and_hinders_nobody(
    store: RunStore, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = store.runs()[0]
    (damaged.path / "meta.json").write_text("{")
    admit(store, "ann", [SHORT], visitor_runs=2)
    assert [record.run for record in caplog.records] == [damaged.id]
    with pytest.raises(LimitReached, match="keeps 2 runs"):
        admit(store, "ann", [SHORT], server_runs=2)
