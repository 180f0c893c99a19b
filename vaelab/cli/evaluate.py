"""`python -m vaelab evaluate`: losses of a run on the test images, and its measures."""

from __future__ import annotations

import json
import sys
from typing import Any

from vaelab.analysis.load import TrainedRun, load_run
from vaelab.analysis.measure import NotFinite, Subject, measure
from vaelab.config.quantities import QUANTITIES, UNNORMALISED, losses, measures
from vaelab.data.loading import load
from vaelab.models.evaluation import evaluate
from vaelab.models.hardware import cpu_settings
from vaelab.runs.measures import Measures, read_measures
from vaelab.runs.run import Run


def evaluate_here(run: Run, *, as_json: bool) -> int:
    """Print a run's losses as of now, and its measures: those that it keeps, else taken now.

    Returns
    -------
    The exit status, 0. What cannot be loaded raises as `load_run` and `load` do.
    """
    trained = load_run(run)
    with cpu_settings(max(1, run.status().threads)):  # as in training: the same numbers to the last digit
        data = load(trained.config.dataset)
        subject = Subject(trained.model, data, evaluate(trained.model, data.x_test))
    values = subject.values((*losses(), "kl_per_dim"))
    others, problem = _others(trained)
    if as_json:
        sys.stdout.write(json.dumps({"run": run.id, **values, **others}) + "\n")
        return 0
    sys.stdout.write(f"{run.title}, test images\n")
    for name, loss in losses().items():
        shown = _undefined(trained) if values[name] is None else f"{values[name]:.4f} {loss.unit}"
        sys.stdout.write(f"  {name:9}{shown}\n")
    for name, value in others.items():
        sys.stdout.write(f"  {name:19}{_shown(trained, name, value)}\n")
    if problem:
        sys.stdout.write(f"{problem}\n")
    elif others["nll"] is not None and not trained.config.term.is_normalised:
        sys.stdout.write(f"{UNNORMALISED}\n")
    return 0


def _others(trained: TrainedRun) -> tuple[dict[str, Any], str]:
    """The measures that are not in an evaluation, and why they are missing if they are."""
    try:
        found = read_measures(trained.run) or measure(
            trained.model, load(trained.config.dataset), trained.run.status().step
        )
    except NotFinite as error:
        found = Measures(step=0, problem=str(error))
    names = [name for name in measures() if name not in (*losses(), "kl_per_dim")]
    return {name: found.values.get(name) for name in names}, found.problem


def _undefined(trained: TrainedRun) -> str:
    return f"not defined for {trained.config.traits.phrase}"


def _shown(trained: TrainedRun, name: str, value: Any) -> str:
    quantity = QUANTITIES[name]
    if not quantity.is_defined(trained.config):
        return _undefined(trained)
    return "-" if value is None else f"{quantity.in_words(value)} {quantity.unit}"
