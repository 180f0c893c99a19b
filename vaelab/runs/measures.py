"""The measures of a finished run, as the file `measures.json` of its folder keeps them.

`vaelab.config.quantities` describes them, `vaelab.analysis.measure` computes them. No PyTorch here.
"""

import json
import sys
from dataclasses import dataclass, field
from typing import Any

from vaelab.config import Quantity, RunConfig, measures
from vaelab.files import write_json
from vaelab.runs.life import State
from vaelab.runs.records import checked
from vaelab.runs.run import Run

FILE = "measures.json"

VERSION = 1
"""Version of the definitions of the measures; results of another version are computed again."""

MEASURED: frozenset[State] = frozenset({"finished", "stopped", "diverged"})
"""States of a run that can be measured: in all others the weights will change, or do not fit its step."""


@dataclass(frozen=True, kw_only=True)
class Measures:
    """The measures of a run on the test images."""

    version: int = VERSION
    step: int
    """Step of the weights that were measured."""
    problem: str = ""
    """A sentence why the weights could not be measured; there are no values then."""
    values: dict[str, Any] = field(default_factory=dict)
    """Values by the name of the quantity; None for a quantity that is not defined for the run.

    A quantity that VAE Lab had not yet when the run was measured is absent.
    """

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to measure."""
        return bool(self.problem) or self.values.keys() >= measures().keys()


def is_measured(run: Run) -> bool:
    """Whether a run has all measures of its present weights; raises RunDamaged."""
    result = read_measures(run)
    return result is not None and result.is_complete


def read_measures(run: Run) -> Measures | None:
    """The measures of a run's present weights; None if these were not measured, or the file cannot be read.

    Raises
    ------
    RunDamaged
        If the run's config or status cannot be read.
    """
    step, config = run.status().step, run.config
    try:
        content = json.loads((run.path / FILE).read_text(encoding="utf-8"))
        known = {name: content[name] for name in measures() if name in content}
        values = {
            name: known.get(name)
            for name, quantity in measures().items()
            if name in known or not quantity.is_defined(config)
        }
        result = checked(Measures, {**content, "values": {} if content.get("problem") else values})
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    if result.version != VERSION or result.step != step:
        return None
    if result.problem:
        is_valid = len(result.problem) <= 500 and all(value is None for value in known.values())
    else:
        is_valid = bool(known) and all(
            _is_possible(measures()[name], value, config) for name, value in values.items()
        )
    return result if is_valid else None


def write_measures(run: Run, result: Measures) -> None:
    """Write the measures into the run's folder; raises OSError."""
    head = {"version": result.version, "step": result.step, "problem": result.problem}
    write_json(run.path / FILE, {**head, **dict.fromkeys(measures()), **result.values})


def _is_possible(quantity: Quantity, value: Any, config: RunConfig) -> bool:
    """Whether a run of this config can have the value: pages compute and draw with it."""
    if not quantity.is_defined(config):
        return value is None
    if quantity.form == "per dimension":
        return isinstance(value, list) and len(value) == config.latent_dim and all(map(_is_number, value))
    most = {"number": sys.float_info.max, "share": 1, "count": config.latent_dim}[quantity.form]
    whole = quantity.form != "count" or isinstance(value, int)
    return whole and _is_number(value) and (0 if quantity.form != "number" else -most) <= value <= most


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= sys.float_info.max
