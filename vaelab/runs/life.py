"""The life of a run: the states it can be in, and what each request makes of it.

A run's folder is written by its worker (`Recorder`) and by whoever manages it (`Engine`), and read by pages.
All three look up here what comes next: `STATES` lists the buttons of a state, `LIFE` what the engine does
about a request, and `state_after` gives the state that the end of a training leaves behind.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

from vaelab.events import Request

State = Literal[
    "queued", "running", "paused", "finished", "stopped", "diverged", "failed", "interrupted", "damaged"
]
Action = Literal["pause", "resume", "epoch", "stop", "end"]
"""What visitors ask of a run. `end` goes to all runs of a group: it also stops those that wait to go on."""


@dataclass(frozen=True)
class StateRow:
    """The meaning of a state, and its buttons."""

    meaning: str
    offers: tuple[Action, ...] = ()
    """Actions for which a page has a button, besides Delete."""
    over: bool = True
    """Whether the run can be trained on in a new one."""


STATES: dict[State, StateRow] = {
    "queued": StateRow("It waits for a worker.", ("stop",), over=False),
    "running": StateRow("A worker trains it.", ("pause", "epoch", "stop"), over=False),
    "paused": StateRow("It rests until it is asked to go on.", ("resume", "epoch", "stop"), over=False),
    "finished": StateRow("All its epochs are done, or it has reached its `stop_loss`."),
    "stopped": StateRow("It was stopped.", ("resume", "epoch")),
    "diverged": StateRow("Its losses are no numbers any more."),
    "failed": StateRow("Its training could not go on; its message says why.", ("resume", "epoch")),
    "interrupted": StateRow("Its worker is gone without an end.", ("resume", "epoch")),
    "damaged": StateRow("Its files cannot be read."),
}
ACTIVE = frozenset(state for state, row in STATES.items() if not row.over)
"""States of a run that waits, trains or is paused."""
UNDER_WAY: frozenset[State] = frozenset({"queued", "running"})
"""States of a run that goes on without a further request."""


def offers(state: State | None, action: Action) -> bool:
    """Whether a page has a button for a request to a run in this state; None if there is no run."""
    return state is not None and action in STATES[state].offers


Stage = Literal[
    "new", "returning", "given", "running", "held", "worker gone", "withdrawn", "paused", "interrupted",
    "stopped", "failed", "finished", "diverged", "damaged",
]  # fmt: skip
"""How far a run is between the queue, the workers and its end: finer than its state."""
Effect = Literal[
    "", "worker", "later", "stay", "last", "first", "at once", "hold", "leave", "after", "delete"
]

EFFECTS: dict[Effect, str] = {
    "": "–",
    "worker": "asks its worker",
    "later": "asks again once it has seen this",
    "stay": "keeps its place in the queue",
    "last": "waits, last of its visitor's runs",
    "first": "waits, first of its visitor's runs",
    "at once": "waits before all others",
    "hold": "leaves the queue, paused",
    "leave": "leaves the queue, as it was before",
    "after": "stopped first",
    "delete": "deleted",
}
"""What the engine does. All effects but the last two write the request into the run's folder, or keep it."""


@dataclass(frozen=True)
class Row:
    """What the engine does about each request to a run of one stage."""

    meaning: str
    states: tuple[State, ...]
    """States that pages can show for a run of the stage."""
    pause: Effect = ""
    resume: Effect = ""
    epoch: Effect = ""
    stop: Effect = ""
    end: Effect = ""
    delete: Effect = "delete"

    def effect(self, action: Action) -> Effect:
        """What the engine does about a request."""
        effect: Effect = getattr(self, action)
        return effect


_FiveEffects = tuple[Effect, Effect, Effect, Effect, Effect]
_ASKED: _FiveEffects = ("worker", "worker", "worker", "worker", "worker")
_LATER: _FiveEffects = ("later", "later", "later", "later", "later")
_ENDED: tuple[State, ...] = ("paused", "interrupted", "stopped", "failed", "finished", "diverged")

