"""Small runs, recorded without a worker, and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from vaelab.config import RunConfig
from vaelab.events import Event
from vaelab.files import write_json
from vaelab.runs import History, Recorder, Run, Status, read_weights

CONFIG = RunConfig(train_size=500, hidden="16", batch_size=100, epochs=3)
ENDLESS = CONFIG.variant(epochs=500)

WRITES = 2 + 2 + 3 * (1 + 2)
"""The files of a checkpoint, of two early snapshots, and of a snapshot and a checkpoint an epoch."""
BY_THE_CLOCK = frozenset({"status.json", "preview.npz", "live-decoder.safetensors", "events.jsonl"})
"""Files that are written whole at other moments than these."""

Training = Callable[[Recorder], Iterator[Event]]


def losses(run: Run) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Everything that was measured, without the time it took."""
    said = History(run)
    evaluated = [{**row, "seconds": None} for row in said.evaluated.rows()]
    return said.steps.rows(), evaluated


def same_run(first: Run, second: Run) -> None:
    """Two runs have measured the same and ended with the same model, bit for bit."""
    assert losses(first) == losses(second)
    assert first.snapshot_steps() == second.snapshot_steps()
    weights, expected = read_weights(first), read_weights(second)
    assert weights.keys() == expected.keys()
    assert all(np.array_equal(weights[name], expected[name]) for name in weights)


def finish(run: Run, training: Training) -> None:
    for _ in training(Recorder(run)):
        pass


def contents(run: Run) -> dict[str, bytes]:
    """All files of a run, by path."""
    return {str(path): path.read_bytes() for path in run.path.rglob("*") if path.is_file()}


def set_status(run: Run, **values: object) -> None:
    """Write a status as the run's writer would; what is not named is as in a new one."""
    write_json(run.path / "status.json", asdict(Status(**values)))
