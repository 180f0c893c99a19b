"""The Explore pages show the right thing of every kind of run, and say what is wrong with the others."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.support.exploring import (
    HOOKS,
    fit_once,
    is_well,
    kept_image,
    make_run,
    pixels,
    record_run,
    sentences,
    shown,
    titles,
    visit,
)
from tests.support.followed import Followed
from tests.support.visits import visit_of
from vaelab.analysis.pca import pca_error
from vaelab.config import RunConfig
from vaelab.data import DATASETS, Dataset, load
from vaelab.files import write_json
from vaelab.paths import EXAMPLES
from vaelab.runs import History, Run
from vaelab.ui.explore.opened import follow_training
from vaelab.ui.session import saved_at

App = Callable[[], AppTest]


@pytest.fixture(autouse=True)
def _quick_pca(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaelab.analysis.pca.fit", fit_once)


every_page = pytest.mark.parametrize("page", HOOKS)


@every_page
def test_a_first_visit_shows_the_shipped_vae(app: App, page: str) -> None:
    first = visit(app(), page)
    assert is_well(first)
    assert visit_of(first).run == "vae-2d"
    assert len(first.container(key=HOOKS[page]).children) > 0


@every_page
@pytest.mark.parametrize("name", ["ae-2d", "vae-20d", "vae-2d-fashion"])
def test_every_shipped_run_is_shown(app: App, page: str, name: str) -> None:
    assert is_well(visit(app(), page, run=name))


@every_page
@pytest.mark.parametrize("model", ["ae", "vae"])
@pytest.mark.parametrize("dimensions", [1, 20])
def test_codes_of_any_size_are_shown(app: App, runs: Path, page: str, model: str, dimensions: int) -> None:
    run = make_run(runs, RunConfig(model=model, latent_dim=dimensions, hidden="16"))
    first = visit(app(), page, run=run.id)
    assert is_well(first)
    assert visit_of(first).run == run.id


# Reconstructions


def errors(page: AppTest) -> list[float]:
    """The model's errors, in the order of the strips."""
    return [float(sheet["column_labels"][1].split()[1]) for sheet in shown(page, "strips")["sheets"]]


def test_worst_and_best_come_from_both_ends(app: App) -> None:
    page = visit(app(), "reconstructions", run="ae-2d", sort="worst", count="3")
    worst = errors(page)
    page.selectbox(key="view_sort").select("best").run()
    best = errors(page)
    assert len(worst) == len(best) == 3
    assert worst == sorted(worst, reverse=True)
    assert best == sorted(best)
    assert min(worst) > max(best)


def test_a_class_is_chosen_by_name(app: App) -> None:
    page = visit(app(), "reconstructions", run="vae-2d-fashion")
    page.selectbox(key="view_class").select("Sandal").run()
    assert {title.split(" · ")[0] for title in titles(page, "strips")} == {"Sandal"}
    assert "1,000 test images of class Sandal" in page.markdown[0].value


def test_a_seed_draws_the_same_images_again(app: App) -> None:
    page = visit(app(), "reconstructions")
    draws = []
    for seed in (1, 2, 1):
        page.number_input(key="view_seed").set_value(seed).run()
        draws.append(titles(page, "strips"))
    assert draws[0] == draws[2] != draws[1]


def test_the_mean_error_is_that_of_the_evaluation(app: App) -> None:
    page = visit(app(), "reconstructions", run="vae-2d")
    said = re.search(r"VAE (0\.\d{4}).*PCA (0\.\d{4})", page.markdown[0].value)
    history = History(Run(EXAMPLES / "vae-2d"))
    history.refresh()
    assert said is not None
    assert float(said[1]) == pytest.approx(history.evaluated["mse"][-1], abs=1e-4)
    assert float(said[2]) > float(said[1])  # two numbers of a network say more than two of PCA


def test_pca_is_fitted_to_as_many_images_as_the_run_learns_from(app: App, runs: Path) -> None:
    run = make_run(runs, RunConfig(hidden="8", latent_dim=9, train_size=200))
    page = visit(app(), "reconstructions", run=run.id)
    said = re.search(r"PCA (0\.\d{4})", page.markdown[0].value)
    assert said is not None
    assert float(said[1]) == pytest.approx(pca_error(load("mnist"), 200, 9), abs=1e-4)
    assert any("fitted to 200 training images" in caption.value for caption in page.caption)


