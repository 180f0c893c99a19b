"""The page Runs: what it lists, and what it does to a run, or refuses to do."""

from __future__ import annotations

import io
import json
import os
import socket
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from vaelab.arrays import save_checkpoint
from vaelab.config import RunConfig
from vaelab.events import Checkpoint
from vaelab.files import write_json
from vaelab.presets import PRESETS
from vaelab.runs import Run, RunStore
from vaelab.status import Status
from vaelab.transfer import bundle
from vaelab.ui.link import recipe_of

PAGE = str(Path(__file__).resolve().parents[2] / "pages" / "runs.py")
SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "runs"
VISITOR, ANOTHER = "a" * 32, "b" * 32
TINY = RunConfig(hidden="none", latent_dim=1, epochs=3)

App = Callable[[], AppTest]
Make = Callable[..., Run]


def idle_worker(on_change: Callable[[], None]) -> SimpleNamespace:
    """A worker that never gets ready, so that what is queued stays queued."""
    return SimpleNamespace(
        ready=False,
        started=False,
        run_id=None,
        take_done=lambda: None,
        alive=lambda: True,
        finish=lambda: None,
        join=lambda deadline: None,
    )


@pytest.fixture(autouse=True)
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaelab.engine.WorkerProcess", idle_worker)
    monkeypatch.delenv("VAELAB_SINGLE_USER", raising=False)


@pytest.fixture
def make(runs: Path) -> Make:
    """Make a run of the visitor's in some state, with a checkpoint if it has begun."""

    def run(state: str = "finished", config: RunConfig = TINY, owner: str = VISITOR, **status: Any) -> Run:
        made = RunStore(runs).create(config, owner=owner, place=0.0 if state == "queued" else None)
        if state != "queued":
            save_checkpoint(made, Checkpoint(step=7, epoch=1.5, model={"x": np.zeros(1)}, resume={}))
            set_status(made, state, **status)
        return made

    return run


def set_status(run: Run, state: str, **changes: Any) -> None:
    known = {"step": 7, "epoch": 1.5, **changes}
    write_json(run.path / "status.json", asdict(Status(state=state, **known)))


WRITER = {"pid": os.getpid(), "host": socket.gethostname(), "heartbeat": time.time() + 10**6}
"""Of a status: this very process, which will live as long as the test."""


def opened(app: App, run: Run | None = None) -> AppTest:
    """The page as the visitor opens it, with a run chosen by its link."""
    page = app()
    page.session_state["vaelab_visitor"] = VISITOR
    page.run().switch_page(PAGE)
    page.query_params.clear()
    if run:
        page.query_params["run"] = run.id
    page.run()
    return well(page)


def well(page: AppTest) -> AppTest:
    assert not page.exception
    return page


def chosen(page: AppTest, run: Run) -> AppTest:
    """The page with another run chosen."""
    page.session_state["run"] = run.id
    page.query_params["run"] = run.id
    return well(page.run())


def table(page: AppTest) -> list[dict[str, Any]]:
    (frame,) = page.dataframe
    return frame.value.replace({np.nan: None}).to_dict("records")


def columns(page: AppTest) -> list[str]:
    return list(page.dataframe[0].proto.column_order)


def state_of(page: AppTest, run: Run) -> str:
    return str(table(page)[page.session_state["runs_offered"][0].index(run.id)]["state"])


def texts(page: AppTest) -> str:
    shown = (*page.markdown, *page.caption, *page.warning, *page.error)
    return "\n".join(element.value for element in shown)


def links(page: AppTest) -> dict[str, dict[str, str]]:
    """Parameters of the links in the page, by label."""
    return {link.proto.label: dict(parse_qsl(link.proto.query_string)) for link in page.main.get("page_link")}


def click(page: AppTest, key: str) -> AppTest:
    return well(page.button(key=key).click().run())


def delete(page: AppTest) -> AppTest:
    return click(click(page, "delete"), "delete_for_good")


# What is listed


def test_without_runs_the_examples_are_listed_and_a_link_leads_to_train(app: App) -> None:
    page = opened(app)
    assert {row["state"] for row in table(page)} == {"Finished example"}
    assert len(table(page)) == len([path for path in SHIPPED.iterdir() if path.is_dir()])
    assert "no runs yet" in texts(page)
    assert "Train your first one" in links(page)


