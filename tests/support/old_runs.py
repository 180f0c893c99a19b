"""`python -m tests.support.old_runs FOLDER`: write two small runs as today's app does.

Those in tests/data/runs were written before the modules were put in order. They stay as they are: what is
tested is that later code reads what earlier code wrote. With this, runs of later code can be put beside them.

finished-ae: trained by an engine, and measured.
unfinished-vae: paused amid its second epoch, continued, and then its worker was killed while it evaluated.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.environment import set_environment
from tests.support.waiting import until
from vaelab.config import RunConfig
from vaelab.engine import Engine
from vaelab.events import Request
from vaelab.paths import PROJECT
from vaelab.runs import Run, RunStore, read_measures

FOLDER = PROJECT / "tests" / "data" / "runs"
"""Where the runs are that the tests open."""

AE, VAE = NAMES = ("finished-ae", "unfinished-vae")

_SMALL = {"train_size": 500, "hidden": "8", "batch_size": 125, "precision": "fp32"}
FINISHED = RunConfig(model="ae", epochs=2, held_out=100, **_SMALL)
UNFINISHED = RunConfig(epochs=3, reconstruction="mse", corruption="gaussian", beta_warmup=1.5, **_SMALL)
PAUSED_AT, KILLED_AT = 6, 8
"""Steps, of 4 an epoch."""

LONG_AGO = 1_700_000_000.0
"""The last sign of life of the killed worker, in seconds since 1970, put back to be earlier on any clock."""

_WORKER = f"""
import os, signal, time
from vaelab.workers import train
from vaelab.events import Paused, Request, Step
from vaelab.runs import Run

undisturbed = train.train

def disturbed(config, *, request, **others):
    run = request.__self__.run
    for event in undisturbed(config, request=request, **others):
        yield event
        if isinstance(event, Step) and event.step == {PAUSED_AT}:
            run.set_request(Request(action="pause"))
            time.sleep(0.3)  # longer than until the next look at the request
        elif isinstance(event, Paused):
            run.set_request(Request())
        elif isinstance(event, Step) and event.step == {KILLED_AT}:
            os.kill(os.getpid(), signal.SIGKILL)

train.train = disturbed
train.main()
"""


def main() -> None:
    """Write both runs into the folder that is named."""
    set_environment()
    target = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        for name, run in ((AE, _finished(store)), (VAE, _unfinished(store))):
            target.mkdir(parents=True, exist_ok=True)
            os.rename(run.path, target / name)
            size = sum(path.stat().st_size for path in (target / name).rglob("*"))
            sys.stdout.write(f"{target / name}: {Run(target / name).status()}, {size / 1000:.0f} kB\n")


def _finished(store: RunStore) -> Run:
    engine = Engine(store, slots=1, threads=1)
    try:
        run = engine.submit(FINISHED, owner="somebody", name="A small AE")
        until(lambda: run.status().state == "finished" and read_measures(run), run.status)
    finally:
        engine.close()
    return run


def _unfinished(store: RunStore) -> Run:
    run = store.create(UNFINISHED, owner="somebody", name="A small VAE")
    run.set_request(Request())
    job = json.dumps({"run": str(run.path), "threads": 1}) + "\n"
    # Its input stays open, or the worker would end by itself.
    with subprocess.Popen([sys.executable, "-c", _WORKER], stdin=subprocess.PIPE, text=True) as worker:
        assert worker.stdin is not None
        worker.stdin.write(job)
        worker.stdin.flush()
        worker.wait()
    said = json.loads((run.path / "status.json").read_text(encoding="utf-8"))
    said |= {"host": "elsewhere", "heartbeat": LONG_AGO}
    (run.path / "status.json").write_text(json.dumps(said, indent=1), encoding="utf-8")
    return run


if __name__ == "__main__":
    main()