def test_images_in_colour(app: App, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.random.default_rng(0).integers(0, 256, (120, 3, 8, 8), dtype=np.uint8)
    labels = np.arange(120) % 10
    spec = dataclasses.replace(DATASETS["cifar10"], shape=(3, 8, 8))
    data = Dataset(spec, images[:60], labels[:60], images[60:], labels[60:])
    monkeypatch.setitem(DATASETS, "cifar10", spec)
    monkeypatch.setattr("vaelab.ui.session.state.load", lambda name: data)
    monkeypatch.setattr("vaelab.ui.explore.opened.is_ready", lambda name: True)
    run = make_run(runs, RunConfig(dataset="cifar10", latent_dim=3, hidden="16"))
    page = visit(app(), "reconstructions", run=run.id, count="4")
    assert is_well(page)
    strip = shown(page, "strips")["sheets"][0]
    image = data.x_test[int(strip["title"].split()[-1])]
    assert np.array_equal(pixels(strip["source"])[:, :8, :3], image.transpose(1, 2, 0))
    for other in ("latent_space", "latent_grid", "walks"):
        assert is_well(visit(page, other, run=run.id))


# Trouble


@every_page
def test_a_run_deleted_while_it_is_shown(app: App, runs: Path, page: str) -> None:
    run = make_run(runs, RunConfig(hidden="16"))
    opened = visit(app(), page, run=run.id)
    assert visit_of(opened).run == run.id
    shutil.rmtree(run.path)
    assert not opened.run().exception
    assert visit_of(opened).run == "vae-2d"


@every_page
@pytest.mark.parametrize("content", [b"", b"not weights", None])
def test_damaged_weights(app: App, runs: Path, page: str, content: bytes | None) -> None:
    run = make_run(runs, RunConfig(hidden="16"))
    weights = run.path / "model.safetensors"
    if content is None:  # those of another network
        shutil.copyfile(EXAMPLES / "vae-20d" / "model.safetensors", weights)
    else:
        weights.write_bytes(content)
    opened = visit(app(), page, run=run.id)
    assert not opened.exception
    (sentence,) = sentences(opened)
    assert run.id in sentence
    assert "Pick another run" in sentence


@every_page
def test_a_run_that_has_not_begun(app: App, runs: Path, page: str) -> None:
    run = make_run(runs, RunConfig(hidden="16"), weights=False)
    opened = visit(app(), page, run=run.id)
    assert not opened.exception
    (sentence,) = sentences(opened)
    assert "no weights yet" in sentence
    assert visit_of(opened).run == "vae-2d"


@every_page
def test_a_data_set_that_is_not_here(
    app: App, runs: Path, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAELAB_CACHE", str(tmp_path / "empty"))
    run = make_run(runs, RunConfig(dataset="kmnist", hidden="16"))
    opened = visit(app(), page, run=run.id)
    assert not opened.exception
    (sentence,) = sentences(opened)
    assert "KMNIST" in sentence
    assert "Train page" in sentence


def test_new_weights_are_shown(app: App, runs: Path) -> None:
    run, other = (make_run(runs, RunConfig(hidden="16", seed=seed)) for seed in (0, 1))
    page = visit(app(), "latent_grid", run=run.id)
    before, known = kept_image(page), shown(page, "latent_grid_canvas")
    shutil.copyfile(other.path / "model.safetensors", run.path / "model.safetensors")
    page.run()
    assert not np.array_equal(kept_image(page), before)
    assert shown(page, "latent_grid_canvas")["decoder"] != known["decoder"]


def test_a_run_in_training_is_followed(app: App, runs: Path) -> None:
    run = make_run(runs, RunConfig(hidden="16"))
    here = {"host": socket.gethostname(), "pid": os.getpid(), "heartbeat": time.time()}
    write_json(run.path / "status.json", {"state": "running", "step": 1, **here})
    page = visit(app(), "latent_space", run=run.id)
    assert is_well(page)
    (sentence,) = [text.value for text in page.caption if "still training" in text.value]
    assert "its first weights until an epoch is done" in sentence
    write_json(run.path / "status.json", {"state": "finished", "step": 1})
    assert not any("still training" in text.value for text in page.run().caption)


def test_a_run_that_has_collapsed_is_said_to_have(app: App, runs: Path) -> None:
    config = RunConfig(hidden="16", beta=1000.0, learning_rate=0.01, epochs=2, train_size=2000, batch_size=64)
    page = visit(app(), "latent_space", run=record_run(runs, config).id)
    assert any("Collapsed" in text.value for text in page.warning)
    assert shown(page, "latent_canvas")["span"] == [[-3.0, 3.0], [-3.0, 3.0]]


def test_a_page_is_drawn_anew_for_new_weights_and_when_training_is_over(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(runs, RunConfig(hidden="16"))
    monkeypatch.setattr("vaelab.ui.explore.opened.watches", lambda run: None)
    followed = Followed(monkeypatch)
    here = {"host": socket.gethostname(), "pid": os.getpid(), "heartbeat": time.time()}
    write_json(run.path / "status.json", {"state": "running", "step": 1, **here})
    follow_training(run, saved_at(run))
    assert followed.look()
    follow_training(run, saved_at(run) - 1)
    assert not followed.look()
    follow_training(run, saved_at(run))
    write_json(run.path / "status.json", {"state": "finished", "step": 1})
    assert not followed.look()
