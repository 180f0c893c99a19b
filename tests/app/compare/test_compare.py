"""The page Compare: which runs it shows, and what of them is compared with what."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.support.exploring import (
    change_address,
    figure,
    has,
    is_well,
    make_run,
    numbers,
    pixels,
    record_run,
    sentences,
    setting,
    shown,
    visit,
)
from tests.support.runs_page import idle_worker
from vaelab.config import RunConfig
from vaelab.data import load
from vaelab.paths import EXAMPLES
from vaelab.runs import Run, RunStore

App = Callable[[], AppTest]

TINY = RunConfig(train_size=200, hidden="16", batch_size=50, epochs=1)


def compare(app: App, *runs: str, **more: str) -> AppTest:
    return visit(app(), "compare", **({"runs": ",".join(runs)} if runs else {}), **more)


def table(page: AppTest) -> list[list[str]]:
    """The table of settings, row by row, with its header."""
    found = page.table[0].value
    return [list(found.columns), *found.astype(str).to_numpy().tolist()]


def charts(page: AppTest) -> list[str]:
    """The keys of all charts: `compare_<term>_<scale>`."""
    terms = [f"compare_{term}_{number}" for number in range(6) for term in ("neg_elbo", "recon", "kl")]
    return [key for key in terms if has(page, key)]


def test_a_newcomer_sees_the_shipped_twins(app: App) -> None:
    page = compare(app)
    assert is_well(page)
    assert setting(page, "runs") == ["vae-2d", "ae-2d"]
    assert page.query_params["runs"] == "vae-2d,ae-2d"
    assert table(page)[0] == ["Run", "State", "Model"]  # twins differ in nothing else
    assert charts(page) == ["compare_neg_elbo_0", "compare_recon_0", "compare_kl_0"]


def test_an_ae_is_in_no_sum_and_no_kl(app: App) -> None:
    page = compare(app, "vae-2d", "ae-2d")
    names = {key: {line["name"] for line in figure(page, key)["data"]} for key in charts(page)}
    assert names == {
        "compare_neg_elbo_0": {"A VAE"},
        "compare_recon_0": {"A VAE", "B AE"},
        "compare_kl_0": {"A VAE"},
    }


def test_likelihoods_have_charts_of_their_own_and_a_sentence(app: App) -> None:
    page = compare(app, "ae-2d", "linear-ae", "vae-2d")
    assert charts(page) == ["compare_neg_elbo_0", "compare_recon_0", "compare_kl_0", "compare_recon_1"]
    assert any("not comparable across" in text for text in sentences(page))
    assert {line["name"] for line in figure(page, "compare_recon_1")["data"]} == {"B AE"}


def test_the_sum_is_what_the_run_recorded(app: App) -> None:
    events = [json.loads(line) for line in (EXAMPLES / "vae-2d" / "events.jsonl").read_text().splitlines()]
    expected = [event["recon"] + event["kl"] for event in events if event["event"] == "evaluated"]
    lines = figure(compare(app), "compare_neg_elbo_0")["data"]
    test = next(line for line in lines if line["mode"] == "lines+markers")
    assert np.allclose(numbers(test["y"]), expected, rtol=1e-5)


def test_the_planes_share_one_cursor_and_show_one_image(app: App) -> None:
    page = compare(app, "vae-2d", "ae-2d", anchor="42")
    planes = [shown(page, f"compare_plane_{letter}") for letter in "AB"]
    assert {plane["shared"]["channel"] for plane in planes} == {"compare"}
    assert [plane["shared"]["prior"] for plane in planes] == [True, False]
    assert [plane["chosen"] for plane in planes] == [42, 42]


def test_a_link_to_a_place_opens_it_on_every_plane(app: App) -> None:
    page = compare(app, "vae-2d", "ae-2d", place="0.25,0.75")
    planes = [shown(page, f"compare_plane_{letter}") for letter in "AB"]
    assert [plane["shared"]["position"] for plane in planes] == [[0.25, 0.75]] * 2
    assert [plane["chosen"] for plane in planes] == [None, None]
    wrong = compare(app, "vae-2d", "ae-2d", place="2,0")
    assert any(
        "“Place of the cursor” (place) must be two numbers from 0 to 1" in text for text in sentences(wrong)
    )


def test_reconstructions_are_of_the_same_images_in_every_row(app: App) -> None:
    from vaelab.analysis.load import load_run
    from vaelab.models.codes import reconstruct

    page = compare(app, "vae-2d", "ae-2d", anchor="42")
    sheet = shown(page, "compare_reconstructions_0")["sheets"][0]
    rows = pixels(sheet["source"])[..., 0] if pixels(sheet["source"]).ndim == 3 else pixels(sheet["source"])
    image = load("mnist").x_test[42:43]
    assert np.array_equal(rows[:28, :28], image[0, 0])
    for row, run in enumerate(("vae-2d", "ae-2d"), 1):
        made = reconstruct(load_run(Run(EXAMPLES / run)).model, image)[0, 0].astype(int)
        assert np.abs(rows[29 * row : 29 * row + 28, :28] - made).max() <= 1
    assert [label.split()[0] for label in sheet["row_labels"]] == ["image", "A", "B"]


def test_unknown_and_malformed_runs_get_a_sentence(app: App) -> None:
    page = compare(app, "vae-2d", "no-such-run", "ae-2d")
    assert setting(page, "runs") == ["vae-2d", "ae-2d"]
    assert any("There is no run 'no-such-run'" in text for text in sentences(page))
    page = compare(app, "![x](http://127.0.0.1/x.png)")
    assert any("“Runs” must be ids of at most 6 runs" in text for text in sentences(page))
    assert not page.exception
    assert setting(page, "runs") == ["vae-2d", "ae-2d"]


def test_one_run_alone_is_not_a_comparison(app: App) -> None:
    page = compare(app, "vae-2d")
    assert any("Choose two to six runs" in text for text in sentences(page))
    assert not page.exception
    assert charts(page) == []


def test_a_deleted_run_is_dropped_with_a_sentence(app: App, runs: Path) -> None:
    run = make_run(runs, TINY)
    page = compare(app, "vae-2d", "ae-2d", run.id)
    assert not page.exception
    shutil.rmtree(run.path)
    page.run()
    assert setting(page, "runs") == ["vae-2d", "ae-2d"]
    assert any("There is no run" in text for text in sentences(page))
    assert page.query_params["runs"] == "vae-2d,ae-2d"


def test_a_run_without_training_has_settings_and_no_pictures(app: App, runs: Path) -> None:
    run = make_run(runs, TINY, weights=False)
    page = compare(app, "vae-2d", run.id)
    assert not page.exception
    assert any("B VAE has no pictures" in text for text in sentences(page))
    assert len(table(page)) == 3
    assert has(page, "compare_plane_A")
    assert not has(page, "compare_plane_B")


@pytest.mark.parametrize("file", ["config.json", "status.json", "model.safetensors"])
def test_a_damaged_run_gets_a_sentence(file: str, app: App, runs: Path) -> None:
    run = record_run(runs, TINY)
    (run.path / file).write_text("{")
    page = compare(app, "vae-2d", "ae-2d", run.id)
    assert not page.exception
    assert any(run.id in text for text in sentences(page))
    assert charts(page)


def test_different_images_are_shown_apart_and_nothing_is_compared(app: App) -> None:
    page = compare(app, "vae-2d", "vae-2d-fashion")
    assert not page.exception
    assert any("learnt different images" in text for text in sentences(page))
    assert charts(page)[3:] == ["compare_neg_elbo_1", "compare_recon_1", "compare_kl_1"]
    assert [len(shown(page, f"compare_reconstructions_{number}")["sheets"]) for number in (0, 1)] == [1, 1]


def test_a_run_that_waits_is_followed_live(app: App, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaelab.engine.engine.WorkerProcess", idle_worker)  # else it soon trains
    run = RunStore(runs).create(TINY)
    run.set_meta(place=7.0)
    page = compare(app, "ae-2d", run.id)
    assert not page.exception
    assert page.button(key="compare_stop").label == "Stop training"
    assert shown(page, "compare_plane_A")["live"]
    assert not has(page, "compare_plane_B")


def test_back_opens_the_runs_before(app: App) -> None:
    page = compare(app, "vae-2d", "ae-2d")
    page.multiselect(key="compared_runs").set_value(["vae-2d", "beta-vae"]).run()
    assert page.query_params["runs"] == "vae-2d,beta-vae"
    assert shown(page, "compare_plane_B")["run"] == "beta-vae"
    change_address(page, runs="vae-2d,ae-2d")
    assert shown(page, "compare_plane_B")["run"] == "ae-2d"


def test_the_picker_can_be_emptied(app: App) -> None:
    page = compare(app, "vae-2d", "beta-vae")
    page.multiselect(key="compared_runs").set_value([]).run()
    assert any("Choose two to six runs" in text for text in sentences(page))
    page.multiselect(key="compared_runs").set_value(["ae-2d", "vae-20d"]).run()
    assert is_well(page)
    assert setting(page, "runs") == ["ae-2d", "vae-20d"]


def test_the_newest_twins_are_what_one_comes_back_to(
    app: App, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAELAB_SINGLE_USER", "1")
    store = RunStore(runs)
    pair = [store.create(TINY.variant(model=model), group="twins-1", kind="twins") for model in ("vae", "ae")]
    page = compare(app)
    assert not page.exception
    assert setting(page, "runs") == [run.id for run in pair]
