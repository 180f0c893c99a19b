"""Run folders that earlier code wrote can be taken elsewhere: as a zip, as files, as a script."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from tests.support.bundles import FILES, contents_of
from tests.support.golden_scripts import printed_losses
from tests.support.old_runs import AE, FOLDER, NAMES, VAE
from vaelab.analysis.load import load_run
from vaelab.cli.main import main
from vaelab.export.bundle import bundle, import_bundle
from vaelab.models.codes import decode
from vaelab.runs import History, RunStore, read_weights

Output = pytest.CaptureFixture[str]


@pytest.mark.parametrize(("name", "epochs"), [(AE, "2 of 2"), (VAE, "2 of 3")])
def test_their_zips_are_imported_again(name: str, epochs: str, old_store: RunStore, tmp_path: Path) -> None:
    run = old_store.get(name)
    content = bundle(run)
    assert set(contents_of(content)) == FILES
    there = import_bundle(io.BytesIO(content), RunStore(tmp_path / "elsewhere"), "me")
    there.check()
    assert (there.config, there.meta.owner) == (run.config, "me")
    assert there.status().state == "finished"
    assert there.status().message == f"Imported. It was trained for {epochs} epochs."
    assert History(there).steps.rows() == History(run).steps.rows()
    assert History(there).evaluated.rows() == History(run).evaluated.rows()
    weights, expected = read_weights(there), read_weights(run)
    assert weights.keys() == expected.keys()
    assert all(np.array_equal(weights[tensor], expected[tensor]) for tensor in expected)


@pytest.mark.parametrize("name", NAMES)
def test_the_command_line_exports_them(
    name: str, old_store: RunStore, tmp_path: Path, capsys: Output
) -> None:
    folder = tmp_path / "exported"
    assert main(["export", "--runs", str(old_store.root), name, "-o", str(folder)]) == 0
    files = ("config.json", "model.safetensors")
    assert capsys.readouterr().out.splitlines() == [str(folder / file) for file in files]
    for file in files:
        assert (folder / file).read_bytes() == (FOLDER / name / file).read_bytes()
    exported = load_run(folder)
    assert exported.config == old_store.get(name).config
    codes = np.linspace(-1, 1, 6, dtype=np.float32).reshape(3, 2)
    assert np.array_equal(decode(exported.model, codes), decode(load_run(old_store.get(name)).model, codes))


def test_the_command_line_lists_them(old_store: RunStore, capsys: Output) -> None:
    assert main(["runs", "--runs", str(old_store.root), "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["run"]: (row["state"], row["epoch"]) for row in rows} == {
        AE: ("finished", 2.0),
        VAE: ("interrupted", 1.5),
    }


def test_their_scripts_train(old_store: RunStore) -> None:
    printed = printed_losses({name: old_store.get(name).config for name in NAMES})
    # Of the test images, then of those that are held out, after each of two epochs.
    recorded = History(old_store.get(AE)).evaluated
    expected = zip(recorded["recon"], recorded["held_out_recon"], strict=True)
    for row, recon in zip(printed[AE], [recon for both in expected for recon in both], strict=True):
        assert row == [pytest.approx(recon, rel=0.1)]
    # At its few steps, the VAE's losses are not near to anybody's; but they fall.
    assert [len(row) for row in printed[VAE]] == [2, 2, 2]
    recon = [row[0] for row in printed[VAE]]
    assert recon[0] > recon[1] > recon[2] > 0