LIFE: dict[Stage, Row] = {
    "new": Row("waits, not begun", ("queued",), "hold", "stay", "stay", "delete", "delete", "after"),
    "returning": Row("waits to go on", ("queued",), "leave", "stay", "stay", "leave", "at once", "after"),
    "given": Row("has been given to a worker, or waits for another server", ("queued",), *_ASKED, "after"),
    "running": Row("is trained", ("running",), *_ASKED, "after"),
    "held": Row("is paused and keeps its worker", ("paused",), *_ASKED, "after"),
    "worker gone": Row("has just lost its worker, which the engine has not seen yet", _ENDED, *_LATER),
    "withdrawn": Row(
        "has not begun and does not wait", ("paused", "interrupted"), "", "last", "last", "delete", "delete"
    ),
    "paused": Row("is paused without a worker", ("paused",), "", "first", "first", "at once", "at once"),
    "interrupted": Row("was interrupted", ("interrupted",), "", "first", "first", "at once", "at once"),
    "stopped": Row("was stopped", ("stopped",), "", "first", "first"),
    "failed": Row("has failed", ("failed",), "", "first", "first"),
    "finished": Row("has finished", ("finished",)),
    "diverged": Row("has diverged", ("diverged",)),
    "damaged": Row("cannot be read", ("damaged", "running")),
}


def stage_of(
    state: State, *, begun: bool, has_writer: bool, waits: bool = False, worker_gone: bool = False
) -> Stage:
    """The row of `LIFE` that holds for a run.

    Parameters
    ----------
    state: the state that `Run.status` gives.
    begun: whether the run's training has ever written a status.
    has_writer: whether a living process trains the run, or keeps it while it is paused.
    waits: whether the run is in the engine's queue.
    worker_gone: whether the worker is done with the run, or dead, and the engine has not noticed it yet.
    """
    if waits:
        return "returning" if begun else "new"
    if has_writer:
        return "held" if state == "paused" else "running"
    if state == "queued":
        return "given"
    if worker_gone:
        return "worker gone"
    if not begun:
        return "withdrawn"
    return (
        "damaged" if state == "running" else state
    )  # only a damaged file says that a run trains without a writer


def request_of(action: Action, epoch: float, before: Request) -> Request:
    """The content of `request.json` for an action on a run that has reached an epoch; its dials stay."""
    if action in ("stop", "end"):
        return replace(before, action="stop", until_epoch=None)
    if action == "pause":
        return replace(before, action="pause", until_epoch=None)
    return replace(before, action="run", until_epoch=math.floor(epoch) + 1 if action == "epoch" else None)


def rests(request: Request, epoch: float) -> bool:
    """Whether a request lets a paused run stay paused."""
    reached = request.until_epoch is not None and epoch >= request.until_epoch
    return request.action == "pause" or (request.action == "run" and reached)


_GOES_ON: dict[State, tuple[str, ...]] = {"paused": ("run", "stop"), "stopped": ("run",)}


def goes_on(state: State, request: Request, epoch: float) -> bool:
    """Whether a request reached a run too late for the worker that has just released it."""
    return request.action in _GOES_ON.get(state, ()) and not rests(request, epoch)


def state_of(written: State, *, has_writer: bool, lost_writer: bool, waits: bool) -> State:
    """The state that a run is in, from the one in its `status.json`.

    Parameters
    ----------
    written: the state in the file.
    has_writer: whether a living process trains the run, or keeps it while it is paused.
    lost_writer: whether the process that did so has died.
    waits: whether the run has a place in the queue.
    """
    if has_writer:
        return written
    return "queued" if waits else "interrupted" if lost_writer else written


_AFTER: dict[str, State] = {
    "epochs": "finished", "stop_loss": "finished", "stopped": "stopped", "diverged": "diverged",
    "error": "failed", "released": "interrupted",
}  # fmt: skip


def state_after(reason: str, *, paused: bool = False) -> State:
    """The state of a run whose training ended for a reason of `events.Finished`, or by an "error".

    Parameters
    ----------
    paused: whether the run was paused until then; a paused run that is released stays paused.
    """
    return "paused" if reason == "released" and paused else _AFTER[reason]
