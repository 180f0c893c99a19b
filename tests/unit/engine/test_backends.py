"""Workers that are no processes of this machine train the queue, which knows nothing of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from tests.support.following import SHORT, reaches
from tests.support.waiting import until
from vaelab.engine import Engine
from vaelab.events import Finished
from vaelab.runs import Recorder, Run, RunStore


class ThreadWorker:
    """Has a thread "train" each run, which takes no time; it has nothing but what `Worker` asks for."""

    def __init__(self, on_change: Callable[[], None], trained: list[tuple[str, int]], dies: bool) -> None:
        self.ready, self.started, self.run_id, self.threads = True, False, None, 0
        self._on_change, self._trained, self._dies = on_change, trained, dies
        self._done = self._ended = False

    def train(self, run: Run, threads: int) -> None:
        """Have a run trained."""
        self.run_id, self.threads, self.started = run.id, threads, False
        threading.Thread(target=self._train, args=(run,)).start()

    def _train(self, run: Run) -> None:
        recorder = Recorder(run)
        self.started = True
        self._on_change()
        if self._dies:
            list(recorder.record(iter([])))
            recorder._end("interrupted", "The machine is gone.")
            self._ended = True
        else:
            end = Finished(step=1, epoch=1.0, reason="epochs", message="All is done.", seconds=0.1)
            list(recorder.record(iter([end])))
        self._trained.append((run.id, self.threads))
        self._done = True
        self._on_change()

    def take_done(self) -> str | None:
        """The run that was trained, once."""
        if not self._done:
            return None
        run_id, self.run_id, self._done = self.run_id, None, False
        return run_id

    def alive(self) -> bool:
        """Whether its machine is there."""
        return not self._ended

    def finish(self) -> None:
        """End."""
        self._ended = True

    def kill(self) -> None:
        """End."""
        self._ended = True

    def join(self, deadline: float) -> None:
        """Wait for nothing."""


def test_workers_elsewhere_train_the_queue(tmp_path: Path) -> None:
    trained: list[tuple[str, int]] = []
    engine = Engine(
        RunStore(tmp_path), slots=1, threads=2,
        start_worker=lambda on_change: ThreadWorker(on_change, trained, dies=False),
    )  # fmt: skip
    try:
        runs = [engine.submit(SHORT) for _ in range(3)]
        for run in runs:
            reaches(run, "finished")
        until(lambda: engine.load().running == 0)
        assert trained == [(run.id, 2) for run in runs]
        assert engine.load().queued == 0
    finally:
        engine.close()


def test_a_worker_elsewhere_that_is_lost_holds_up_nobody(tmp_path: Path) -> None:
    trained: list[tuple[str, int]] = []
    made: list[ThreadWorker] = []

    def start(on_change: Callable[[], None]) -> ThreadWorker:
        made.append(ThreadWorker(on_change, trained, dies=not made))
        return made[-1]

    engine = Engine(RunStore(tmp_path), slots=1, threads=1, start_worker=start)
    try:
        lost, behind = engine.submit(SHORT), engine.submit(SHORT)
        reaches(lost, "interrupted")
        reaches(behind, "finished")
        assert made[0] not in engine._scheduler.pool.workers
        engine.ask(lost, "resume")
        reaches(lost, "finished")
    finally:
        engine.close()
