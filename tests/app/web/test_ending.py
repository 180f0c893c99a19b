"""A real server that is told to end while it trains, or killed: in time, nothing lost, nothing left."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests.support import servers
from tests.support.servers import Server
from tests.support.waiting import until
from vaelab.analysis.load import load_run
from vaelab.config import RunConfig
from vaelab.engine import Engine
from vaelab.events import Step
from vaelab.runs import History, Run, RunStore
from vaelab.runs.arrays import read_checkpoint
from vaelab.runs.measures import FILE as MEASURES
from vaelab.training import train
from vaelab.ui.web.ending import END_WITHIN

ENDLESS = RunConfig(train_size=500, hidden="16", batch_size=100, epochs=500)
SECRET = "Ada's own run"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run that waits for the server that `training` starts."""
    return RunStore(tmp_path / "runs").create(ENDLESS, name=SECRET, owner="0" * 32, place=0.0)


@pytest.fixture
def training(tmp_path: Path, run: Run) -> Iterator[Server]:
    """A server that trains the run, and was not told to end yet."""
    server = servers.start(tmp_path)
    try:
        servers.wait_until_healthy(server)
        until(lambda: run.status().state == "running" and run.status().epoch > 1, server.log.read_text)
        yield server
    finally:
        if server.process.poll() is None:
            for process in [*psutil.Process(server.process.pid).children(recursive=True), server.process]:
                process.kill()


def end(server: Server) -> None:
    """Tell it to end, and see that it does, and all of its processes, within the time it has."""
    children = psutil.Process(server.process.pid).children(recursive=True)
    assert children
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(END_WITHIN + 1)
    assert psutil.wait_procs(children, timeout=1)[1] == []


def log_of(server: Server) -> list[dict[str, object]]:
    return [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]


def test_training_is_checkpointed_and_told(training: Server, run: Run) -> None:
    end(training)
    status, checkpoint = run.status(), read_checkpoint(run)
    assert status.state == "interrupted"
    assert checkpoint is not None
    assert checkpoint.step == status.step > 0
    lines = log_of(training)
    said = [line["message"] for line in lines if line["from"] == "server"]
    assert said[:2] == ["The server is there.", "The server was asked to end."]
    assert [line["message"] for line in lines if line.get("run") == run.id] == [
        "Taken up at step 0.",
        f"Let go as interrupted, at step {status.step}.",
    ]
    assert SECRET not in training.log.read_text()


def test_a_browser_that_reads_no_further_does_not_hold_it_up(training: Server, run: Run) -> None:
    address = urlsplit(training.url)
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # what is sent must not fit into it
        slow.connect((address.hostname, address.port))
        slow.sendall(f"GET /lab/plotly.min.js HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        assert slow.recv(12) == b"HTTP/1.1 200"
        end(training)
    assert run.status().state == "interrupted"
    assert read_checkpoint(run).step == run.status().step > 0
    messages = [line["message"] for line in log_of(training)]
    assert "The server was asked to end." in messages
    assert "The server has ended." not in messages, "it was held up"


def test_a_power_cut_costs_no_finished_run_and_the_other_goes_on_exactly(tmp_path: Path, run: Run) -> None:
    store = RunStore(tmp_path / "runs")
    finished = store.create(ENDLESS.variant(epochs=2), place=-1.0)
    server = servers.start(tmp_path, VAELAB_SINGLE_USER="1")
    servers.wait_until_healthy(server)
    until(lambda: run.status().state == "running" and run.status().epoch > 3, server.log.read_text)
    until(lambda: finished.status().state == "finished", finished.status)  # both train where cores are many
    files = {path: path.read_bytes() for path in finished.path.glob("*.*") if path.name != MEASURES}
    for process in [*psutil.Process(server.process.pid).children(recursive=True), server.process]:
        process.kill()
    server.process.wait()
    until(lambda: not run.status().has_writer, run.status)  # a large process takes its time to be gone
    assert finished.status().state == "finished"
    assert {path: path.read_bytes() for path in files} == files
    assert load_run(finished).model is not None
    cut = run.status()
    assert cut.state == "interrupted"
    engine = Engine(store, slots=1, threads=cut.threads)
    try:
        engine.ask(run, "resume")
        until(lambda: run.status().state == "running" and run.status().epoch > cut.epoch + 2, run.status)
    finally:
        engine.close()
    steps = History(run).steps
    assert steps.count > cut.step
    said = (event for event in train(ENDLESS, threads=cut.threads) if isinstance(event, Step))
    undisturbed = list(islice(said, steps.count))
    for name in ("step", "recon", "kl", "objective"):
        assert steps[name].tolist() == [getattr(event, name) for event in undisturbed]
