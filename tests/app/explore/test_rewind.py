"""Rewind shows every Explore page as it was at a step, and everything that has to stay the same stays."""

from __future__ import annotations

import dataclasses
import io
import os
import shutil
import socket
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.support.exploring import (
    HOOKS,
    fit_once,
    is_well,
    make_run,
    pixels,
    record_run,
    sentences,
    setting,
    shown,
    visit,
)
from vaelab.analysis.load import load_snapshot
from vaelab.config import RunConfig
from vaelab.figures.kinds.image import IMAGE
from vaelab.files import write_json
from vaelab.latent.planes import axes_plane
from vaelab.paths import EXAMPLES
from vaelab.runs import Run
from vaelab.runs.arrays import read_snapshot, save_snapshot
from vaelab.training.pictures import KEPT_NUMBERS
from vaelab.ui.explore import rewind
from vaelab.ui.explore.gifs import grid_drawer

App = Callable[[], AppTest]
PICTURES = {
    "reconstructions": "strips",
    "latent_space": "latent_canvas",
    "latent_grid": "latent_grid_canvas",
    "walks": "traversal",
}
ANIMATED = [page for page in PICTURES if page != "walks"]
SHIPPED_RUN = Run(EXAMPLES / "vae-2d")
TINY = RunConfig(train_size=2000, batch_size=100, hidden="16", epochs=3, latent_dim=3)
"""20 steps an epoch: snapshots at steps 1, 4, 16, 20, 40 and 60."""

every_page = pytest.mark.parametrize("page", HOOKS)


