"""A page follows what changes by itself, and is drawn anew only when the rest of it depends on the change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.followed import Followed
from vaelab.config import RunConfig
from vaelab.ui.session import follow
from vaelab.ui.session.visits import Start

Seen = tuple[str, int]


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> Followed:
    return Followed(monkeypatch)


def begin(seen: Seen, *later: Seen | None) -> list[Seen]:
    """Follow a state and a step; returns what is drawn, look by look."""
    looks: Iterator[Seen | None] = iter(later)
    drawn: list[Seen] = []
    follow(
        seen, lambda: next(looks), drawn.append,
        tick=lambda seen: 0.5 if seen[0] == "running" else None, sign=lambda seen: seen[0],
    )  # fmt: skip
    return drawn


def test_what_the_page_does_not_depend_on_is_drawn_in_the_fragment(followed: Followed) -> None:
    drawn = begin(("running", 1), ("running", 2), ("running", 3))
    assert followed.every == 0.5
    assert followed.look()
    assert followed.look()
    assert drawn == [("running", 2), ("running", 3)]


@pytest.mark.parametrize("later", [("finished", 2), None])
def test_a_new_sign_and_an_end_draw_the_whole_page(followed: Followed, later: Seen | None) -> None:
    drawn = begin(("running", 1), later)
    assert not followed.look()
    assert drawn == []


def test_nothing_ticks_where_nothing_moves(followed: Followed) -> None:
    begin(("paused", 1))
    assert followed.every is None


def test_choosing_a_run_and_asking_for_a_start_draw_the_whole_page(followed: Followed) -> None:
    begin(("running", 1), *[("running", 1)] * 3)
    assert followed.look()
    followed.visit.run = "another"
    assert not followed.look()
    followed.visit.run, followed.visit.start_asked = None, Start(RunConfig())
    assert not followed.look()


def test_the_address_from_before_a_choice_does_not_undo_it(followed: Followed) -> None:
    begin(("running", 1), ("running", 1))
    followed.visit.run, followed.address["run"] = "newer", "older"
    assert not followed.look()
    assert followed.address == {"run": "newer"}
