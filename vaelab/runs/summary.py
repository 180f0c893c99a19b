"""The summary of a run for tables: its state, its last test losses and its config."""

import json
from dataclasses import dataclass
from typing import Any

from vaelab.config import PRESETS, Losses, RunConfig, losses
from vaelab.runs.errors import RunDamaged
from vaelab.runs.records import Finite, Seconds, checked
from vaelab.runs.run import Run
from vaelab.runs.status import Meta, Status

TAIL = 131_072
"""Bytes at the end of the events in which the last evaluation stands: the events of an epoch have 35,000."""


@dataclass(frozen=True)
class Evaluation:
    """The last evaluation of a run on the test images."""

    losses: dict[str, Finite]
    """Losses by name, without those that are not defined for the run."""
    seconds: Seconds
    """Time spent training until the evaluation."""


@dataclass(frozen=True)
class Summary:
    """One run as a table shows it; a field that cannot be read is None."""

    run: Run
    status: Status
    config: RunConfig | None
    meta: Meta | None
    evaluation: Evaluation | None

    @property
    def title(self) -> str:
        """The name, the preset of an example, or the config in words; if damaged, the start of the id."""
        if self.run.shipped and self.run.id in PRESETS:
            return PRESETS[self.run.id].title
        return self.run.title if self.config and self.meta else f"Run {self.run.short_id} …"

    @property
    def seconds(self) -> float | None:
        """Time spent training; None if it is not known."""
        return self.status.seconds or (self.evaluation.seconds if self.evaluation else None)

    @property
    def losses(self) -> Losses:
        """Losses of the last evaluation; none before the first."""
        return self.evaluation.losses if self.evaluation else {}

    @property
    def has_learned(self) -> bool:
        """Whether the run has weights that were trained."""
        return self.run.has_model() and self.status.step > 0

    @property
    def can_be_trained_on(self) -> bool:
        """Whether the run has kept the state of its optimizer."""
        return (self.run.path / "resume.safetensors").exists()


def summarise(run: Run) -> Summary:
    """Read a run; a damaged run gets the state `damaged` and the reason as its message."""
    config = meta = None
    try:
        meta = run.meta
        config = run.config
        run.check()
        return Summary(run, run.status(), config, meta, last_evaluation(run))
    except RunDamaged as error:
        return Summary(run, Status(state="damaged", message=str(error)), config, meta, None)


def last_evaluation(run: Run) -> Evaluation | None:
    """The last evaluation, read from the end of the run's events; None if there is none."""
    try:
        with (run.path / "events.jsonl").open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - TAIL))
            lines = file.read().splitlines(keepends=True)
    except OSError:
        return None
    for line in reversed(lines):
        if b'"evaluated"' in line and line.endswith(b"\n"):
            try:
                return _evaluation(json.loads(line))
            except (ValueError, AttributeError, RecursionError):
                continue  # the line was torn by a power cut, or is the second half of a line
    return None


def _evaluation(event: dict[str, Any]) -> Evaluation:
    defined = {
        name: event[name]
        for name, loss in losses().items()
        if name in event and not (loss.needs and event[name] is None)
    }
    return checked(Evaluation, {"losses": defined, "seconds": event.get("seconds")})
