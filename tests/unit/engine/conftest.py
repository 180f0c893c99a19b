"""An engine with real workers, what its runs are compared with, and its clock."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

import pytest

from tests.support.clock import Clock
from tests.support.following import COMPARED, ENDLESS, SHORT, reaches, trains_on
from tests.support.waiting import until
from vaelab import events
from vaelab.engine import Engine
from vaelab.engine.measuring import MeasuringQueue
from vaelab.runs import Run, RunStore
from vaelab.training import train


@pytest.fixture(autouse=True)
def _measuring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is measured, which takes longer than these trainings, but where that is tested."""
    monkeypatch.setattr(MeasuringQueue, "training_ended", lambda *_: None)


@pytest.fixture(scope="package")
def store(tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    return RunStore(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="package")
def shared(store: RunStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One engine for most tests, on a machine without a network and with nothing downloaded."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("VAELAB_CACHE", str(tmp_path_factory.mktemp("cache")))
        for scheme in ("http", "https"):
            patched.setenv(f"{scheme}_proxy", "http://127.0.0.1:9")
        made = Engine(store, slots=1, threads=1)
        yield made
        made.close()


@pytest.fixture
def engine(shared: Engine) -> Iterator[Engine]:
    """The engine, with nothing to do before and after a test."""
    yield shared
    for run in shared.store.runs():
        shared.ask(run, "stop")
    until(lambda: not any(run.status().active for run in shared.store.runs()))


@pytest.fixture(scope="package")
def undisturbed() -> dict[str, list[dict[str, Any]]]:
    """What ENDLESS measures in this process, on as many threads as the engine gives."""
    said: dict[str, list[dict[str, Any]]] = {"step": [], "evaluated": []}
    training = train(ENDLESS, threads=1)
    for event in takewhile(lambda event: getattr(event, "epoch", 0.0) <= COMPARED, training):
        values = events.as_json(event)
        if (kind := values.pop("event")) in said:
            values.pop("seconds", None)
            said[kind].append(values)
    return said


@pytest.fixture
def released(engine: Engine) -> tuple[Run, Run]:
    """A run whose pause was ended for another one, and that other one, in training."""
    paused = engine.submit(ENDLESS)
    trains_on(paused)
    engine.ask(paused, "pause")
    reaches(paused, "paused")
    other = engine.submit(ENDLESS)
    trains_on(other)
    assert (paused.status().state, paused.status().has_writer) == ("paused", False)
    return paused, other


@pytest.fixture
def waiting(engine: Engine) -> tuple[Run, Run]:
    """A run that waits and has not begun, and the one it waits for."""
    first, second = engine.submit(ENDLESS), engine.submit(SHORT)
    reaches(first, "running")
    return second, first


@pytest.fixture
def watch() -> Clock:
    """The clock that a test's own engine is given; it runs unless the test asks for `clock`."""
    return Clock()


@pytest.fixture
def clock(watch: Clock) -> Clock:
    """The same, which stands still until the test moves it."""
    watch.now = 1000.0
    return watch