def test_with_a_run_the_page_does_not_say_that_there_is_none(app: App, make: Make) -> None:
    make()
    page = opened(app)
    assert "no runs yet" not in texts(page)
    assert [row["state"] for row in table(page)][:2] == ["Finished", "Finished example"]


def test_every_state_is_said_in_words(app: App, make: Make) -> None:
    gone = {"pid": 1, "host": socket.gethostname()}
    expected = {
        make("queued"): "Waiting: next",
        make("running", **WRITER): "Training: epoch 1.5 of 3",
        make("paused", **WRITER): "Paused at epoch 1.5",
        make("running", **gone): "Interrupted at epoch 1.5",
        make("stopped"): "Stopped at epoch 1.5",
        make("diverged"): "Diverged at epoch 1.5",
        make("failed"): "Failed",
        make("finished"): "Finished",
    }
    page = opened(app)
    assert {run: state_of(page, run) for run in expected} == expected


def test_the_place_in_the_queue_is_said(app: App, make: Make) -> None:
    first, second = make("queued"), make("queued")
    second.set_meta(place=1.0)
    page = opened(app)
    assert (state_of(page, first), state_of(page, second)) == ("Waiting: next", "Waiting: number 2")


def test_runs_of_others_are_not_listed(app: App, make: Make) -> None:
    theirs, mine = make(owner=ANOTHER), make()
    ids = opened(app).session_state["runs_offered"][0]
    assert mine.id in ids
    assert theirs.id not in ids


