"""Runs are measured after their training, once, by a process that leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from tests.support.following import ENDLESS, SHORT, reaches, trains_on
from tests.support.waiting import until
from tests.support.warm import running
from vaelab.analysis.measure import NotFinite
from vaelab.config import RunConfig, measures
from vaelab.engine import Engine, measuring
from vaelab.engine.measuring import DIED, IDLE, NOT_SHIPPED, MeasuringQueue
from vaelab.paths import EXAMPLES, PROJECT
from vaelab.runs import Measures, Run, RunStore, read_measures
from vaelab.runs.measures import FILE, write_measures
from vaelab.workers import measure

FOUND = Measures(
    step=7,
    values=dict.fromkeys(measures())
    | {"recon": 1.0, "mse": 0.1, "pca_mse": 0.1, "neighbour_accuracy": 0.5, "probe_accuracy": 0.5},
)
AE = RunConfig(model="ae")


@pytest.fixture(autouse=True)
def _measuring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here runs are measured, with the priority of the rest: on a busy machine the lowest one is never."""
    monkeypatch.setattr(measuring, "PRIORITY", 0)


def copy_of(name: str, root: Path) -> Run:
    """A shipped run as one's own, without its measures."""
    shutil.copytree(EXAMPLES / name, root / name, ignore=shutil.ignore_patterns(FILE))
    return Run(root / name)


def ended(root: Path, config: RunConfig = AE, **status: Any) -> Run:
    said = json.dumps({"state": "finished", "step": 7, **status}).encode()
    return RunStore(root).create(config, files={"status.json": said})


# With real processes


def test_a_run_is_measured_when_it_ends_and_again_when_it_was_resumed(engine: Engine) -> None:
    run = engine.submit(ENDLESS)
    trains_on(run)
    engine.ask(run, "stop")
    reaches(run, "stopped")
    first = until(lambda: read_measures(run))
    assert (first.step, first.problem) == (run.status().step, "")
    engine.ask(run, "resume")
    until(lambda: run.status().step > first.step, run.status)
    assert read_measures(run) is None
    engine.ask(run, "stop")
    reaches(run, "stopped")
    second = until(lambda: read_measures(run))
    assert second.step == run.status().step > first.step
    assert second.values["neg_elbo"] != first.values["neg_elbo"]


def test_an_older_run_is_measured_when_it_is_asked_for_but_not_beside_a_training(engine: Engine) -> None:
    older = copy_of("linear-ae", engine.store.root)
    training = engine.submit(ENDLESS)
    trains_on(training)
    assert engine.measure(older) == ""
    trains_on(training, steps=30)
    assert read_measures(older) is None
    engine.ask(training, "stop")
    found = until(lambda: read_measures(older))
    assert found.values["mse"] == pytest.approx(
        read_measures(Run(EXAMPLES / "linear-ae")).values["mse"], rel=1e-3
    )