@pytest.fixture(autouse=True)
def _quick_pca(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaelab.analysis.pca.fit", fit_once)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Run]:
    """Put a run of some recipe into a folder. Each is trained once; a test gets a copy of its own."""

    @cache
    def trained(config: RunConfig, kept: int) -> Run:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("vaelab.training.pictures.KEPT_NUMBERS", kept)
            return record_run(tmp_path_factory.mktemp("trained"), config)

    def put(folder: Path, kept: int = KEPT_NUMBERS, **changes: Any) -> Run:
        run = trained(TINY.variant(**changes), kept)
        return Run(shutil.copytree(run.path, folder / run.id))

    return put


@pytest.fixture
def recorded(runs: Path, record: Callable[..., Run]) -> Run:
    return record(runs)


def go_to(page: AppTest, step: object) -> AppTest:
    return page.select_slider(key="view_step").set_value(str(step)).run()


def words(page: AppTest) -> str:
    return next(text.value for text in page.caption if text.value.startswith("Epoch "))


@every_page
def test_every_step_of_a_shipped_run_is_shown(app: App, page: str) -> None:
    opened, seen = visit(app(), page, run="vae-2d"), set()
    for step in (*SHIPPED_RUN.snapshot_steps()[:-1], "newest"):
        go_to(opened, step)
        assert is_well(opened)
        assert "nats per image" in words(opened)
        seen.add(str(shown(opened, PICTURES[page])))
    assert len(seen) == len(SHIPPED_RUN.snapshot_steps())


@every_page
def test_a_link_shows_a_step_to_everybody(app: App, runs: Path, recorded: Run, page: str) -> None:
    first = go_to(visit(app(), page, run=recorded.id), 16)
    assert first.query_params["step"] == "16"
    second = visit(app(), page, **first.query_params)
    assert is_well(second)
    same = [{**shown(each, PICTURES[page]), "point": None} for each in (first, second)]  # links round it
    assert same[0] == same[1]
    assert go_to(second, "newest").query_params["step"] == "newest"


def test_the_step_moves_along_from_page_to_page(app: App, recorded: Run) -> None:
    page = visit(app(), "latent_space", run=recorded.id, step="4")
    for other in ("latent_grid", "reconstructions", "latent_space"):
        visit(page, other, run=recorded.id)
        assert setting(page, "step") == page.query_params["step"] == "4"


@pytest.mark.parametrize("wrong", ["5", "-1", "last", "1e9"])
def test_a_step_that_was_not_kept_gets_a_sentence(app: App, recorded: Run, wrong: str) -> None:
    page = visit(app(), "latent_grid", run=recorded.id, step=wrong)
    (sentence,) = sentences(page)
    assert "“Rewind to” (step) must be newest or a step that was kept (1, 4, 16, 20, 40)" in sentence
    assert setting(page, "step") == "newest"
    assert is_well(page.run())


def test_the_last_step_is_the_newest_weights(app: App, recorded: Run) -> None:
    page = visit(app(), "latent_grid", run=recorded.id, step="60")
    assert is_well(page)
    assert setting(page, "step") == "newest"


@every_page
def test_without_snapshots_there_is_nothing_to_rewind(app: App, runs: Path, page: str) -> None:
    run = make_run(runs, RunConfig(hidden="16"))
    opened = visit(app(), page, run=run.id)
    assert is_well(opened)
    assert not opened.select_slider
    assert any("no snapshots to go back to, because" in text.value for text in opened.caption)
    (sentence,) = sentences(visit(opened, page, run=run.id, step="3"))
    assert "nothing older was kept" in sentence


def test_the_words_are_of_the_step(app: App, recorded: Run) -> None:
    page = visit(app(), "latent_space", run=recorded.id, step="40")
    assert words(page).startswith("Epoch 2 of 3: test reconstruction ")
    assert words(go_to(page, 16)).startswith("Epoch 0.8 of 3: training reconstruction ")
    assert words(go_to(page, "newest")).startswith("Epoch 3 of 3: test reconstruction ")


def test_a_run_in_training_offers_what_it_has_by_then(app: App, recorded: Run) -> None:
    here = {"host": socket.gethostname(), "pid": os.getpid(), "heartbeat": time.time()}
    write_json(recorded.path / "status.json", {"state": "running", "step": 70, **here})
    page = visit(app(), "latent_grid", run=recorded.id, step="20")
    assert is_well(page)
    assert any("still training" in text.value for text in page.caption)
    save_snapshot(recorded, dataclasses.replace(read_snapshot(recorded, 60), step=80, epoch=4.0))
    assert is_well(go_to(page.run(), 60))
    assert setting(page, "step") == page.query_params["step"] == "60"


# What is shown


def test_the_browser_is_given_what_the_step_left(app: App, recorded: Run) -> None:
    """The canvas decodes with the step's decoder and shows its codes; the plane stays where it was."""
    page = visit(app(), "latent_space", run=recorded.id)
    before = shown(page, "latent_canvas")
    after = shown(go_to(page, 16), "latent_canvas")
    saved = recorded.snapshot_file(16).stat().st_mtime_ns
    for what in ("codes", "decoder"):
        assert after[what].endswith(f"/lab/runs/{recorded.id}/step-16-{saved}/{what}")
    fixed = ("plane", "span", "revision", "run", "images")
    assert [after[name] for name in fixed] == [before[name] for name in fixed]


@pytest.mark.parametrize("changes", [{"model": "ae", "latent_dim": 2}, {"model": "ae"}, {}])
def test_the_grid_covers_the_same_codes_at_every_step(
    app: App, runs: Path, record: Callable[..., Run], changes: dict[str, Any]
) -> None:
    page = visit(app(), "latent_grid", run=record(runs, **changes).id)
    before = shown(page, "latent_grid_canvas")
    after = shown(go_to(page, 1), "latent_grid_canvas")
    for name in ("grid", "span", "plane", "point"):
        assert after[name] == before[name]


def test_what_stands_beside_the_plane_is_of_the_step(app: App, recorded: Run) -> None:
    """Image and posterior are those of the snapshot, and so is the KL of its dimensions."""
    page = visit(app(), "latent_space", run=recorded.id, step="16", anchor="5")
    snapshot = read_snapshot(recorded, 16)
    assert snapshot.logvar is not None
    mean, logvar = snapshot.mean.astype(np.float64), snapshot.logvar.astype(np.float64)
    said = [float(text.replace("−", "-")) for text in page.table[0].value["mean"]]
    assert said == pytest.approx(mean[5].tolist(), abs=1e-3)
    (sheet,) = shown(page, "chosen_image")["sheets"]
    assert np.abs(pixels(sheet["source"])[:, -28:, 0].astype(int) - snapshot.reconstructions[5, 0]).max() <= 1
    kl = 0.5 * (np.exp(logvar) + mean**2 - 1 - logvar).mean(0).sum()
    assert any(f"together {kl:.1f} nats" in text.value for text in page.caption)


@pytest.fixture
def fewer(runs: Path, record: Callable[..., Run]) -> Run:
    """A run whose snapshots keep the codes of the first 100 test images."""
    return record(runs, kept=600)


def says(page: AppTest, words: str) -> bool:
    return any(words in text.value for text in page.caption)


def test_a_snapshot_with_fewer_codes_says_so_and_shows_as_many_images(app: App, fewer: Run) -> None:
    page = visit(app(), "reconstructions", run=fewer.id, step="20")
    assert is_well(page)
    assert "over 100 test images" in page.markdown[0].value
    assert says(page, "keep the codes of the first 100 test images")
    assert not says(go_to(page, "newest"), "keep the codes")
    page = visit(page, "walks", run=fewer.id, step="20", walk="sample", source="mixture")
    assert says(page, "fitted to the posterior means of the first 100 test images")


@pytest.mark.parametrize(
    ("page", "drawn", "given"),
    [
        ("latent_space", "chosen_image", {"anchor": "2000"}),
        ("latent_grid", "anchor", {"anchor": "2000"}),
        ("walks", "anchor", {"anchor": "2000"}),
        ("walks", "interpolation", {"walk": "interpolate", "a": "2000", "b": "5", "c": "3000"}),
    ],
)
def test_an_image_without_a_code_stays_chosen_and_another_stands_in(
    app: App, fewer: Run, page: str, drawn: str, given: dict[str, str]
) -> None:
    opened = visit(app(), page, run=fewer.id, **given)
    newest = shown(opened, drawn)
    go_to(opened, 20)
    assert is_well(opened)
    assert says(opened, "no code of test image 2000, which stays chosen: here test image 0")
    assert given.items() <= opened.query_params.items()
    link = visit(app(), page, **opened.query_params)
    assert is_well(link)
    assert shown(link, drawn) == shown(opened, drawn) != newest
    other = {**given, **({"a": "0", "c": "0"} if "a" in given else {"anchor": "0"})}
    assert shown(visit(app(), page, run=fewer.id, step="20", **other), drawn) == shown(opened, drawn)
    assert shown(go_to(opened, "newest"), drawn) == newest


def test_the_grid_of_every_frame_has_the_stand_in_too() -> None:
    plane, x = axes_plane(256), np.linspace(-1, 1, 3)
    past = load_snapshot(Run(EXAMPLES / "vae-256"), 940)
    assert len(past.codes.mean) < 2000
    frames = [grid_drawer(IMAGE, plane, x, x, anchor)(past) for anchor in (2000, 0, 99)]
    assert np.array_equal(frames[0], frames[1])
    assert not np.array_equal(frames[0], frames[2])


# Playing


def playing(page: AppTest) -> bool:
    return page.button(key="rewind_play").label == "Pause"


def test_it_plays_from_the_start_until_somebody_moves_it(app: App, recorded: Run) -> None:
    page = visit(app(), "latent_grid", run=recorded.id)
    address = dict(page.query_params)
    page.button(key="rewind_play").click().run()
    assert playing(page)
    assert setting(page, "step") == "1"
    assert page.query_params == address  # written when it stands still: Back goes to what was chosen
    assert not playing(go_to(page, 20))
    assert page.query_params["step"] == "20"


def test_a_tick_that_knows_only_the_step_before_does_not_pause_it(
    app: App, recorded: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser sends the next tick before it has heard of the last where the server is slow."""
    page = visit(app(), "latent_grid", run=recorded.id, step="16")
    page.button(key="rewind_play").click().run()
    monkeypatch.setattr(rewind, "is_tick", lambda: True)
    go_to(page, 4)
    assert playing(page)
    assert setting(page, "step") == "16"


def test_it_goes_on_from_where_it_was_paused(app: App, recorded: Run) -> None:
    page = visit(app(), "latent_grid", run=recorded.id, step="16")
    for expected in (True, False):
        page.button(key="rewind_play").click().run()
        assert playing(page) == expected
        assert setting(page, "step") == "16"


def test_another_page_or_run_stands_still(app: App, recorded: Run) -> None:
    page = visit(app(), "latent_grid", run=recorded.id, step="16")
    page.button(key="rewind_play").click().run()
    assert not playing(visit(page, "latent_space", run=recorded.id))


# Trouble


@every_page
@pytest.mark.parametrize("content", [b"", b"not a snapshot"])
def test_a_damaged_snapshot_gets_a_sentence(app: App, recorded: Run, page: str, content: bytes) -> None:
    recorded.snapshot_file(16).write_bytes(content)
    opened = visit(app(), page, run=recorded.id, step="16")
    assert not opened.exception
    (sentence,) = sentences(opened)
    assert "no readable 000016.npz" in sentence
    assert "newest weights instead" in sentence
    assert is_well(go_to(opened, 4))


def test_a_snapshot_that_was_replaced_is_read_anew(app: App, recorded: Run) -> None:
    page = visit(app(), "latent_grid", run=recorded.id, step="16")
    before = shown(page, "latent_grid_canvas"), shown(page, "kept_point")
    save_snapshot(recorded, dataclasses.replace(read_snapshot(recorded, 4), step=16))
    after = shown(page.run(), "latent_grid_canvas"), shown(page, "kept_point")
    assert before[0]["decoder"] != after[0]["decoder"]
    assert before[1] != after[1]


def test_a_chosen_snapshot_that_was_thinned_out_falls_back(app: App, recorded: Run) -> None:
    page = visit(app(), "latent_grid", run=recorded.id, step="16")
    recorded.snapshot_file(16).unlink()
    assert is_well(page.run())
    assert setting(page, "step") == "newest"


# GIF


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], bytes]]:
    """What makes each file that is offered for download, by its name."""
    import streamlit as st

    offered: dict[str, Callable[[], bytes]] = {}

    def noted(label: str, data: Any, file_name: str, *_: Any, **__: Any) -> bool:
        offered[file_name] = data
        return False

    monkeypatch.setattr(st, "download_button", noted)
    return offered


@pytest.mark.parametrize("page", ANIMATED)
@pytest.mark.parametrize("changes", [{}, {"latent_dim": 1}, {"model": "ae"}])
def test_an_animation_has_a_frame_for_each_readable_snapshot(
    app: App, runs: Path, record: Callable[..., Run], made: dict[str, Callable[[], bytes]], page: str,
    changes: dict[str, Any],
) -> None:  # fmt: skip
    run = record(runs, **changes)
    assert is_well(visit(app(), page, run=run.id))
    (name,) = [name for name in made if name.endswith(".gif")]
    image = Image.open(io.BytesIO(made[name]()))
    assert (image.n_frames, image.width) == (6, 480)
    run.snapshot_file(4).write_bytes(b"damaged")
    assert Image.open(io.BytesIO(made[name]())).n_frames == 5
