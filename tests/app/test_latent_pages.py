"""The latent pages put codes and decoded images where they belong, and say what is true of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.app.exploring import (
    SHIPPED,
    figure,
    is_well,
    make_run,
    pixels,
    points,
    setting,
    sheet_of_grid,
    shown,
    visit,
)
from vaelab.config import RunConfig
from vaelab.datasets import load
from vaelab.runs import Run

App = Callable[[], AppTest]


# Latent space


def test_every_test_image_is_a_point_at_its_code(app: App) -> None:
    from vaelab.latent import embed
    from vaelab.trained import load_run

    places = points(visit(app(), "latent_space", run="ae-2d"))
    assert sorted(places) == list(range(10_000))
    codes = embed(load_run(Run(SHIPPED / "ae-2d")).model, load("mnist").x_test[:50]).mean
    assert np.allclose([places[index] for index in range(50)], codes, rtol=1e-3, atol=1e-2)


def test_the_principal_plane_goes_through_the_mean_of_the_prior(app: App) -> None:
    """Projected at right angles on a plane through 0, no code is farther from 0 than it was."""
    from vaelab.latent import embed
    from vaelab.trained import load_run

    page = visit(app(), "latent_space", run="vae-20d", plane="pca")
    codes = embed(load_run(Run(SHIPPED / "vae-20d")).model, load("mnist").x_test).mean
    for index, place in points(page).items():
        assert np.hypot(*place) <= np.linalg.norm(codes[index]) + 1e-3


def test_a_number_chooses_a_test_image(app: App) -> None:
    page = visit(app(), "latent_space")
    page.number_input(key="view_anchor").set_value(4).run()
    (sheet,) = shown(page, "chosen_image")["sheets"]
    assert sheet["title"] == f"{load('mnist').y_test[4]} · test image 4"
    assert np.array_equal(pixels(sheet["source"])[:, :28, 0], load("mnist").x_test[4, 0])


def test_chance_chooses_a_test_image(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda count: count - 1)
    page = visit(app(), "latent_space")
    page.button[0].click().run()
    assert page.number_input(key="view_anchor").value == 9999


@pytest.mark.parametrize(
    ("config", "said", "not_said"),
    [
        ({}, ["39 % of prior draws", "posterior"], ["68 %"]),
        ({"latent_dim": 20}, ["39 % of prior draws", "posterior"], ["68 %"]),
        ({"latent_dim": 1}, ["68 %", "prior draws", "posterior"], ["39 %"]),
        ({"model": "ae"}, [], ["prior", "posterior"]),
        ({"model": "ae", "latent_dim": 1}, [], ["prior", "posterior"]),
    ],
)
def test_the_shares_of_the_prior_fit_the_picture(
    app: App, runs: Path, config: dict[str, object], said: list[str], not_said: list[str]
) -> None:
    run = make_run(runs, RunConfig.model_validate({"hidden": "16", **config}))
    page = visit(app(), "latent_space", run=run.id)
    text = json.dumps(figure(page, "latent_plot")["layout"].get("annotations"))
    assert [words for words in said if words not in text] == []
    assert [words for words in not_said if words in text] == []


def silence(run: Run, dimension: int) -> None:
    """Have the encoder answer every image with the prior in one latent dimension."""
    from safetensors.numpy import load_file, save_file

    path, size = run.path / "model.safetensors", run.config.latent_dim
    weights = load_file(path)
    for name, values in weights.items():
        if name.startswith("encoder") and len(values) == 2 * size:
            values[[dimension, size + dimension]] = 0
    save_file(weights, path)


def test_an_unused_dimension_is_said_and_not_offered_first(app: App, runs: Path) -> None:
    run = make_run(runs, RunConfig(latent_dim=4, hidden="none"))
    silence(run, dimension=0)
    page = visit(app(), "latent_space", run=run.id, plane="dimensions")
    assert any("1 of 4 dimensions is unused (z1)" in text.value for text in page.caption)
    assert 1 not in (setting(page, "x"), setting(page, "y"))


# Latent grid


@pytest.mark.parametrize("name", ["vae-2d", "ae-2d"])
def test_the_sheet_has_the_orientation_of_the_scatter(app: App, name: str) -> None:
    from vaelab.latent import decode
    from vaelab.trained import load_run

    page = visit(app(), "latent_grid", run=name, n="8", range="chosen", range_x="-2,3", range_y="-1,2")
    sheet = sheet_of_grid(page)
    assert sheet.shape == (8 * 28, 8 * 28)
    corners = decode(load_run(Run(SHIPPED / name)).model, np.array([[-2, 2], [3, 2], [-2, -1], [3, -1]]))
    seen = [sheet[:28, :28], sheet[:28, -28:], sheet[-28:, :28], sheet[-28:, -28:]]
    assert np.abs(corners[:, 0].astype(int) - np.array(seen, int)).max() <= 1


def test_the_grid_of_a_vae_lies_at_quantiles_of_the_prior(app: App) -> None:
    page = visit(app(), "latent_grid", n="10")
    names = {
        name.replace("−", "-") for name in figure(page, "latent_grid_plot")["layout"]["xaxis"]["ticktext"]
    }
    quantiles = (-1.64, -1.04, -0.67, -0.39, -0.13, 0.13, 0.39, 0.67, 1.04, 1.64)
    assert names <= {f"{value:.2f}" for value in quantiles}


def test_the_page_of_an_ae_says_that_it_has_no_prior(app: App) -> None:
    page = visit(app(), "latent_grid", run="ae-2d")
    assert any("no prior" in text.value for text in page.caption)


def test_one_dimension_is_one_row(app: App, runs: Path) -> None:
    run = make_run(runs, RunConfig(latent_dim=1, hidden="16"))
    assert sheet_of_grid(visit(app(), "latent_grid", run=run.id, n="9")).shape == (28, 9 * 28)


def test_the_cell_of_the_anchor_is_its_reconstruction(app: App) -> None:
    """At the anchor's own coordinates, what the plane leaves open comes from its code as well."""
    from vaelab.latent import embed, reconstruct
    from vaelab.trained import load_run

    images, model = load("mnist").x_test[5:6], load_run(Run(SHIPPED / "vae-20d")).model
    x, y = embed(model, images).mean[0, [2, 6]].tolist()
    page = visit(app(), "latent_grid", run="vae-20d", x="3", y="7", anchor="5", n="8", cell="56",
                 range="chosen", range_x=f"{x},3", range_y=f"{y},3")  # fmt: skip
    assert is_well(page)
    (cell,) = shown(page, "cell")["sheets"]
    difference = pixels(cell["source"]).astype(int) - reconstruct(model, images)[0, 0]
    assert np.abs(difference).max() <= 1


def test_another_number_of_images_goes_back_to_the_middle(app: App) -> None:
    page = visit(app(), "latent_grid", n="20", cell="3")
    page.slider(key="view_n").set_value(9).run()
    assert setting(page, "cell") == 9 * 4 + 4