def test_in_a_class_that_always_trains_what_waits_for_long_is_measured(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = copy_of("ae-2d", engine.store.root)
    training = engine.submit(ENDLESS)
    trains_on(training)
    monkeypatch.setattr(measuring, "LONGEST_WAIT", 0.0)
    assert engine.measure(older) == ""
    until(lambda: read_measures(older))
    assert training.status().state == "running"
    engine.ask(training, "stop")
    reaches(training, "stopped")


def test_the_process_ends_with_its_server(tmp_path: Path) -> None:
    """Also amid a run, and with nothing half written."""
    run = copy_of("conv-vae-keras", tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "vaelab.workers.measure"],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        process.stdin.write(json.dumps({"run": str(run.path)}).encode() + b"\n")
        process.stdin.flush()
        until(lambda: psutil.Process(process.pid).cpu_times().user > 0.5)
        process.stdin.close()
        assert process.wait(60) == 0
        assert process.stdout.read() == b""
    assert not list(run.path.glob(f"*{FILE}*"))


# What the process does with a run


def test_what_has_measures_is_not_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ended(tmp_path)
    calls = counted(monkeypatch, lambda: FOUND)
    assert [measure.measure_and_keep(run) for _ in range(2)] == ["", ""]
    assert (read_measures(run), len(calls)) == (FOUND, 1)


@pytest.mark.parametrize(
    ("error", "problem"),
    [(NotFinite("Some codes are not finite."), "Some codes are not finite."),
     (ZeroDivisionError("by\n zero"), "Measuring it failed: by zero"),
     (AssertionError(), "Measuring it failed: AssertionError")],
)  # fmt: skip
def test_what_fails_for_good_is_written_and_not_tried_again(
    error: Exception, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ended(tmp_path)
    calls = counted(monkeypatch, raising(error))
    assert [measure.measure_and_keep(run) for _ in range(2)] == [problem, problem]
    assert read_measures(run) == Measures(step=7, problem=problem)
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(OSError(28, "No space left on device"), "The disk is full."),
     (RuntimeError("you tried to allocate memory"), "There is not enough memory")],
)  # fmt: skip
def test_what_may_pass_is_said_and_not_written(
    error: Exception, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ended(tmp_path)
    counted(monkeypatch, raising(error))
    assert measure.measure_and_keep(run).startswith(sentence)
    assert not (run.path / FILE).exists()


def test_a_run_that_goes_away_meanwhile_is_not_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ended(tmp_path)

    def deleted() -> Measures:
        RunStore(tmp_path).delete(run)
        return FOUND

    counted(monkeypatch, deleted)
    assert measure.measure_and_keep(run) == "It has been deleted."
    assert not run.path.exists()


def test_what_cannot_be_measured_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAELAB_CACHE", str(tmp_path / "cache"))
    assert measure.measure_and_keep(ended(tmp_path, state="failed")) == "It is measured when it is over."
    elsewhere = ended(tmp_path, AE.variant(dataset="kmnist"))
    assert measure.measure_and_keep(elsewhere) == "The images of KMNIST are not on this machine."
    assert "model.safetensors" in measure.measure_and_keep(ended(tmp_path))
    damaged = ended(tmp_path)
    (damaged.path / "config.json").write_text("{")
    assert "config.json" in measure.measure_and_keep(damaged)


def counted(monkeypatch: pytest.MonkeyPatch, answer: Callable[[], Measures]) -> list[Run]:
    """The runs that are measured from now on, with this answer."""
    calls: list[Run] = []

    def measured(run: Run, step: int) -> Measures:
        calls.append(run)
        return replace(answer(), step=step)

    monkeypatch.setattr(measure, "measure_run", measured)
    return calls


def raising(error: Exception) -> Callable[[], Measures]:
    def fail() -> Measures:
        raise error

    return fail


# Who is measured when


class Process:
    """Stands in for the process; the test says what it answers."""

    made: list[Process]

    def __init__(self, module: str, priority: int, hear: Callable, on_end: Callable) -> None:
        self.hear, self.lives, self.jobs = hear, True, []
        self.of = (module, priority)
        self.made.append(self)

    def say(self, job: dict[str, str]) -> None:
        """Take a job."""
        assert self.lives
        self.jobs.append(Path(job["run"]).name)

    def alive(self) -> bool:
        """Whether it has not been ended."""
        return self.lives

    def finish(self) -> None:
        """End."""
        self.lives = False

    def kill(self) -> None:
        """End by force."""
        self.lives = False

    def join(self, deadline: float) -> None:
        """Be asked whether it has ended."""
        assert not self.lives


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    made = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(measuring, "time", SimpleNamespace(monotonic=lambda: made.now))
    Process.made = []
    monkeypatch.setattr(measuring, "Child", Process)
    return made


def test_one_after_another_and_none_twice(tmp_path: Path, clock: SimpleNamespace) -> None:
    queue = MeasuringQueue(lambda: None)
    first, second = ended(tmp_path), ended(tmp_path)
    queue.tick(False)
    assert Process.made == []
    assert [queue.ask(run) for run in (first, second, first, second)] == [""] * 4
    for _ in range(3):
        queue.tick(False)
    (process,) = Process.made
    assert (process.jobs, process.of) == ([first.id], ("vaelab.workers.measure", measuring.PRIORITY))
    queue.ask(first)
    process.hear({"done": first.id, "why_not": ""})
    for _ in range(3):
        queue.tick(False)
    assert process.jobs == [first.id, second.id]


def test_nothing_begins_while_a_run_trains(tmp_path: Path, clock: SimpleNamespace) -> None:
    queue, run = MeasuringQueue(lambda: None), ended(tmp_path)
    queue.ask(run)
    queue.tick(True)
    assert Process.made == []
    queue.tick(False)
    assert Process.made[0].jobs == [run.id]


def test_a_reason_is_kept_until_the_run_was_trained_on(tmp_path: Path, clock: SimpleNamespace) -> None:
    queue, run = MeasuringQueue(lambda: None), ended(tmp_path)
    queue.ask(run)
    queue.tick(False)
    (process,) = Process.made
    process.hear({"done": run.id, "why_not": "The disk is full."})
    assert queue.ask(run) == "The disk is full."
    queue.tick(False)
    assert process.jobs == [run.id]
    queue.training_ended(run)
    queue.tick(False)
    assert process.jobs == [run.id, run.id]


def test_a_process_that_dies_takes_one_run_with_it(tmp_path: Path, clock: SimpleNamespace) -> None:
    queue = MeasuringQueue(lambda: None)
    deadly, other = ended(tmp_path), ended(tmp_path)
    queue.ask(deadly)
    queue.ask(other)
    queue.tick(False)
    Process.made[0].lives = False
    queue.tick(False)
    assert queue.ask(deadly) == DIED
    assert [process.jobs for process in Process.made] == [[deadly.id], [other.id]]


def test_the_process_ends_after_a_while_without_work(tmp_path: Path, clock: SimpleNamespace) -> None:
    queue, run = MeasuringQueue(lambda: None), ended(tmp_path)
    queue.ask(run)
    queue.tick(False)
    clock.now += 10 * IDLE  # a long measurement is no idleness
    queue.tick(False)
    (process,) = Process.made
    process.hear({"done": run.id, "why_not": ""})
    clock.now += IDLE - 1
    queue.tick(False)
    assert process.alive()
    clock.now += 2
    queue.tick(False)
    assert not process.alive()
    queue.ask(ended(tmp_path))
    queue.tick(False)
    assert len(Process.made) == 2


def test_runs_that_are_measured_shipped_or_damaged_are_left_alone(
    tmp_path: Path, clock: SimpleNamespace
) -> None:
    queue = MeasuringQueue(lambda: None)
    assert queue.ask(Run(EXAMPLES / "ae-2d", shipped=True)) == NOT_SHIPPED
    known, failed, damaged = ended(tmp_path), ended(tmp_path, state="failed"), ended(tmp_path)
    write_measures(known, FOUND)
    (damaged.path / "status.json").write_text("{")
    for run in (known, failed, damaged):
        queue.training_ended(run)
    queue.tick(False)
    assert Process.made == []


def test_closing_ends_the_process(tmp_path: Path, clock: SimpleNamespace) -> None:
    queue = MeasuringQueue(lambda: None)
    queue.close()
    queue.ask(ended(tmp_path))
    queue.tick(False)
    queue.close()
    assert not Process.made[0].alive()


def test_a_killed_process_is_noticed(engine: Engine) -> None:
    """A real one: the run says why it has no measures, and the next one is measured by another."""
    deadly = copy_of("conv-vae-keras", engine.store.root)
    assert engine.measure(deadly) == ""
    until(lambda: engine._scheduler.measuring._now == deadly)  # and no longer what ended before
    victim = until(the_measurer)
    os.kill(victim, signal.SIGKILL)
    until(lambda: engine.measure(deadly) == DIED)
    run = engine.submit(SHORT)
    reaches(run, "finished")
    assert until(lambda: read_measures(run)).problem == ""
    engine.store.delete(deadly)


def the_measurer() -> int | None:
    return next(iter(running("vaelab.workers.measure")), None)
