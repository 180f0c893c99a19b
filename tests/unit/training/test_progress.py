"""Running sums, and the clock."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import pytest

from vaelab.training import progress
from vaelab.training.progress import Clock, Progress, Totals


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
    monkeypatch.setattr(progress, "time", SimpleNamespace(perf_counter=lambda: now))
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


def test_progress_goes_on_from_what_was_saved():
    before = Progress(step=7, told_step=6, evaluated_step=5, epoch=2, train_objective=3.5, bf16=True)
    before.totals.add(10, 4.0, 3.0, 1.0)
    before.clock.set(1000)
    saved = before.arrays()
    after = Progress()
    after.restore(saved)
    before.totals.add(10, 4.0, 3.0, 1.0)
    assert {name: array.tolist() for name, array in after.arrays().items() if name != "seconds"} == {
        name: array.tolist() for name, array in saved.items() if name != "seconds"
    }
    assert after.totals.epoch_objective() == 4.0
    assert 1000 <= after.clock.seconds() < 1060


def test_every_number_of_progress_is_saved():
    names = {field.name for field in dataclasses.fields(Progress)} - {"totals", "clock"}
    assert names | {"totals.epoch", "totals.recent", "seconds"} == Progress().arrays().keys()


def test_a_checkpoint_from_before_a_number_was_counted_leaves_it_as_it_is():
    saved = Progress(step=7).arrays()
    del saved["bf16"]
    after = Progress(bf16=True)
    after.restore(saved)
    assert (after.step, after.bf16) == (7, True)
