"""The records of a run besides its config: `Meta` and `Status`, as in `meta.json` and `status.json`."""

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
    """Owner, name, group and place of a run: all that is not about its training."""

    created: Time
    """Seconds since 1970."""
    owner: str = ""
    name: str = ""
    group: str = ""
    """Random text that the runs of one group have in common; empty for a single run."""
    kind: GroupKind = ""
    """Kind of the group; empty for a single run. Twins are one turn in the queue."""
    axes: tuple[str, ...] = ()
    """Fields of `RunConfig` that vary over a sweep."""
    planned: Count = 0
    """Number of runs that the group began with; runs that were stopped before they began are gone."""
    threads: Threads = 0
    """Processor threads of a run of a group; 0 for as many as the engine gives a single run."""
    place: Finite | None = None
    """Order in the queue: the smallest is first. None if the run does not wait."""
    parent: str = ""
    """Id of the run that this one goes on from."""
    shared: bool = False
    """Whether the owner lets everybody on this server watch the run as a recording of its recipe."""
    note: str = ""
    """A sentence why the engine itself paused or ended the run; empty after the next request."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """How a run's training stands, as its writer last wrote."""

    state: State
    step: Count = 0
    epoch: Amount = 0.0
    prepared: Amount = 0.0
    """Progress of what comes before the first step, such as a download, from 0 to 1."""
    steps_per_epoch: Count = 0
    images_per_second: Amount = 0.0
    seconds: Seconds = 0.0
    """Time spent training, as of the last evaluation or the end."""
    changes: Count = 0
    """Number of times that a dial was moved while it trained."""
    threads: Threads = 0
    precision: str = ""
    device: str = ""
    message: str = ""
    host: str = ""
    pid: Annotated[int, Ge(0), Le(2**31 - 1)] = 0
    """Number of the process that trains the run; 0 after it has released the run."""
    heartbeat: Time = 0.0
    """Time of the writer's last sign of life, in seconds since 1970."""

    @property
    def active(self) -> bool:
        """Whether the run waits, trains or is paused."""
        return self.state in ACTIVE

    @property
    def has_writer(self) -> bool:
        """Whether a living process trains the run, or keeps it while it is paused."""
        return self.claims_writer and _writer_lives(self)

    @property
    def claims_writer(self) -> bool:
        """Whether the status names a process that trains or keeps the run."""
        return self.state in ("running", "paused") and self.pid != 0


def with_kind(meta: dict[str, Any]) -> dict[str, Any]:
    """The values of a `meta.json` with `Meta.kind`; in older files the group begins with the kind."""
    prefix = str(meta.get("group", "")).partition("-")[0]
    return {"kind": prefix if prefix in ("twins", "sweep") else "", **meta}


def random_part(group: str) -> str:
    """The random part of a group's name; in older files the group begins with its kind and a hyphen."""
    return group.rpartition("-")[2]


def _writer_lives(status: Status) -> bool:
    if status.host != socket.gethostname():
        return time.time() - status.heartbeat < HEARTBEAT
    try:
        writer = psutil.Process(status.pid)
        # A zombie is dead and only waits for its parent; a younger process has got the number of a dead one.
        return writer.status() != psutil.STATUS_ZOMBIE and writer.create_time() <= status.heartbeat + 1
    except psutil.Error:
        return False
