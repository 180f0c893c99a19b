"""Groups of runs: one turn in the queue, side by side, ended together."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import Clock
from tests.support.following import ENDLESS, SHORT, agrees, reaches, trained_so_far, trains_on, workers
from tests.support.puppets import Puppet, say
from tests.support.waiting import until
from vaelab.engine import Engine
from vaelab.engine.pool import IDLE_ENDS, Pool
from vaelab.runs import Run, RunStore
from vaelab.settings import Settings

BETAS = [SHORT.variant(beta=beta) for beta in (0.5, 1.0, 2.0)]


@pytest.fixture
def wide(tmp_path: Path, monkeypatch, watch: Clock) -> Iterator[Engine]:
    """An engine with puppets and room for four, of which a visitor may have two."""
    monkeypatch.setattr("vaelab.engine.engine.TICK", 0.01)
    engine = Engine(
        RunStore(tmp_path),
        slots=4,
        threads=1,
        limits=Settings(visitor_running=2),
        start_worker=Puppet,
        clock=watch,
    )
    yield engine
    engine.close()


@pytest.fixture
def pair(tmp_path: Path, monkeypatch, watch: Clock) -> Iterator[Engine]:
    """An engine with puppets and one slot of two threads."""
    monkeypatch.setattr("vaelab.engine.engine.TICK", 0.01)
    engine = Engine(RunStore(tmp_path), slots=1, threads=2, start_worker=Puppet, clock=watch)
    yield engine
    engine.close()


def at_work(engine: Engine) -> dict[str, Any]:
    """The workers that have a run, by its id."""
    return {worker.run_id: worker for worker in engine._scheduler.pool.workers if worker.run_id}


def looked_again(engine: Engine) -> None:
    """Wait until the engine has looked at every worker twice more."""
    before = {worker: worker.looks for worker in engine._scheduler.pool.workers}
    until(lambda: all(worker.looks > looks + 2 for worker, looks in before.items()))


def ends(engine: Engine, run: Run) -> None:
    """Have the run's worker end it."""
    worker = at_work(engine)[run.id]
    say(worker, run, "finished", pid=0)
    worker.done = True
    until(lambda: run.id not in at_work(engine))


def begins(engine: Engine, *runs: Run) -> None:
    until(lambda: set(at_work(engine)) == {run.id for run in runs}, lambda: at_work(engine))
    looked_again(engine)
    assert set(at_work(engine)) == {run.id for run in runs}
    for run in runs:
        say(at_work(engine)[run.id], run, "running")
    until(lambda: not any(run.meta.place is not None for run in runs))


def test_a_group_is_one_turn_and_trains_side_by_side(pair: Engine) -> None:
    first = pair.submit(SHORT)
    begins(pair, first)
    group = pair.submit_group(BETAS, kind="sweep", axes=("beta",))
    last = pair.submit(SHORT)
    assert [pair.place(run) for run in (*group, last)] == [1, 2, 3, 4]
    assert at_work(pair)[first.id].threads == 2  # a run alone has all
    ends(pair, first)
    begins(pair, group[0], group[1])
    assert {worker.threads for worker in at_work(pair).values()} == {1}
    ends(pair, group[1])
    begins(pair, group[0], group[2])
    ends(pair, group[0])
    looked_again(pair)
    assert set(at_work(pair)) == {group[2].id}  # one thread is free, the last run takes two
    ends(pair, group[2])
    begins(pair, last)
    assert len(pair._scheduler.pool.workers) <= pair.capacity + 1


def test_what_its_runs_have_in_common(pair: Engine) -> None:
    runs = pair.submit_group(BETAS, owner="somebody", kind="sweep", axes=("beta",))
    twins = pair.submit_group(BETAS[:2], kind="twins")
    assert [run.config for run in runs] == BETAS
    assert pair.store.group(runs[0].meta.group) == runs
    assert len({run.meta.group for run in (*runs, *twins)}) == 2
    assert {run.meta.kind for run in runs} == {"sweep"}
    assert {(run.meta.owner, run.meta.axes, run.meta.threads) for run in runs} == {("somebody", ("beta",), 1)}
    assert {run.meta.threads for run in twins} == {1}
    assert {run.meta.kind for run in twins} == {"twins"}


def test_damaged_runs_and_runs_without_a_group_are_in_no_group(pair: Engine) -> None:
    alone = pair.submit(SHORT)
    runs = pair.submit_group(BETAS, kind="sweep")
    (runs[1].path / "meta.json").write_text("{")
    assert pair.store.group(runs[0].meta.group) == [runs[0], runs[2]]
    assert pair.store.group(alone.meta.group) == []
    pair.stop_group(runs[0].meta.group)
    assert runs[2] not in pair.store.runs()


