"""`python -m vaelab evaluate`: losses of a run on the test images, and its measures."""

import json
import sys
from typing import Any

from vaelab.analysis.load import TrainedRun, load_run
from vaelab.analysis.measure import NotFinite, Subject, measure
from vaelab.config import QUANTITIES, losses, measures
from vaelab.config.quantities import UNNORMALISED
from vaelab.data import load
from vaelab.models.evaluation import evaluate
from vaelab.models.hardware import cpu_settings
from vaelab.runs import Measures, Run, read_measures


def evaluate_here(run: Run, *, as_json: bool) -> None:
    """Print a run's losses on the test images, and its measures, which are computed if the run has none yet.

    Raises what `load_run` and `load` raise.
    """
    trained = load_run(run)
    # The number of threads that trained the run gives the same losses to the last digit.
    with cpu_settings(max(1, run.status().threads)):
        data = load(trained.config.dataset)
        subject = Subject(trained.model, data, evaluate(trained.model, data.x_test))
    values = subject.values((*losses(), "kl_per_dim"))
    others, problem = _others(trained)
    if as_json:
        sys.stdout.write(json.dumps({"run": run.id, **values, **others}) + "\n")
        return
    sys.stdout.write(f"{run.title}, test images\n")
    for name, loss in losses().items():
        text = _undefined(trained) if values[name] is None else f"{values[name]:z.4f} {loss.unit}"
        sys.stdout.write(f"  {name:9}{text}\n")
    for name, value in others.items():
        sys.stdout.write(f"  {name:19}{_in_words(trained, name, value)}\n")
    if problem:
        sys.stdout.write(f"{problem}\n")
    elif others["nll"] is not None and not trained.config.term.is_normalised:
        sys.stdout.write(f"{UNNORMALISED}\n")


def _others(trained: TrainedRun) -> tuple[dict[str, Any], str]:
    """The measures that an evaluation does not include, and a sentence why they are missing, or ""."""
    try:
        measured = read_measures(trained.run)
        if measured is None or not measured.is_complete:
            step = trained.run.status().step
            measured = measure(trained.model, load(trained.config.dataset), step)
    except NotFinite as error:
        measured = Measures(step=0, problem=str(error))
    names = [name for name in measures() if name not in (*losses(), "kl_per_dim")]
    return {name: measured.values.get(name) for name in names}, measured.problem


def _undefined(trained: TrainedRun) -> str:
    return f"not defined for {trained.config.traits.phrase}"


def _in_words(trained: TrainedRun, name: str, value: Any) -> str:
    quantity = QUANTITIES[name]
    if not quantity.is_defined(trained.config):
        return _undefined(trained)
    return "-" if value is None else f"{quantity.in_words(value)} {quantity.unit}"
