"""What a table of runs says of each: its state, its last test losses, its settings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from vaelab.config.presets import PRESETS
from vaelab.config.quantities import Losses, losses
from vaelab.config.run_config import RunConfig
from vaelab.runs.errors import RunDamaged
from vaelab.runs.records import Finite, Seconds, checked
from vaelab.runs.run import Run
from vaelab.runs.status import Meta, Status

TAIL = 131_072
"""Bytes at the end of the events in which the last evaluation is found: an epoch's events have 35,000."""


@dataclass(frozen=True)
class Evaluation:
    """The last evaluation of a run on the test images."""

    losses: dict[str, Finite]
    """By name; those that are not defined for the run are left out."""
    seconds: Seconds
    """Spent training until then."""


@dataclass(frozen=True)
class Summary:
    """One run as a table shows it; what cannot be read is None."""

    run: Run
    status: Status
    config: RunConfig | None
    meta: Meta | None
    evaluation: Evaluation | None

    @property
    def title(self) -> str:
        """Its name, an example's preset, or what it is; the start of its id if not even that can be read."""
        if self.run.shipped and self.run.id in PRESETS:
            return PRESETS[self.run.id].title
        return self.run.title if self.config and self.meta else f"Run {self.run.id[:8]} …"

    @property
    def seconds(self) -> float | None:
        """Time spent training, as far as it is known."""
        return self.status.seconds or (self.evaluation.seconds if self.evaluation else None)

    @property
    def losses(self) -> Losses:
        """Those of the last evaluation; none before the first."""
        return self.evaluation.losses if self.evaluation else {}

    @property
    def has_learned(self) -> bool:
        """Whether it has weights that were trained."""
        return self.run.has_model() and self.status.step > 0

    @property
    def can_be_trained_on(self) -> bool:
        """Whether it has kept the state of its optimizer."""
        return (self.run.path / "resume.safetensors").exists()


def summarise(run: Run) -> Summary:
    """Read a run; a damaged one is summarised as such, with the reason as its message."""
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
                continue  # torn by a power cut, or the second half of a line
    return None


def _evaluation(said: dict[str, Any]) -> Evaluation:
    found = {
        name: said.get(name)
        for name, loss in losses().items()
        if name in said and not (loss.needs and said[name] is None)
    }
    return checked(Evaluation, {"losses": found, "seconds": said.get("seconds")})
