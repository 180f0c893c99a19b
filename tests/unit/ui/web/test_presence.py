"""The more pages watch, the less often each looks."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from vaelab.ui.web.presence import A_LOOK, REMEMBERED, STEPS, Pace


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    made = SimpleNamespace(now=1000.0)
    monkeypatch.setattr("vaelab.ui.web.presence.time", SimpleNamespace(monotonic=lambda: made.now))
    return made


def test_all_together_look_at_most_so_often_however_many_they_are(time: SimpleNamespace) -> None:
    watched, before = Pace(), 0.0
    for viewer in range(100):
        watched.look(f"page {viewer}")
        tick = watched.between(STEPS[0])
        assert tick in STEPS
        assert tick >= before
        assert tick / (viewer + 1) >= A_LOOK or tick == STEPS[-1]
        before = tick
    assert before == STEPS[-1]


def test_one_viewer_looks_as_often_as_wished_and_thirty_less_often(time: SimpleNamespace) -> None:
    watched = Pace()
    for _ in range(30):
        watched.look("the same page")
    assert [watched.between(wish) for wish in (0.5, 1.0, 1.5)] == [0.5, 1.0, 2.0]
    for viewer in range(29):
        watched.look(f"page {viewer}")
    assert watched.between(0.5) == 5.0


def test_a_page_that_looks_no_more_is_forgotten(time: SimpleNamespace) -> None:
    watched = Pace()
    for viewer in range(30):
        watched.look(f"page {viewer}")
    time.now += REMEMBERED
    watched.look("page 0")
    assert watched.between(0.5) == 0.5
