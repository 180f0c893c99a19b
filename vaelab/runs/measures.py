"""What a finished run is worth: the values of its measures as its folder keeps them.

`vaelab.config.quantities` describes them, `vaelab.analysis.measure` computes them. No PyTorch here.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import Any

from vaelab.config.quantities import Quantity, measures
from vaelab.config.run_config import RunConfig
from vaelab.files import write_json
from vaelab.runs.life import State
from vaelab.runs.records import checked
from vaelab.runs.run import Run

FILE = "measures.json"

VERSION = 1
"""Of what the measures mean; values of another version are taken anew."""

MEASURED: frozenset[State] = frozenset({"finished", "stopped", "diverged"})
"""States of a run that can be measured: in all others its weights will change, or are not of its step."""


@dataclass(frozen=True, kw_only=True)
class Measures:
    """The measures of a run on the test images."""

    version: int = VERSION
    step: int
    """Of the weights that were measured."""
    problem: str = ""
    """Why they could not be measured, a sentence; there are no values then."""
    values: dict[str, Any] = field(default_factory=dict)
    """By the name of the quantity; None where one is not defined for the run."""


def read_measures(run: Run) -> Measures | None:
    """The measures of a run's present weights; None if they have not been taken, or cannot be read.

    Raises
    ------
    RunDamaged
        If the run's config or status cannot be read.
    """
    step, config = run.status().step, run.config
    try:
        said = json.loads((run.path / FILE).read_text(encoding="utf-8"))
        values = {name: said.get(name) for name in measures()}
        found = checked(Measures, {**said, "values": {} if said.get("problem") else values})
    except (OSError, ValueError, AttributeError, RecursionError):
        return None
    if found.version != VERSION or found.step != step:
        return None
    if found.problem:
        sane = len(found.problem) <= 500 and all(value is None for value in values.values())
    else:
        sane = all(_is_possible(quantity, values[name], config) for name, quantity in measures().items())
    return found if sane else None


def write_measures(run: Run, found: Measures) -> None:
    """Keep measures with their run; raises OSError."""
    told = {"version": found.version, "step": found.step, "problem": found.problem}
    write_json(run.path / FILE, {**told, **dict.fromkeys(measures()), **found.values})


def _is_possible(quantity: Quantity, value: Any, config: RunConfig) -> bool:
    """Whether it can be that of a run of this config: pages compute and draw with it."""
    if not quantity.is_defined(config):
        return value is None
    if quantity.form == "per dimension":
        return isinstance(value, list) and len(value) == config.latent_dim and all(map(_is_number, value))
    most = {"number": sys.float_info.max, "share": 1, "count": config.latent_dim}[quantity.form]
    whole = quantity.form != "count" or isinstance(value, int)
    return whole and _is_number(value) and (0 if quantity.form != "number" else -most) <= value <= most


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= sys.float_info.max
