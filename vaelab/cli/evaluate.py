"""`python -m vaelab evaluate`: losses of a run on the test images, and its measures."""

from __future__ import annotations

import json
import sys
from typing import Any

from vaelab.analysis.load import TrainedRun, load_run
from vaelab.analysis.measure import NotFinite, measure
from vaelab.data.loading import load
from vaelab.models.evaluation import evaluate
from vaelab.models.hardware import cpu_settings
from vaelab.runs.measures import MEASURES, UNNORMALISED, in_words, is_defined, read_measures
from vaelab.runs.run import Run

LOSSES = {"recon": "nats per image", "kl": "nats per image", "neg_elbo": "nats per image", "mse": "per pixel"}
OTHERS = tuple(name for name in MEASURES if name not in (*LOSSES, "kl_per_dim"))


def evaluate_here(run: Run, *, as_json: bool) -> int:
    """Print a run's losses as of now, and its measures: those that it keeps, else taken now.

    Returns
    -------
    The exit status, 0. What cannot be loaded raises as `load_run` and `load` do.
    """
    trained = load_run(run)
    with cpu_settings(max(1, run.status().threads)):  # as in training: the same numbers to the last digit
        result = evaluate(trained.model, load(trained.config.dataset).x_test)
    values = {name: getattr(result, name) for name in (*LOSSES, "kl_per_dim")}
    measured, problem = _measured(trained)
    if as_json:
        sys.stdout.write(json.dumps({"run": run.id, **values, **measured}) + "\n")
        return 0
    sys.stdout.write(f"{run.title}, test images\n")
    for name, unit in LOSSES.items():
        shown = "not defined for an AE" if values[name] is None else f"{values[name]:.4f} {unit}"
        sys.stdout.write(f"  {name:9}{shown}\n")
    for name, value in measured.items():
        sys.stdout.write(f"  {name:19}{_shown(trained, name, value)}\n")
    if problem:
        sys.stdout.write(f"{problem}\n")
    elif measured["nll"] is not None and not trained.config.term.is_normalised:
        sys.stdout.write(f"{UNNORMALISED}\n")
    return 0


def _measured(trained: TrainedRun) -> tuple[dict[str, Any], str]:
    """What is not among the losses, and why it is missing if it is."""
    measures, problem = read_measures(trained.run), ""
    if measures is None:
        try:
            data = load(trained.config.dataset)
            measures = measure(trained.model, data, trained.run.status().step)
        except NotFinite as error:
            problem = str(error)
    return {name: getattr(measures, name, None) for name in OTHERS}, problem or getattr(
        measures, "problem", ""
    )


def _shown(trained: TrainedRun, name: str, value: Any) -> str:
    if not is_defined(name, trained.config):
        return "not defined for an AE"
    return "-" if value is None else f"{in_words(name, value)} {MEASURES[name].unit}"
