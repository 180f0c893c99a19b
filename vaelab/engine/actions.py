"""What can be asked of a run, and what it means in the state that the run is in."""

from __future__ import annotations

import math
from typing import Any, Literal

from vaelab.config.fields import read_config
from vaelab.config.run_config import RunConfig
from vaelab.events import Request
from vaelab.runs.arrays import read_checkpoint
from vaelab.runs.history import History
from vaelab.runs.run import Run
from vaelab.runs.status import State, Status

Action = Literal["pause", "resume", "epoch", "stop"]

REVIVES: dict[Action, frozenset[State]] = {
    "pause": frozenset(),
    "resume": frozenset({"paused", "interrupted", "stopped", "failed"}),
    "epoch": frozenset({"paused", "interrupted", "stopped", "failed"}),
    "stop": frozenset({"paused", "interrupted"}),
}
"""In which states a run without a worker needs one to do what is asked."""


def revives(action: Action, status: Status) -> bool:
    """Whether what is asked has a run that rests be trained further."""
    return action in ("resume", "epoch") and status.state in REVIVES[action]


def as_request(action: Action, status: Status) -> Request:
    """What is to be written down for the worker of a run that stands so."""
    if action in ("pause", "stop"):
        return Request(action="pause" if action == "pause" else "stop")
    return Request(until_epoch=math.floor(status.epoch) + 1 if action == "epoch" else None)


def rests(request: Request, status: Status) -> bool:
    """Whether a paused run is to stay so."""
    reached = request.until_epoch is not None and status.epoch >= request.until_epoch
    return request.action == "pause" or (request.action == "run" and reached)


def further(parent: Run, epochs: int) -> RunConfig:
    """The settings of a run that goes on from the end of another for more epochs.

    A parent that ended at its `stop_loss` hands everything on but that.

    Raises
    ------
    ValueError
        If the parent is not over, has nothing to go on from, or there would be too many epochs.
    """
    if parent.status().active:
        raise ValueError("This run is not over: stop it, or let it end, before it is trained on.")
    checkpoint = read_checkpoint(parent)
    if checkpoint is None:
        raise ValueError("This run was kept without its optimizer's state, so it cannot be trained on.")
    changes: dict[str, Any] = {"epochs": math.ceil(checkpoint.epoch) + epochs}
    if (History(parent).finished or {}).get("reason") == "stop_loss":
        changes["stop_loss"] = None
    config, problems = read_config({**parent.config.model_dump(), **changes})
    if config is None:
        raise ValueError(" ".join(problems.values()))
    return config
