"""The table of measures on Compare: what is marked best, among whom, and what an AE has not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.exploring import make_run, visit
from vaelab.config import RunConfig, measures
from vaelab.files import write_json
from vaelab.runs import Measures, Run
from vaelab.runs.measures import write_measures

App = Callable[[], AppTest]

TINY = RunConfig(train_size=200, hidden="16", batch_size=50, epochs=1)
STEP = 4


def finished(folder: Path, value: float | None, **changes: Any) -> Run:
    """A run that is over, all of whose measures are one value; none are taken yet if that is None."""
    run = make_run(folder, TINY.variant(**changes))
    write_json(run.path / "status.json", {"state": "finished", "step": STEP, "epoch": 1.0})
    if value is not None:
        values: dict[str, Any] = {
            name: value if measure.is_defined(run.config) else None for name, measure in measures().items()
        }
        if values["kl_per_dim"] is not None:
            values |= {"kl_per_dim": [value, value], "active_units": 1}
        write_measures(run, Measures(step=STEP, values=values))
    return run


def cells(app: App, *runs: Run) -> dict[str, list[str]]:
    """What stands in the columns of the runs, by measure."""
    page = visit(app(), "compare", runs=",".join(run.id for run in runs))
    assert not page.exception
    rows = page.table[1].value.astype(str).to_numpy().tolist()
    return dict(zip(measures(), (row[1:-1] for row in rows), strict=True))


def marked(row: list[str]) -> list[bool]:
    return ["(best)" in cell for cell in row]


def test_an_ae_has_no_kl_no_elbo_no_likelihood_and_is_in_no_such_ranking(app: App, runs: Path) -> None:
    vae, worse, ae = finished(runs, 0.2), finished(runs, 0.3, seed=1), finished(runs, 0.1, model="ae")
    table = cells(app, vae, worse, ae)
    for name, measure in measures().items():
        assert (table[name][2] == "not defined") == (not measure.is_defined(ae.config)), name
    for name in ("neg_elbo", "nll"):
        assert marked(table[name]) == [True, False, False]
    for name in ("recon", "mse"):
        assert marked(table[name]) == [False, False, True]
    for name in ("neighbour_accuracy", "probe_accuracy"):
        assert marked(table[name]) == [False, True, False]


def test_across_likelihoods_only_errors_and_accuracies_are_compared(app: App, runs: Path) -> None:
    table = cells(app, finished(runs, 0.2), finished(runs, 0.1, reconstruction="mse"))
    for name, measure in measures().items():
        assert any(marked(table[name])) == (measure.across_likelihoods and measure.better != "neither"), name


def test_nothing_is_ranked_across_data_sets(app: App, runs: Path) -> None:
    table = cells(app, finished(runs, 0.2), finished(runs, 0.1, dataset="fashion-mnist"))
    assert not any(any(marked(row)) for row in table.values())


@pytest.mark.parametrize("has_been_taken", [True, False])
def test_measures_that_are_not_taken_yet_are_awaited(has_been_taken: bool, app: App, runs: Path) -> None:
    first, second = finished(runs, 0.2), finished(runs, 0.1 if has_been_taken else None)
    page = visit(app(), "compare", runs=f"{first.id},{second.id}")
    column = page.table[1].value.astype(str).to_numpy()[:, 2].tolist()
    assert (set(column) == {"being computed …"}) != has_been_taken
