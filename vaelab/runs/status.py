"""What is known of a run besides its config: `Meta` and `Status`, as their JSON files hold them."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import psutil
from annotated_types import Ge, Le

from vaelab.runs.life import ACTIVE, State
from vaelab.runs.records import Amount, Count, Finite, Seconds, Threads, Time

GroupKind = Literal["", "twins", "sweep"]

HEARTBEAT = 15.0
"""Seconds without a sign of life after which a writer on another machine counts as dead."""


@dataclass(frozen=True, kw_only=True)
class Meta:
    """What is known of a run besides its training."""

    created: Time
    """Seconds since 1970."""
    owner: str = ""
    name: str = ""
    group: str = ""
    """Random text that the runs of one group have in common; empty for a run of its own."""
    kind: GroupKind = ""
    """What the group is. Twins are one turn in the queue."""
    axes: tuple[str, ...] = ()
    """Fields of `RunConfig` that vary over the group, if it is a sweep."""
    planned: Count = 0
    """Runs that its group was made of: those that were stopped before they began are gone."""
    threads: Threads = 0
    """Of the processor, settled for a run of a group; 0 for as many as the engine gives a lone run."""
    place: Finite | None = None
    """Order in the queue, smaller is sooner; None if it does not wait."""
    parent: str = ""
    """Id of the run that this one trains on."""
    shared: bool = False
    """Whether its owner lets everybody on this server watch it as a recording of its recipe."""
    note: str = ""
    """Why the engine paused or ended it by itself, a sentence; empty once something is asked of it."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """How a run's training stands, as its writer last said."""

    state: State
    step: Count = 0
    epoch: Amount = 0.0
    prepared: Amount = 0.0
    """Share of what has to be there before the first step, such as a download, from 0 to 1."""
    steps_per_epoch: Count = 0
    images_per_second: Amount = 0.0
    seconds: Seconds = 0.0
    """Spent training, as of the last evaluation or the end."""
    threads: Threads = 0
    precision: str = ""
    device: str = ""
    message: str = ""
    host: str = ""
    pid: Annotated[int, Ge(0), Le(2**31 - 1)] = 0
    """The process that trains; 0 once it has let go of the run."""
    heartbeat: Time = 0.0
    """Seconds since 1970 of the writer's last sign of life."""

    @property
    def active(self) -> bool:
        """Whether the run is not over."""
        return self.state in ACTIVE

    @property
    def has_writer(self) -> bool:
        """Whether a living process trains the run, or holds it while it is paused."""
        return self.claims_writer and _writer_lives(self)

    @property
    def claims_writer(self) -> bool:
        """Whether a process has said that it trains or holds the run, and not yet that it let go of it."""
        return self.state in ("running", "paused") and self.pid != 0


def with_kind(meta: dict[str, Any]) -> dict[str, Any]:
    """The values of a `meta.json`; where they are older than `Meta.kind`, the group's text begins with it."""
    prefix = str(meta.get("group", "")).partition("-")[0]
    return {"kind": prefix if prefix in ("twins", "sweep") else "", **meta}


def _writer_lives(status: Status) -> bool:
    if status.host != socket.gethostname():
        return time.time() - status.heartbeat < HEARTBEAT
    try:
        writer = psutil.Process(status.pid)
        # A zombie is dead and only waits for its parent; a younger process has inherited the number.
        return writer.status() != psutil.STATUS_ZOMBIE and writer.create_time() <= status.heartbeat + 1
    except psutil.Error:
        return False
