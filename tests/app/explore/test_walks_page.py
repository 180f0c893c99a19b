"""Walks: what each tab shows of an AE and of a VAE, that links show the same, and that closed tabs rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from streamlit.testing.v1 import AppTest

from tests.support.exploring import has, is_well, make_run, pixels, sentences, setting, shown, visit
from vaelab.config import RunConfig
from vaelab.data import load
from vaelab.latent import mixture
from vaelab.paths import EXAMPLES
from vaelab.runs import Run

App = Callable[[], AppTest]

SHEETS = {"traverse": ["traversal"], "interpolate": ["interpolation", "arithmetic"], "sample": ["samples"]}
"""What each tab shows."""

SIDE = 28


def sheet(page: AppTest, key: str) -> dict[str, Any]:
    (only,) = shown(page, key)["sheets"]
    return only


def cells(page: AppTest, key: str) -> np.ndarray:
    """The pictures of a sheet by row and column: (rows, columns, height, width)."""
    described = sheet(page, key)
    step = described["cell"] + described["gap"]
    image = pixels(described["source"])[..., 0].astype(int)
    return np.array(
        [
            [image[y : y + SIDE, x : x + SIDE] for x in range(0, image.shape[1], step)]
            for y in range(0, image.shape[0], step)
        ]
    )


def model(name: str) -> Any:
    from vaelab.analysis.load import load_run

    return load_run(Run(EXAMPLES / name)).model


def codes(name: str, count: int = 100) -> np.ndarray:
    from vaelab.models.codes import embed

    return embed(model(name), load("mnist").x_test[:count]).mean


def decoded(name: str, z: np.ndarray) -> np.ndarray:
    from vaelab.models.codes import decode

    return decode(model(name), z)[:, 0].astype(int)


def captions(page: AppTest) -> str:
    return " ".join(text.value for text in page.caption)


# All tabs


@pytest.mark.parametrize("name", ["vae-2d", "vae-20d", "ae-2d", "ae-256", "conv-vae"])
@pytest.mark.parametrize("walk", SHEETS)
def test_only_the_open_tab_is_there(app: App, name: str, walk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "ae-256":  # a mixture of so many dimensions takes seconds
        fit = mixture.fit
        monkeypatch.setattr(mixture, "fit", lambda z: fit(z[:500]))
    page = visit(app(), "walks", run=name, walk=walk)
    assert is_well(page)
    there = {key for keys in SHEETS.values() for key in keys if has(page, key)}
    assert there == set(SHEETS[walk])
    for key in there:  # each with a file to take away
        assert re.fullmatch(rf"{key}-[a-z0-9-]+\.png", shown(page, key)["file_name"])


def test_no_density_is_fitted_before_one_is_asked_for(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    fitted: list[int] = []
    fit = mixture.fit
    monkeypatch.setattr(mixture, "fit", lambda z: fitted.append(len(z)) or fit(z))
    page = visit(app(), "walks", run="vae-2d")
    for walk in SHEETS:
        page.segmented_control(key="view_walk").set_value(walk).run()
        assert is_well(page)
    assert fitted == []
    for source in ("mixture", "prior", "mixture"):
        page.segmented_control(key="view_source").set_value(source).run()
    assert fitted == [10_000]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("vae-20d", {"walk": "traverse", "anchor": "8", "steps": "5", "shown": "20"}),
        ("ae-2d", {"walk": "traverse", "anchor": "8", "steps": "7"}),
        ("vae-20d", {"walk": "interpolate", "a": "12", "b": "9", "c": "33", "steps": "7"}),
        ("vae-20d", {"walk": "sample", "temperature": "0.35", "pictures": "23", "sample_seed": "5"}),
        ("vae-2d", {"walk": "sample", "source": "mixture", "pictures": "23", "sample_seed": "5"}),
        ("ae-2d", {"walk": "sample", "pictures": "23", "sample_seed": "5"}),
    ],
)
def test_a_link_shows_everybody_the_same_pictures(app: App, name: str, given: dict[str, str]) -> None:
    first = visit(app(), "walks", run=name, **given)
    assert is_well(first)
    assert given.items() <= first.query_params.items()
    second = visit(app(), "walks", **first.query_params)
    plain = visit(app(), "walks", run=name, walk=given["walk"])
    for key in SHEETS[given["walk"]]:
        assert shown(second, key) == shown(first, key) != shown(plain, key)


def test_the_tab_and_its_settings_are_kept_elsewhere(app: App) -> None:
    page = visit(app(), "walks", run="vae-20d", walk="interpolate", a="5")
    visit(page, "latent_space", run="vae-20d")
    visit(page, "walks", run="vae-20d")
    assert page.query_params["walk"] == "interpolate"
    assert setting(page, "a") == 5


# Traverse


def test_a_vae_is_walked_from_minus_three_to_three_most_kl_first(app: App) -> None:
    page = visit(app(), "walks", run="vae-20d", anchor="4", steps="7", shown="20")
    labels, columns = sheet(page, "traversal")["row_labels"], sheet(page, "traversal")["column_labels"]
    assert columns == ["−3.0", "−2.0", "−1.0", "0.0", "1.0", "2.0", "3.0"]
    kl = [float(label.split("KL ")[1].split()[0]) for label in labels]
    assert kl == sorted(kl, reverse=True)
    dimensions = [int(label.split()[0][1:]) - 1 for label in labels]
    assert sorted(dimensions) == list(range(20))
    code = np.tile(codes("vae-20d")[4], (7, 1))
    code[:, dimensions[3]] = np.linspace(-3, 3, 7)
    assert np.abs(cells(page, "traversal")[3] - decoded("vae-20d", code)).max() <= 1


def test_an_ae_is_walked_between_the_percentiles_of_its_codes(app: App) -> None:
    page = visit(app(), "walks", run="ae-2d", anchor="4", steps="5")
    z = codes("ae-2d", 10_000)
    first = int(np.argmax(z.var(0)))
    code = np.tile(z[4], (5, 1))
    code[:, first] = np.linspace(*np.percentile(z[:, first], (1, 99)), 5)
    assert np.abs(cells(page, "traversal")[0] - decoded("ae-2d", code)).max() <= 1
    assert sheet(page, "traversal")["row_labels"][0].startswith(f"z{first + 1} · −")
    assert sheet(page, "traversal")["column_labels"] == ["1 %", "", "", "", "99 %"]


def test_unused_dimensions_are_marked_and_counted(app: App) -> None:
    page = visit(app(), "walks", run="beta-vae")
    labels = sheet(page, "traversal")["row_labels"]
    assert [label.endswith("unused") for label in labels] == [False] * 5 + [True] * 5
    assert "**Active units: 5 of 10**" in [text.value for text in page.markdown]
    assert "0.01" in captions(page)


def test_strips_of_an_ae_stand_still_while_rewind_moves(app: App) -> None:
    """Their codes are those of the newest weights in the dimension of the strip: so are the ends named."""
    page = visit(app(), "walks", run="ae-2d")
    before = sheet(page, "traversal")["row_labels"]
    page.select_slider(key="view_step").set_value("64").run()
    assert is_well(page)
    assert sheet(page, "traversal")["row_labels"] == before


def test_dimensions_in_which_no_code_of_an_ae_changes_are_unused(app: App) -> None:
    page = visit(app(), "walks", run="ae-256", shown="256")
    labels = sheet(page, "traversal")["row_labels"]
    assert (
        sum(label.endswith("unused") for label in labels) == (np.ptp(codes("ae-256", 10_000), 0) == 0).sum()
    )
    assert labels[-1].endswith("unused")
    assert not labels[0].endswith("unused")


def test_more_dimensions_are_shown_when_asked_for(app: App) -> None:
    page = visit(app(), "walks", run="vae-20d")
    assert len(sheet(page, "traversal")["row_labels"]) == 10
    page.slider(key="view_shown").set_value(17).run()
    assert len(sheet(page, "traversal")["row_labels"]) == 17


# Interpolate


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("vae-20d", ["Latent space, linear", "Latent space, spherical", "Pixels, cross-faded"]),
        ("vae-2d", ["Latent space, linear", "Pixels, cross-faded"]),
        ("ae-256", ["Latent space, linear", "Pixels, cross-faded"]),
    ],
)
def test_paths_begin_at_a_and_end_at_b(app: App, name: str, rows: list[str]) -> None:
    page = visit(app(), "walks", run=name, walk="interpolate", a="3", b="17", steps="5")
    assert sheet(page, "interpolation")["row_labels"] == rows
    grid, images = cells(page, "interpolation"), load("mnist").x_test[[3, 17], 0].astype(int)
    ends = decoded(name, codes(name)[[3, 17]])
    for row in grid[:-1]:
        assert np.abs(row[[0, -1]] - ends).max() <= 1
    assert np.array_equal(grid[-1][[0, -1]], images)
    assert np.abs(grid[-1][2] - images.mean(0)).max() <= 1
    assert ("White 2016" in captions(page)) == (name == "vae-20d")


def test_a_minus_b_plus_c(app: App) -> None:
    page = visit(app(), "walks", run="vae-20d", walk="interpolate", a="3", b="17", c="40")
    z = codes("vae-20d")[[3, 17, 40]]
    expected = decoded("vae-20d", np.stack([*z, z[0] - z[1] + z[2]]))
    latent, images = cells(page, "arithmetic")
    assert np.abs(latent - expected).max() <= 1
    assert np.array_equal(images[:3], load("mnist").x_test[[3, 17, 40], 0])
    page.number_input(key="view_b").set_value(3).run()  # A minus A plus C
    latent = cells(page, "arithmetic")[0]
    assert np.array_equal(latent[3], latent[2])


# Sample


def test_temperature_zero_draws_one_picture_again_and_again(app: App) -> None:
    page = visit(app(), "walks", run="vae-20d", walk="sample", temperature="0", pictures="20")
    assert np.abs(cells(page, "samples") - decoded("vae-20d", np.zeros((1, 20)))[0]).max() <= 1


def test_a_seed_draws_the_same_again(app: App) -> None:
    page = visit(app(), "walks", run="ae-2d", walk="sample")
    draws = []
    for seed in (1, 2, 1):
        page.number_input(key="view_sample_seed").set_value(seed).run()
        draws.append(sheet(page, "samples")["source"])
    assert draws[0] == draws[2] != draws[1]
    page.button(key="view_sample_seed_random").click().run()
    assert sheet(page, "samples")["source"] != draws[2]


@pytest.mark.parametrize("name", ["vae-2d", "ae-2d"])
def test_the_page_says_what_the_pictures_are_and_who_has_a_density(app: App, name: str) -> None:
    page = visit(
        app(), "walks", run=name, walk="sample", **({"source": "mixture"} if name == "vae-2d" else {})
    )
    assert is_well(page)
    text = captions(page)
    assert "mean of p(x given z)" in text
    assert "Ghosh" in text
    assert "in advance" in text


def test_an_ae_has_no_prior_to_draw_from(app: App) -> None:
    page = visit(app(), "walks", run="ae-2d", walk="sample", source="prior", sample_seed="4")
    (sentence,) = sentences(page)
    assert "no prior" in sentence
    assert setting(page, "sample_seed") == 4
    assert is_well(page.run())


# Trouble


@pytest.mark.parametrize("walk", SHEETS)
@pytest.mark.parametrize("kind", ["ae", "vae"])
def test_weights_that_are_no_numbers_are_no_traceback(app: App, runs: Path, walk: str, kind: str) -> None:
    run = make_run(runs, RunConfig(model=kind, latent_dim=9, hidden="16"))
    path = run.path / "model.safetensors"
    save_file({name: np.full_like(array, np.nan) for name, array in load_file(path).items()}, path)
    page = visit(
        app(),
        "walks",
        run=run.id,
        walk=walk,
        **({"source": "mixture"} if (kind, walk) == ("vae", "sample") else {}),
    )
    assert not page.exception
    assert len(sentences(page)) == (walk == "sample")