def test_a_single_user_has_all_runs(app: App, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAELAB_SINGLE_USER", "1")
    of_the_command_line = make(owner="")
    page = opened(app, of_the_command_line)
    assert of_the_command_line.id in page.session_state["runs_offered"][0]
    assert not page.button(key="delete").disabled


def test_losses_are_those_of_the_last_evaluation_and_blank_where_undefined(app: App) -> None:
    rows = {row["title"]: row for row in table(opened(app))}
    vae, ae = rows[PRESETS["vae-2d"].title], rows[PRESETS["ae-2d"].title]
    assert vae["neg_elbo"] == pytest.approx(vae["recon"] + vae["kl"])
    assert vae["mse"] > 0
    assert (ae["neg_elbo"], ae["kl"]) == (None, None)
    assert ae["recon"] > 0


def test_only_settings_that_differ_between_own_runs_have_a_column(app: App, make: Make) -> None:
    make(config=TINY)
    make(config=TINY.variant(beta=4, latent_dim=3))
    shown = columns(opened(app))
    assert "beta" in shown
    assert not {"seed", "hidden", "batch_size"} & set(shown)
    assert "latent_dim" not in shown, "the title says it"


def test_what_a_name_hides_has_a_column(app: App, make: Make) -> None:
    make(config=TINY).set_meta(name="First")
    make(config=TINY.variant(latent_dim=3))
    assert "latent_dim" in columns(opened(app))


# Damaged runs


def test_damaged_runs_are_listed_with_their_reason_and_can_be_deleted(
    app: App, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAELAB_SINGLE_USER", "1")
    whole = make()
    damaged = {make(): name for name in ("config.json", "meta.json", "status.json")}
    for run, name in damaged.items():
        (run.path / name).write_text("[]")
    page = opened(app)
    assert state_of(page, whole) == "Finished"
    for run, name in damaged.items():
        page = chosen(page, run)
        assert state_of(page, run) == "Damaged"
        assert name.replace(".", r"\.") in texts(page)
        assert "only deleted" in texts(page)
        assert links(page) == {}
        page = delete(page)
        assert not run.path.exists()
    assert whole.path.exists()


@pytest.mark.parametrize("page", ["train", "reconstructions"])
def test_a_damaged_run_that_is_chosen_spoils_no_other_page(app: App, make: Make, page: str) -> None:
    run = make()
    visit = opened(app, run)
    (run.path / "status.json").write_text("[]")
    visit.query_params.clear()
    well(visit.switch_page(str(Path(PAGE).parent / f"{page}.py")).run())


def test_an_unknown_run_in_the_address_gets_a_sentence(app: App, make: Make) -> None:
    run = make()
    page = app()
    page.session_state["vaelab_visitor"] = VISITOR
    page.run().switch_page(PAGE)
    page.query_params["run"] = "0" * 32
    page = well(page.run())
    assert "no run" in page.warning[0].value
    assert state_of(page, run) == "Finished"


# Whose it is


def test_an_example_says_why_it_cannot_be_changed(app: App) -> None:
    page = opened(app, Run(SHIPPED / "vae-2d", shipped=True))
    assert "comes with VAE Lab" in texts(page)
    assert page.button(key="delete").disabled
    assert page.button(key="resume").disabled
    assert page.button(key="save_name").disabled or page.get_by_key("rename_open").proto.popover.disabled


def test_a_run_of_another_can_be_looked_at_and_not_changed(app: App, make: Make) -> None:
    theirs = make("interrupted", owner=ANOTHER)
    page = opened(app, theirs)
    assert state_of(page, theirs) == "Interrupted at epoch 1.5"
    assert "only its owner" in texts(page)
    assert page.button(key="delete").disabled
    assert page.button(key="resume").disabled
    assert "Latent space" in links(page)


@pytest.mark.parametrize("keys", [["save_name"], ["resume"], ["train_on"], ["delete", "delete_for_good"]])
def test_a_button_from_before_the_run_changed_hands_does_nothing(
    app: App, make: Make, keys: list[str]
) -> None:
    run = make("interrupted")
    page = opened(app, run)
    page.text_input(key=f"name_of_{run.id}").input("Mine")
    *before, last = keys
    for key in before:
        page = click(page, key)
    run.set_meta(owner=ANOTHER)
    click(page, last)
    assert (run.meta.name, run.status().state) == ("", "interrupted")
    assert RunStore(run.path.parent).runs() == [run]


# Looking at a run


def test_links_lead_to_every_view_of_the_run(app: App, make: Make) -> None:
    run = make(config=TINY.variant(seed=5))
    found = links(opened(app, run))
    for label in ("Reconstructions", "Latent space", "Latent grid"):
        assert found[label] == {"run": run.id}
    assert found["Losses and pictures"]["run"] == run.id
    assert recipe_of(found["Use this recipe"]) == (run.config, {})


def test_to_look_at_a_run_leaves_the_recipe_of_the_form(app: App, make: Make) -> None:
    run = make(config=TINY)
    page = opened(app, run)
    page.session_state["recipe"] = RunConfig(seed=77)
    assert recipe_of(links(well(page.run()))["Losses and pictures"])[0] == RunConfig(seed=77)


def test_a_run_that_has_not_begun_has_no_views(app: App, make: Make) -> None:
    found = links(opened(app, make("queued")))
    assert "Losses and pictures" in found
    assert "Latent space" not in found


# Changing a run


def test_a_run_is_renamed(app: App, make: Make) -> None:
    run = make()
    page = opened(app, run)
    names = {
        "My run": "My run",
        "  two\n words ": "two words",
        "*[a](b)*": "*[a](b)*",
        "\0x\u200b": "x",
        "": "",
    }
    for typed, name in names.items():
        page.text_input(key=f"name_of_{run.id}").input(typed)
        page = click(page, "save_name")
        assert run.meta.name == name
        assert table(page)[0]["title"] == (name or "VAE · MNIST · 1-D · 3 epochs")


def test_a_name_is_shown_as_it_was_typed(app: App, make: Make) -> None:
    run = make()
    run.set_meta(name="*[a](http://b)* $x$")
    assert r"\*\[a\]\(http://b\)\* \$x\$" in texts(opened(app, run))


def test_runs_that_can_go_on_are_resumed(app: App, make: Make) -> None:
    runs = [make(state) for state in ("paused", "interrupted", "stopped", "failed")]
    page = opened(app)
    for run in runs:
        page = click(chosen(page, run), "resume")
        assert state_of(page, run).startswith("Waiting")


def test_others_are_not_resumed(app: App, make: Make) -> None:
    page = opened(app)
    for state in ("finished", "diverged", "queued"):
        assert chosen(page, make(state)).button(key="resume").disabled


def test_a_run_is_trained_on_as_a_new_one(app: App, make: Make) -> None:
    run = make(epoch=3.0)
    page = opened(app, run)
    page.number_input(key="more_epochs").set_value(4)
    page = click(page, "train_on")
    made = RunStore(run.path.parent).get(page.session_state["run"])
    assert made.meta.parent == run.id
    assert made.meta.owner == VISITOR
    assert made.config == run.config.variant(epochs=6)  # its checkpoint is of epoch 1.5
    assert state_of(page, made) == "Waiting: next"
    assert run.status().state == "finished"


def test_without_the_optimizer_a_sentence_says_why_not(app: App, make: Make) -> None:
    run = make()
    (run.path / "resume.safetensors").unlink()
    page = opened(app, run)
    assert "optimizer" in texts(page)
    assert "optimizer" not in texts(opened(app, make()))


# Deleting a run


def test_a_run_is_deleted_once_that_is_confirmed(app: App, make: Make) -> None:
    run, other = make(), make()
    page = click(opened(app, run), "delete")
    assert run.path.exists()
    page = click(page, "delete_for_good")
    assert not run.path.exists()
    assert run.id not in page.session_state["runs_offered"][0]
    assert other.path.exists()
    assert page.warning == []
    assert "run" not in page.query_params


def test_a_run_is_kept_if_that_is_chosen(app: App, make: Make) -> None:
    run = make()
    page = click(click(opened(app, run), "delete"), "keep")
    assert run.path.exists()
    assert "delete_for_good" not in [button.key for button in page.button]


def test_a_waiting_run_leaves_the_queue_and_is_deleted(app: App, make: Make) -> None:
    run = make("queued")
    page = delete(opened(app, run))
    assert not run.path.exists()
    assert run.id not in page.session_state["runs_offered"][0]


def test_a_run_that_trains_is_stopped_and_only_then_deleted(app: App, make: Make) -> None:
    run = make("running", **WRITER)
    page = click(opened(app, run), "delete")
    assert "stops it first" in texts(page)
    page = click(page, "delete_for_good")
    assert run.request().action == "stop"
    assert (run.path / "model.safetensors").exists(), "its writer is still there"
    assert state_of(page, run) == "Being deleted"
    set_status(run, "stopped")  # as its writer does at last
    page = well(page.run())
    assert not run.path.exists()
    assert run.id not in page.session_state["runs_offered"][0]


# Taking a run elsewhere


def shared(page: AppTest) -> list[str]:
    return [code.value for code in page.code]


def test_share_shows_the_recipe_in_three_forms(app: App, make: Make) -> None:
    link, of_the_run, command, python = shared(opened(app, make(config=TINY.variant(seed=31))))
    assert "seed=31" in link
    assert "version=1" in link
    assert "latent-space?run=" in of_the_run
    assert "--seed 31" in command
    assert "seed=31," in python


def test_a_run_is_downloaded_once_it_is_over(app: App, make: Make) -> None:
    page = opened(app)
    expected = {make("running", **WRITER): True, make("queued"): True, make("paused"): False, make(): False}
    for run, disabled in expected.items():
        assert download(chosen(page, run)).disabled == disabled


def download(page: AppTest) -> Any:
    (button,) = page.get("download_button")
    return button.proto


def imported(page: AppTest, content: bytes) -> AppTest:
    (uploader,) = page.get("file_uploader")
    return well(uploader.upload("run.zip", content, "application/zip").run())


def test_what_was_downloaded_is_imported(app: App, runs: Path) -> None:
    source = Run(SHIPPED / "vae-20d", shipped=True)
    page = imported(opened(app), bundle(source))
    (run,) = RunStore(runs).runs()
    assert run.meta.owner == VISITOR
    assert run.config == source.config
    assert page.session_state["run"] == run.id
    assert state_of(page, run) == "Finished"
    assert "Imported" in texts(page)
    assert (run.path / "preview.npz").exists(), "the Train page has pictures of it"


def test_what_is_no_run_is_refused_in_a_sentence(app: App, make: Make, runs: Path) -> None:
    run = make()
    page = imported(opened(app), _spoilt(bundle(Run(SHIPPED / "vae-20d"))))
    assert "latent_dim: must be a whole number from 1 to 256" in page.error[0].value
    assert RunStore(runs).runs() == [run]
    assert page.get("file_uploader")[0].value is None, "the file is not kept"


def _spoilt(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as whole, zipfile.ZipFile(packed, "w") as archive:
        for name in whole.namelist():
            config = {"latent_dim": 1000}
            part = whole.read(name)
            archive.writestr(name, json.dumps(json.loads(part) | config) if name == "config.json" else part)
    return packed.getvalue()
