"""What can be asked of a run, and what it means in the state that the run is in."""

from __future__ import annotations

import math
from typing import Literal

from vaelab.events import Request
from vaelab.status import State, Status

Action = Literal["pause", "resume", "epoch", "stop"]

REVIVES: dict[Action, frozenset[State]] = {
    "pause": frozenset(),
    "resume": frozenset({"paused", "interrupted", "stopped", "failed"}),
    "epoch": frozenset({"paused", "interrupted", "stopped", "failed"}),
    "stop": frozenset({"paused", "interrupted"}),
}
"""In which states a run without a worker needs one to do what is asked."""


def as_request(action: Action, status: Status) -> Request:
    """What is to be written down for the worker of a run that stands so."""
    if action in ("pause", "stop"):
        return Request(action="pause" if action == "pause" else "stop")
    return Request(until_epoch=math.floor(status.epoch) + 1 if action == "epoch" else None)


def rests(request: Request, status: Status) -> bool:
    """Whether a paused run is to stay so."""
    reached = request.until_epoch is not None and status.epoch >= request.until_epoch
    return request.action == "pause" or (request.action == "run" and reached)
