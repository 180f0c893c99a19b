"""The latent pages put codes and decoded images where they belong, and say what is true of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.support.exploring import (
    figure,
    is_well,
    kept_image,
    make_run,
    numbers,
    pixels,
    setting,
    shown,
    visit,
)
from vaelab.config import RunConfig
from vaelab.data import load
from vaelab.paths import EXAMPLES
from vaelab.runs import Run

App = Callable[[], AppTest]


# Latent space


def test_the_principal_plane_goes_through_the_mean_of_the_prior(app: App) -> None:
    plane = shown(visit(app(), "latent_space", run="vae-20d", plane="pca"), "latent_canvas")["plane"]
    assert plane["origin"] == [0] * 20
    basis = np.array(plane["basis"])
    assert np.allclose(basis @ basis.T, np.eye(2))


def test_the_browser_is_told_where_to_find_the_run_s_files(app: App) -> None:
    given = shown(visit(app(), "latent_space", run="ae-2d"), "latent_canvas")
    saved_at = (EXAMPLES / "ae-2d" / "model.safetensors").stat().st_mtime_ns
    for name in ("codes", "decoder"):
        assert given[name] == f"/lab/runs/ae-2d/weights-{saved_at}/{name}"
    assert given["images"] == "/lab/datasets/mnist/test-images"


def test_every_code_is_in_view(app: App) -> None:
    from vaelab.analysis.load import load_run
    from vaelab.models.codes import embed

    (left, right), (low, high) = shown(visit(app(), "latent_space", run="ae-2d"), "latent_canvas")["span"]
    x, y = embed(load_run(Run(EXAMPLES / "ae-2d")).model, load("mnist").x_test).mean.T
    assert left < x.min() < x.max() < right
    assert low < y.min() < y.max() < high


def test_the_nearest_codes_are_counted_by_their_true_classes(app: App) -> None:
    from vaelab.analysis.load import load_run
    from vaelab.models.codes import embed

    page = visit(app(), "latent_space", run="vae-2d", anchor="3")
    data = load("mnist")
    mean = embed(load_run(Run(EXAMPLES / "vae-2d")).model, data.x_test).mean
    nearest = np.argsort(((mean - mean[3]) ** 2).sum(1))[1:11]
    named = [name for sheet in shown(page, "neighbours")["sheets"] for name in sheet["column_labels"]]
    assert sorted(named) == sorted(str(label) for label in data.y_test[nearest])
    same = sum(name == str(data.y_test[3]) for name in named)
    assert any(text.value.startswith(f"{same} of the 10 nearest") for text in page.caption)


def test_a_kept_point_is_marked_and_decoded(app: App) -> None:
    from vaelab.analysis.load import load_run
    from vaelab.models.codes import decode, embed

    given = {"plane": "dimensions", "x": "3", "y": "7", "anchor": "4", "kept": "0.5,-1.25"}
    page = visit(app(), "latent_space", run="vae-20d", **given)
    assert is_well(page)
    assert shown(page, "latent_canvas")["point"] == [0.5, -1.25]
    model = load_run(Run(EXAMPLES / "vae-20d")).model
    z = embed(model, load("mnist").x_test[4:5]).mean
    z[0, [2, 6]] = 0.5, -1.25
    assert np.abs(kept_image(page).astype(int) - decode(model, z)[0, 0]).max() <= 1


def test_a_region_shows_whose_codes_lie_in_it(app: App) -> None:
    from vaelab.analysis.load import load_run
    from vaelab.models.codes import embed

    page = visit(app(), "latent_space", run="vae-2d", region="-1,-1;1,-1;1,1;-1,1")
    data = load("mnist")
    mean = embed(load_run(Run(EXAMPLES / "vae-2d")).model, data.x_test).mean
    members = (np.abs(mean) < 1).all(1)
    (bars,) = figure(page, "region_counts")["data"]
    assert numbers(bars["y"]).tolist() == np.bincount(data.y_test[members], minlength=10).tolist()
    (sheet,) = shown(page, "region_mean")["sheets"]
    assert np.array_equal(pixels(sheet["source"]), np.rint(data.x_test[members, 0].mean(0)))
    next(button for button in page.button if button.label == "Forget the region").click().run()
    assert "region" not in page.query_params or page.query_params["region"] == ""


def test_an_empty_region_is_said_to_be_a_hole(app: App) -> None:
    page = visit(app(), "latent_space", run="vae-2d", region="90,90;91,90;91,91")
    assert is_well(page)
    assert any("No test image has its code here" in text.value for text in page.caption)


def test_a_number_chooses_a_test_image(app: App) -> None:
    page = visit(app(), "latent_space")
    page.number_input(key="view_anchor").set_value(4).run()
    (sheet,) = shown(page, "chosen_image")["sheets"]
    assert sheet["title"] == f"{load('mnist').y_test[4]} · test image 4"
    assert np.array_equal(pixels(sheet["source"])[:, :28, 0], load("mnist").x_test[4, 0])


def test_chance_chooses_a_test_image(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda count: count - 1)
    page = visit(app(), "latent_space")
    next(button for button in page.button if button.label == "Random").click().run()
    assert page.number_input(key="view_anchor").value == 9999


@pytest.mark.parametrize(
    ("config", "circles"),
    [
        ({}, ["39 %", "86 %", "99 % of prior draws"]),
        ({"latent_dim": 20}, ["39 %", "86 %", "99 % of prior draws"]),
        ({"latent_dim": 1}, ["68 % of prior draws", "95 %", "99.7 %"]),
        ({"model": "ae"}, []),
        ({"model": "ae", "latent_dim": 1}, []),
    ],
)
def test_the_shares_of_the_prior_fit_the_picture(
    app: App, runs: Path, config: dict[str, object], circles: list[str]
) -> None:
    run = make_run(runs, RunConfig.model_validate({"hidden": "16", **config}))
    page = visit(app(), "latent_space", run=run.id)
    assert [text for _, text in shown(page, "latent_canvas")["circles"]] == circles


def silence(run: Run, dimension: int, logvar: float = 0) -> None:
    """Have the encoder answer every image with the prior in one latent dimension, or one of that variance."""
    from safetensors.numpy import load_file, save_file

    path, size = run.path / "model.safetensors", run.config.latent_dim
    weights = load_file(path)
    for name, values in weights.items():
        if name.startswith("encoder") and len(values) == 2 * size:
            values[[dimension, size + dimension]] = 0
            if values.ndim == 1:
                values[size + dimension] = logvar
    save_file(weights, path)


def test_an_unused_dimension_is_said_and_not_offered_first(app: App, runs: Path) -> None:
    run = make_run(runs, RunConfig(latent_dim=4, hidden="none"))
    silence(run, dimension=0)
    page = visit(app(), "latent_space", run=run.id, plane="dimensions")
    assert any("1 of 4 dimensions is unused (z1)" in text.value for text in page.caption)
    assert 1 not in (setting(page, "x"), setting(page, "y"))


def test_pages_agree_on_what_is_unused_whatever_its_kl(app: App, runs: Path) -> None:
    """A posterior that is the same for all images says nothing of them, though its KL is 0.18 nats."""
    run = make_run(runs, RunConfig(latent_dim=4, hidden="none"))
    silence(run, dimension=2, logvar=-1)
    page = visit(app(), "latent_space", run=run.id)
    active, unused = figure(page, "kl_bars")["data"]
    assert sorted(active["x"]) == ["z1", "z2", "z4"]
    assert (list(unused["x"]), numbers(unused["y"])[0]) == (["z3"], pytest.approx(np.exp(-1) / 2, abs=1e-3))
    assert any("1 of 4 dimensions is unused (z3)" in text.value for text in page.caption)
    page = visit(page, "walks", run=run.id)
    assert any("Active units: 3 of 4" in text.value for text in page.markdown)


# Latent grid


def test_the_grid_of_a_vae_lies_at_quantiles_of_the_prior(app: App) -> None:
    grid = shown(visit(app(), "latent_grid", n="10"), "latent_grid_canvas")["grid"]
    quantiles = (-1.645, -1.036, -0.674, -0.385, -0.126, 0.126, 0.385, 0.674, 1.036, 1.645)
    for axis in ("x", "y"):
        assert grid[axis] == pytest.approx(quantiles, abs=1e-3)


def test_the_whole_grid_is_in_view(app: App) -> None:
    given = shown(visit(app(), "latent_grid", run="ae-2d", n="8"), "latent_grid_canvas")
    for (low, high), values in zip(given["span"], (given["grid"]["x"], given["grid"]["y"]), strict=True):
        assert (values[0] + low) / 2 < values[0] == pytest.approx(low + (values[1] - values[0]) / 2)
        assert high == pytest.approx(values[-1] + (values[-1] - values[-2]) / 2)


def test_the_page_of_an_ae_says_that_it_has_no_prior(app: App) -> None:
    page = visit(app(), "latent_grid", run="ae-2d")
    assert any("no prior" in text.value for text in page.caption)


def test_one_dimension_is_one_row(app: App, runs: Path) -> None:
    run = make_run(runs, RunConfig(latent_dim=1, hidden="16"))
    grid = shown(visit(app(), "latent_grid", run=run.id, n="9"), "latent_grid_canvas")["grid"]
    assert (len(grid["x"]), grid["y"]) == (9, [0])


def test_the_point_of_the_anchor_is_its_reconstruction(app: App) -> None:
    """At the anchor's own coordinates, what the plane leaves open comes from its code as well."""
    from vaelab.analysis.load import load_run
    from vaelab.models.codes import embed, reconstruct

    images, model = load("mnist").x_test[5:6], load_run(Run(EXAMPLES / "vae-20d")).model
    x, y = embed(model, images).mean[0, [2, 6]].tolist()
    page = visit(
        app(), "latent_grid", run="vae-20d", plane="dimensions", x="3", y="7", anchor="5", at=f"{x},{y}"
    )
    assert is_well(page)
    difference = kept_image(page).astype(int) - reconstruct(model, images)[0, 0]
    assert np.abs(difference).max() <= 1
