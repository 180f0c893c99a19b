"""A quantity that is only registered, with its function or its field of the events, is shown everywhere."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from vaelab.analysis.measure import COMPUTED
from vaelab.cli.main import main
from vaelab.config import QUANTITIES, Quantity, RunConfig
from vaelab.config.quantities import losses_of
from vaelab.paths import EXAMPLES
from vaelab.runs import Measures, Run, is_measured, read_measures
from vaelab.runs.measures import write_measures
from vaelab.sweeps.results import as_csv, best, criteria, from_row, result, row

MEASURE = Quantity(
    name="sharpness", label="sharpness", unit="per pixel", digits=3, better="higher", across_likelihoods=True,
    meaning="How much neighbouring pixels of reconstructions differ.",
)  # fmt: skip
LOSS = Quantity(
    name="overlap", label="overlap", unit="% of pixels", digits=1, better="higher", taken="evaluation",
    meaning="How many pixels of reconstructions are those of their images.",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    for quantity, value in ((MEASURE, 0.25), (LOSS, 80.5)):
        monkeypatch.setitem(QUANTITIES, quantity.name, quantity)
        monkeypatch.setitem(COMPUTED, quantity.name, lambda subject, value=value: value)


def test_a_new_measure_is_computed_printed_and_kept(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("VAELAB_RUNS", str(tmp_path))
    run = Run(tmp_path / "0123abcd")
    shutil.copytree(EXAMPLES / "linear-ae", run.path)
    known = read_measures(run)
    assert known is not None
    assert (known.values["mse"] is not None, "sharpness" in known.values) == (True, False)
    assert not is_measured(run), "what lacks the new measure is measured anew"
    assert main(["evaluate", run.id, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["sharpness"], printed["overlap"]) == (0.25, 80.5)
    values = {name: value for name, value in printed.items() if name != "run"}
    write_measures(run, Measures(step=run.status().step, values=values))
    assert is_measured(run)
    assert main(["evaluate", run.id]) == 0
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    assert ["sharpness", "0.250 per pixel"] in lines
    assert ["overlap", "80.5000 % of pixels"] in lines


def test_a_sweep_can_choose_by_a_new_loss_and_has_it_in_its_csv() -> None:
    configs = [RunConfig(model="ae", latent_dim=latent_dim) for latent_dim in (2, 8)]
    results = [
        result("", config, ("latent_dim",), "finished",
               {"recon": 100, "mse": 0.1, "overlap": share, "held_out_overlap": share - 1, "seconds": 2.0})
        for config, share in zip(configs, (70.0, 90.0), strict=True)
    ]  # fmt: skip
    assert criteria(configs) == ("recon", "mse", "overlap")
    leading = best(results, "overlap")
    assert leading is not None
    assert (leading.values, leading.held_out.mean, leading.test.mean) == ((8,), 89, 90)
    rows = list(csv.DictReader(io.StringIO(as_csv(("latent_dim",), results))))
    assert [(each["held_out_overlap"], each["test_overlap"]) for each in rows] == [
        ("69.0", "70.0"), ("89.0", "90.0"),
    ]  # fmt: skip
    assert from_row(configs[0], ("latent_dim",), row(("latent_dim",), results[0])) == results[0]


def test_events_without_a_new_loss_keep_their_others(tmp_path: Path) -> None:
    assert losses_of({"recon": 1.0, "mse": 0.1}, RunConfig()) == {"recon": 1.0, "mse": 0.1}
