"""A worker trains what it is told to, and leaves a run that can be resumed however it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.waiting import until
from tests.support.warm import Warm
from vaelab.config import RunConfig
from vaelab.engine.backends import local
from vaelab.engine.backends.local import WorkerProcess
from vaelab.files import write_json
from vaelab.paths import PROJECT
from vaelab.runs import History, Recorder, Run, RunStore
from vaelab.workers import train

CONFIG = RunConfig(train_size=500, hidden="16", batch_size=100, epochs=1)
ENDLESS = CONFIG.variant(epochs=500)


class Worker:
    """A real worker, spoken to as the engine does."""

    def __init__(self, code: str) -> None:
        self.process = Warm(
            [sys.executable, "-c", code],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def say(self, run: Run, threads: int = 1) -> None:
        """Give it a run to train."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"run": str(run.path), "threads": threads}) + "\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """Its next message."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def end_input(self) -> None:
        """Do what the end of the server does."""
        assert self.process.stdin is not None
        self.process.stdin.close()


Start = Callable[..., Worker]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a worker; after the test none is left."""
    workers = []

    def started(code: str = "from vaelab.workers.train import main; main()") -> Worker:
        workers.append(Worker(code))
        return workers[-1]

    yield started
    for made in workers:
        with made.process:
            made.process.kill()


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


def test_it_trains_one_run_after_another_and_survives_bad_ones(start: Start, store: RunStore) -> None:
    bad, deleted, good, also_good = (store.create(CONFIG) for _ in range(4))
    (bad.path / "config.json").write_text("{")
    store.delete(deleted)
    # What libraries print is no message.
    made = start("from vaelab.workers import train; train._warm_up = lambda: print('noise'); train.main()")
    assert made.hear() == {"ready": True}
    for run in (bad, deleted, good, also_good):
        made.say(run)
    heard = [made.hear() for _ in range(7)]
    assert heard == [
        {"started": bad.id}, {"done": bad.id}, {"done": deleted.id}, {"started": good.id},
        {"done": good.id}, {"started": also_good.id}, {"done": also_good.id},
    ]  # fmt: skip
    assert bad.status().state == "failed"
    assert "no readable config.json" in bad.status().message
    assert not deleted.path.exists()
    for run in (good, also_good):
        assert (run.status().state, run.status().threads) == ("finished", 1)
    made.end_input()
    assert made.process.wait() == 0


def train_a_while(made: Worker, run: Run) -> None:
    made.say(run)
    until(lambda: run.has_begun() and run.status().step > 3, run.status)
    assert run.status().pid == made.process.pid


def checkpointed(run: Run) -> None:
    """The run was checkpointed where it was, and is nobody's."""
    status = run.status()
    assert (status.state, status.pid, status.message) == ("interrupted", 0, "Waiting to be resumed.")
    assert status.step >= max(History(run).steps["step"]) > 3


def test_it_checkpoints_its_run_when_its_input_ends(start: Start, store: RunStore) -> None:
    run, made = store.create(ENDLESS), start()
    train_a_while(made, run)
    # Ctrl-C in the terminal of the server is not its business.
    made.process.send_signal(signal.SIGINT)
    before = run.status().step
    until(lambda: run.status().step > before + 3, run.status)
    made.end_input()
    assert made.process.wait() == 0
    checkpointed(run)


def test_it_checkpoints_its_run_when_the_system_shuts_down(start: Start, store: RunStore) -> None:
    run, made = store.create(ENDLESS), start()
    train_a_while(made, run)
    made.process.terminate()
    assert made.process.wait() == 0
    checkpointed(run)


def test_it_goes_when_it_cannot_say_how_its_run_ended(start: Start, store: RunStore) -> None:
    """As long as it lives, the run looks as if it were being trained."""
    made = start("""if True:
        import errno, os
        from vaelab.runs import recorder as recording
        from vaelab.workers import train
        write_json = recording.write_json
        def full(path, values, *sync):
            if values["state"] != "running":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            write_json(path, values, *sync)
        recording.write_json = full
        train.main()
    """)
    run = store.create(CONFIG)
    made.say(run)
    assert made.process.wait() == 0
    assert run.status().state == "interrupted"


# As the engine sees it


@pytest.fixture(scope="module")
def process() -> Iterator[WorkerProcess]:
    """One that imports all by itself."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(local, "subprocess", subprocess)
        made = WorkerProcess(lambda: None)
    yield made
    made.finish()
    made.join(0.0)


def test_a_worker_process_tells_what_its_worker_does(process: WorkerProcess, store: RunStore) -> None:
    run = store.create(CONFIG)
    assert (process.run_id, process.take_done()) == (None, None)
    process.train(run, 1)
    assert process.run_id == run.id
    until(lambda: process.started)
    assert process.ready
    assert until(process.take_done) == run.id
    assert (process.run_id, process.take_done()) == (None, None)
    assert run.status().state == "finished"


def test_a_run_of_another_process_is_left_alone(process: WorkerProcess, store: RunStore) -> None:
    run = store.create(ENDLESS)
    recorder = Recorder(run)
    process.train(run, 1)
    assert until(process.take_done) == run.id
    assert not process.started
    assert (run.status().state, run.status().pid) == ("running", os.getpid())
    assert list(recorder.record(iter([]))) == []


def test_a_worker_yields_to_the_server(process: WorkerProcess) -> None:
    until(lambda: process.ready)
    (child,) = [child for child in psutil.Process().children() if child.pid == process._process.pid]
    assert child.nice() > psutil.Process().nice()
    assert os.getsid(child.pid) != os.getsid(0)  # Ctrl-C in the server's terminal does not reach it
    session = Path(f"/proc/{child.pid}/autogroup")
    if session.exists() and (grouped := session.read_text()):  # empty where Linux does not group by session
        assert not grouped.endswith("nice 0\n")


def test_a_worker_that_dies_lets_go_of_its_run(process: WorkerProcess, store: RunStore) -> None:
    run = store.create(ENDLESS)
    process.train(run, 1)
    until(lambda: run.has_begun() and run.status().step > 3, run.status)
    os.kill(run.status().pid, signal.SIGKILL)
    assert until(process.take_done) == run.id
    assert not process.alive()
    assert run.status().state == "interrupted"
    process.train(run, 1)  # somebody may not have noticed yet
    assert process.take_done() == run.id


def test_the_end_of_a_run_that_could_not_be_written(store: RunStore) -> None:
    run = store.create(CONFIG)
    assert not train._claims_this_process(run)
    write_json(run.path / "status.json", {"state": "running", "pid": os.getpid()})
    assert train._claims_this_process(run)
    store.delete(run)
    assert not train._claims_this_process(run)
