"""Visitors take turns, whoever pressed most."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from vaelab.config import RunConfig
from vaelab.engine.queue import RunQueue
from vaelab.events import Request
from vaelab.runs import Run, RunStore
from vaelab.runs.status import GroupKind


class Names:
    """A queue whose runs are called by their owner and number, such as "a1"."""

    def __init__(self, root: Path) -> None:
        self.store = RunStore(root)
        self.queue = RunQueue(self.store)
        self.runs: dict[str, Run] = {}

    def wait(self, *names: str, group: str = "", kind: GroupKind = "") -> None:
        """Have runs wait, of the owners that their names begin with."""
        for name in names:
            self.runs[name] = self.store.create(
                RunConfig(), owner=name[0], place=99.0, group=group, kind=kind
            )
        self.queue.add(*(self.runs[name] for name in names))

    def taken(self) -> Iterator[str]:
        """Take one after the other, as workers do; each at the place that it was told."""
        while (run := self.queue.head()) is not None:
            assert self.queue.place(run) == 1
            self.queue.pop(run)
            yield next(name for name, each in self.runs.items() if each.id == run.id)


@pytest.fixture
def names(tmp_path: Path) -> Names:
    return Names(tmp_path)


def test_visitors_take_turns_and_each_first_comes_first(names: Names) -> None:
    names.wait("a1", "a2", "a3", "b1", "c1", "c2")
    told = {names.queue.place(run): name for name, run in names.runs.items()}
    assert list(names.taken()) == ["a1", "b1", "c1", "a2", "c2", "a3"] == [told[i] for i in range(1, 7)]


def test_whoever_had_the_last_turn_comes_last(names: Names) -> None:
    names.wait("a1", "a2", "b1", "b2")
    taken = names.taken()
    assert [next(taken), next(taken), next(taken)] == ["a1", "b1", "a2"]
    names.wait("a3", "c1")
    assert list(taken) == ["c1", "b2", "a3"]


def test_a_sweep_lets_others_have_their_turn_and_twins_start_together(names: Names) -> None:
    names.wait("a1", "a2", "a3", group="s1", kind="sweep")
    names.wait("b1", "b2", group="t1", kind="twins")
    names.wait("b3", "c1")
    taken = names.taken()
    assert [next(taken), next(taken)] == ["a1", "b1"]
    names.wait("d1")
    assert list(taken) == ["b2", "c1", "d1", "a2", "b3", "a3"]


def test_what_goes_on_is_first_among_its_visitor_only(names: Names) -> None:
    names.wait("a1", "b1")
    taken = names.taken()
    assert next(taken) == "a1"
    names.wait("a2", "b2")
    names.queue.add(names.runs["a1"], first=True)
    assert list(taken) == ["b1", "a1", "b2", "a2"]


def test_what_is_only_to_be_ended_comes_before_all_and_takes_no_turn(names: Names) -> None:
    names.wait("a1", "a2", "b1")
    taken = names.taken()
    assert next(taken) == "a1"
    for name in ("a1", "a2"):  # one that comes anew, and one that waits already
        names.runs[name].set_request(Request(action="stop"))
        names.queue.add(names.runs[name], at_once=True)
    names.wait("b2")
    again = RunQueue(names.store)
    assert [again.place(names.runs[name]) for name in ("a2", "a1")] == [1, 2]
    assert list(taken) == ["a2", "a1", "b1", "b2"]


def test_what_is_to_go_on_after_all_waits_its_turn(names: Names) -> None:
    names.wait("b1", "a1")
    names.queue.add(names.runs["a1"], at_once=True)
    names.queue.add(names.runs["a1"])
    assert list(names.taken()) == ["b1", "a1"]


def test_whoever_comes_changes_no_other_run(names: Names) -> None:
    """In a long queue every press would else write all of it."""
    names.wait("a1", "b1")
    before = {run: (run.path / "meta.json").stat().st_mtime_ns for run in names.runs.values()}
    names.wait("c1")
    taken = names.taken()
    assert next(taken) == "a1"
    names.queue.add(names.runs["a1"], first=True)
    places = [names.runs[name].meta.place for name in ("a1", "b1", "c1")]
    assert places == sorted(places, key=float)
    del before[names.runs["a1"]]
    assert {run: (run.path / "meta.json").stat().st_mtime_ns for run in before} == before


def test_a_visitor_who_rests_lets_others_begin(names: Names) -> None:
    names.wait("a1", "a2", group="t1", kind="twins")
    names.wait("a3", "b1")
    (first,) = [name for name, run in names.runs.items() if run == names.queue.head()]
    assert first == "a1"
    names.queue.pop(names.runs["a1"])
    assert names.queue.head({"a"}) == names.runs["a2"], "a turn that has begun goes on"
    names.queue.pop(names.runs["a2"])
    assert names.queue.head({"a"}) == names.runs["b1"]
    names.queue.pop(names.runs["b1"])
    assert names.queue.head({"a"}) is None
    assert names.queue.head() == names.runs["a3"]


def test_a_queue_is_found_again(names: Names) -> None:
    names.wait("a1", "a2", "b1", "c1")
    names.queue = RunQueue(names.store)
    assert list(names.taken()) == ["a1", "b1", "c1", "a2"]
