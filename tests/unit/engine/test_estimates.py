"""How long a run is told to wait: as this machine trains, without reading again what has not changed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from vaelab.config import RunConfig
from vaelab.data import DATASETS
from vaelab.engine.estimates import WaitEstimates
from vaelab.events import Request
from vaelab.files import write_json
from vaelab.networks.sizes import FIRST_STEPS, expected_seconds
from vaelab.runs import Run, RunStore, Status

RECIPE = RunConfig(epochs=10)
USUAL = expected_seconds(RECIPE, DATASETS[RECIPE.dataset])


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


def stands(run: Run, **status: Any) -> Run:
    write_json(run.path / "status.json", asdict(Status(**{"state": "paused", "threads": 2, **status})))
    return run


def wait(waits: WaitEstimates, *, running: tuple[Run, ...] = (), ahead: tuple[Run, ...] = ()) -> float:
    ids = [[each.id for each in listed] for listed in (running, ahead)]
    return waits.seconds(running=ids[0], ahead=ids[1], threads=2, capacity=2)


def test_the_speed_of_the_first_steps_is_not_believed(store: RunStore) -> None:
    waits = WaitEstimates(store, threads=2)
    others = [
        stands(store.create(RECIPE), images_per_second=100.0, step=step, epoch=step / 235)
        for step in (FIRST_STEPS - 1, FIRST_STEPS)
    ]
    early, late = (wait(waits, running=(other,)) for other in others)
    assert early < USUAL
    assert late > 10 * USUAL


def test_a_run_that_was_asked_to_stop_keeps_nobody_waiting(store: RunStore) -> None:
    waits = WaitEstimates(store, threads=2)
    other = stands(store.create(RECIPE), state="running", epoch=1.0, step=235, images_per_second=100.0)
    assert wait(waits, running=(other,)) > USUAL
    other.set_request(Request(action="stop"))
    assert wait(waits, running=(other,)) == 0


def test_a_machine_that_was_slower_is_expected_to_be_so_again(store: RunStore) -> None:
    other, waits = store.create(RECIPE), WaitEstimates(store, threads=2)
    assert wait(waits, ahead=(other,)) == pytest.approx(USUAL)
    waits.learn(stands(store.create(RECIPE), epoch=5.0, seconds=3 * USUAL / 2))
    assert wait(waits, ahead=(other,)) == pytest.approx(3 * USUAL)
    waits.learn(stands(store.create(RECIPE), epoch=5.0, seconds=3 * USUAL / 2, threads=1))
    assert wait(waits, ahead=(other,)) == pytest.approx(1.5 * USUAL), "on half of the threads"


def test_what_waits_is_read_once_and_again_when_it_was_trained(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, waits = stands(store.create(RECIPE), epoch=5.0), WaitEstimates(store, threads=2)
    assert wait(waits, ahead=(other,)) == pytest.approx(USUAL / 2)
    stands(other, epoch=7.5)
    assert wait(waits, ahead=(other,)) == pytest.approx(USUAL / 2)
    waits.forget(other)
    assert wait(waits, ahead=(other,)) == pytest.approx(USUAL / 4)


def test_a_damaged_run_takes_no_time(store: RunStore) -> None:
    other, waits = store.create(RECIPE), WaitEstimates(store, threads=2)
    (other.path / "config.json").write_text("{")
    assert wait(waits, ahead=(other,)) == 0
    waits.learn(other)
