"""Running sums, and the clock."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from vaelab.training import totals
from vaelab.training.totals import Clock, Totals


def test_means_are_weighted_by_images():
    sums = Totals()
    sums.add(100, 5.0, 3.0, 2.0)
    sums.add(300, 1.0, 1.0, 0.0)
    assert sums.since_last() == pytest.approx((2.0, 1.5, 0.5))
    assert sums.epoch_objective() == pytest.approx(2.0)


def test_since_last_starts_anew_and_the_epoch_goes_on():
    sums = Totals()
    sums.add(10, 4.0, 4.0, 0.0)
    sums.since_last()
    sums.add(10, 2.0, 1.0, 1.0)
    assert sums.since_last() == pytest.approx((2.0, 1.0, 1.0))
    assert sums.epoch_objective() == pytest.approx(3.0)


def test_an_epoch_that_has_not_begun_has_no_objective():
    sums = Totals()
    assert sums.epoch_objective() is None
    sums.add(10, 4.0, 4.0, 0.0)
    sums.start_epoch()
    assert sums.epoch_objective() is None


def test_the_clock_leaves_pauses_out(monkeypatch):
    now = 100.0
    monkeypatch.setattr(totals, "time", SimpleNamespace(perf_counter=lambda: now))
    clock = Clock()
    now += 3
    clock.stop()
    now += 50
    assert clock.seconds() == 3
    clock.go()
    now += 2
    assert clock.seconds() == 5
    clock.set(1000)
    now += 1
    assert clock.seconds() == 1001
