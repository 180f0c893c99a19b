"""The life of a run: the states it can be in, and what each request makes of it.

A run's folder is written by its worker (`Recorder`) and by whoever manages it (`Engine`), and read by pages.
All three look up here what comes next: `STATES` says which buttons a state has, `LIFE` what the engine does
about a request, `state_after` which state the end of a training leaves behind.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vaelab.events import Request

State = Literal[
    "queued", "running", "paused", "finished", "stopped", "diverged", "failed", "interrupted", "damaged"
]
Action = Literal["pause", "resume", "epoch", "stop", "end"]
"""What can be asked of a run. `end` is for all runs of a group: it stops those that wait to go on, too."""


@dataclass(frozen=True)
class StateRow:
    """What a state means."""

    meaning: str
    offers: tuple[Action, ...] = ()
    """What a page offers by a button, beside Delete."""
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
"""States of a run that is not over."""
UNDER_WAY: frozenset[State] = frozenset({"queued", "running"})
"""States of a run that goes on without being asked."""


def offers(state: State | None, action: Action) -> bool:
    """Whether a page has a button for a request to a run in this state; None if there is no run."""
    return state is not None and action in STATES[state].offers


Stage = Literal[
    "new", "returning", "given", "running", "held", "let go", "put back", "paused", "interrupted",
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
"""What the engine does. All but the last two write the request into the run's folder, or keep it."""


@dataclass(frozen=True)
class Row:
    """What the engine does about each request to a run of one stage."""

    meaning: str
    states: tuple[State, ...]
    """What the run can show as."""
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


_Five = tuple[Effect, Effect, Effect, Effect, Effect]
_ASKED: _Five = ("worker", "worker", "worker", "worker", "worker")
_LATER: _Five = ("later", "later", "later", "later", "later")
_ENDED: tuple[State, ...] = ("paused", "interrupted", "stopped", "failed", "finished", "diverged")

LIFE: dict[Stage, Row] = {
    "new": Row("waits, not begun", ("queued",), "hold", "stay", "stay", "delete", "delete", "after"),
    "returning": Row("waits to go on", ("queued",), "leave", "stay", "stay", "leave", "at once", "after"),
    "given": Row("has been given to a worker, or waits for another server", ("queued",), *_ASKED, "after"),
    "running": Row("is trained", ("running",), *_ASKED, "after"),
    "held": Row("is paused and keeps its worker", ("paused",), *_ASKED, "after"),
    "let go": Row("has just lost its worker, which the engine has not seen yet", _ENDED, *_LATER),
    "put back": Row(
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
    state: State, *, begun: bool, has_writer: bool, waits: bool = False, let_go: bool = False
) -> Stage:
    """The row of `LIFE` that holds for a run.

    Parameters
    ----------
    state: as `Run.status` tells it.
    begun: whether its training has ever written a status.
    has_writer: whether a living process trains or holds it.
    waits: whether it is in the engine's queue.
    let_go: whether its worker is done with it, or dead, and the engine is about to see that.
    """
    if waits:
        return "returning" if begun else "new"
    if has_writer:
        return "held" if state == "paused" else "running"
    if state == "queued":
        return "given"
    if let_go:
        return "let go"
    if not begun:
        return "put back"
    return "damaged" if state == "running" else state  # no recorder leaves a run that is trained by nobody


def request_of(action: Action, epoch: float) -> Request:
    """What is written into `request.json` for an action on a run that is at an epoch."""
    if action in ("stop", "end"):
        return Request(action="stop")
    if action == "pause":
        return Request(action="pause")
    return Request(until_epoch=math.floor(epoch) + 1 if action == "epoch" else None)


def rests(request: Request, epoch: float) -> bool:
    """Whether a request lets a paused run stay paused."""
    reached = request.until_epoch is not None and epoch >= request.until_epoch
    return request.action == "pause" or (request.action == "run" and reached)


_GOES_ON: dict[State, tuple[str, ...]] = {"paused": ("run", "stop"), "stopped": ("run",)}


def goes_on(state: State, request: Request, epoch: float) -> bool:
    """Whether a run that its worker has just let go of was asked for more than that worker has done."""
    return request.action in _GOES_ON.get(state, ()) and not rests(request, epoch)


def state_of(written: State, *, has_writer: bool, lost_writer: bool, waits: bool) -> State:
    """The state that a run is in, from the one in its `status.json`.

    Parameters
    ----------
    written: the state in its file.
    has_writer: whether a living process trains or holds it.
    lost_writer: whether the process that did has died.
    waits: whether it has a place in the queue.
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
    paused: whether it was paused until then, which it stays when it is only released.
    """
    return "paused" if reason == "released" and paused else _AFTER[reason]


_BUTTONS: dict[Action, str] = {
    "pause": "Pause", "resume": "Resume", "epoch": "One epoch", "stop": "Stop", "end": "Stop its group",
}  # fmt: skip
_LEADS_TO: dict[Action, str] = {
    "pause": "`paused`", "resume": "`running`", "epoch": "`running`, then `paused`", "stop": "`stopped`",
    "end": "`stopped`",
}  # fmt: skip
"""What a run becomes once a worker has done what was asked."""


def as_markdown() -> str:
    """Both tables, as the README shows them."""
    states = [
        (f"`{state}`", row.meaning, ", ".join(_BUTTONS[action] for action in row.offers) or "–")
        for state, row in STATES.items()
    ]
    stages = [
        (row.meaning, *(EFFECTS[row.effect(action)] for action in _BUTTONS), EFFECTS[row.delete])
        for row in LIFE.values()
    ]
    heads = [f"{button} → {_LEADS_TO[action]}" for action, button in _BUTTONS.items()]
    return "\n\n".join(
        (
            _table(("State", "Meaning", "Buttons"), states),
            _table(("A run that …", *heads, "Delete"), stages),
        )
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