def test_all_of_a_group_or_none(pair: Engine, monkeypatch) -> None:
    create, made = pair.store.create, []

    def on_a_full_disk(*arguments: Any, **meta: Any) -> Run:
        if len(made) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        made.append(create(*arguments, **meta))
        return made[-1]

    monkeypatch.setattr(pair.store, "create", on_a_full_disk)
    with pytest.raises(OSError, match="No space left"):
        pair.submit_group(BETAS, kind="sweep")
    assert (len(made), pair.store.runs()) == (2, [])
    monkeypatch.setattr(pair.store, "create", create)
    begins(pair, pair.submit(SHORT))


def test_stopping_a_group_removes_what_has_not_begun(pair: Engine) -> None:
    group = pair.submit_group([*BETAS, *BETAS], kind="sweep")
    last = pair.submit(SHORT)
    begins(pair, group[0], group[1])
    pair.ask(group[1], "pause")
    say(at_work(pair)[group[1].id], group[1], "paused", epoch=0.5)
    until(lambda: group[1].request().action == "release")  # others wait
    say(at_work(pair)[group[1].id], group[1], "paused", pid=0, epoch=0.5)
    at_work(pair)[group[1].id].done = True
    begins(pair, group[0], group[2])
    pair.ask(group[1], "resume")
    assert pair.place(group[1]) == 1
    pair.stop_group(group[0].meta.group)
    # Those that train are asked, the one that has begun gets a worker to end it, the others are gone.
    assert {run.id for run in pair.store.runs()} == {run.id for run in (*group[:3], last)}
    assert {run.request().action for run in group[:3]} == {"stop"}
    until(lambda: group[1].id in at_work(pair))
    assert pair.place(last) == 1


def test_workers_beyond_the_spare_end_after_a_while(clock: Clock, pair: Engine) -> None:
    """The clock stands still until it is moved."""
    runs = pair.submit_group(BETAS[:2], kind="twins")
    begins(pair, *runs)
    until(lambda: len(pair._scheduler.pool.workers) == 3)
    for run in runs:
        ends(pair, run)
    looked_again(pair)
    clock.now += IDLE_ENDS - 1
    looked_again(pair)
    assert len(pair._scheduler.pool.workers) == 3
    clock.now += 2
    until(lambda: len(pair._scheduler.pool.workers) == 1)


# With real workers


def test_twins_train_at_the_same_time_and_as_if_alone(tmp_path: Path, undisturbed: Any) -> None:
    before = workers()
    engine = Engine(RunStore(tmp_path), slots=1, threads=2)
    try:
        runs = engine.submit_group([ENDLESS, ENDLESS.variant(model="ae")], kind="twins")
        for run in runs:
            trains_on(run)
        assert {run.status().state for run in runs} == {"running"}
        assert {run.status().threads for run in runs} == {1}
        trained_so_far(runs[0])
        engine.stop_group(runs[0].meta.group)
        for run in runs:
            reaches(run, "stopped")
        agrees(runs[0], undisturbed)
    finally:
        engine.close()
    assert workers() <= before


def test_a_group_survives_the_server(tmp_path: Path, undisturbed: Any, monkeypatch) -> None:
    """With its order and its threads, on a machine with more of them too."""
    store = RunStore(tmp_path)
    engine = Engine(store, slots=1, threads=1)
    runs = engine.submit_group([ENDLESS, ENDLESS, SHORT], kind="sweep")
    trains_on(runs[0])
    engine.close()
    assert [run.status().state for run in runs] == ["interrupted", "queued", "queued"]
    with monkeypatch.context() as nobody:
        nobody.setattr(Pool, "idle", [])  # is there to train yet
        again = Engine(store, slots=1, threads=3)
        places = [again.place(run) for run in runs]
    try:
        assert places == [None, 1, 2]
        trained_so_far(runs[1])
        reaches(runs[2], "finished")
        again.ask(runs[0], "resume")
        trained_so_far(runs[0])
        again.stop_group(runs[0].meta.group)
        for run in runs[:2]:
            reaches(run, "stopped")
            agrees(run, undisturbed)
    finally:
        again.close()


def test_a_visitor_does_not_train_on_all_cores_while_others_may_come(wide: Engine) -> None:
    runs = [wide.submit(SHORT, owner="ann") for _ in range(3)]
    begins(wide, *runs[:2])
    other = wide.submit(SHORT, owner="ben")
    begins(wide, *runs[:2], other)
    ends(wide, runs[0])
    begins(wide, *runs[1:], other)
    assert wide.at_a_time(9) == 2


def test_twins_count_as_one_of_a_visitor(wide: Engine) -> None:
    runs = wide.submit_group(BETAS[:2], owner="ann", kind="twins")
    runs.append(wide.submit(SHORT, owner="ann"))
    wide.submit(SHORT, owner="ann")
    begins(wide, *runs)
