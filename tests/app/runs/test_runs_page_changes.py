"""The page Runs: what it does to a run, and how a run leaves and arrives."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.runs_page import (
    ANOTHER,
    TINY,
    VISITOR,
    WRITER,
    App,
    Make,
    chosen,
    click,
    delete,
    opened,
    set_status,
    state_of,
    table,
    texts,
    well,
)
from tests.support.uploads import import_run, put_file, refusal_shown, tell_ticket
from tests.support.visits import visit_of
from vaelab.export.bundle import bundle
from vaelab.export.script import script
from vaelab.paths import EXAMPLES
from vaelab.runs import Run, RunStore
from vaelab.ui.session import intake

pytestmark = pytest.mark.usefixtures("no_training")

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
        assert table(page)[0]["title"] == (name or "VAE · MNIST · 1-D · 3 epochs · hidden layers none")


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
    made = RunStore(run.path.parent).get(visit_of(page).run)
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
    assert run.id not in visit_of(page).runs_offered[0]
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
    assert run.id not in visit_of(page).runs_offered[0]


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
    assert run.id not in visit_of(page).runs_offered[0]


# Taking a run elsewhere


def shared(page: AppTest) -> list[str]:
    return [code.value for code in page.code]


def test_share_shows_the_recipe_in_all_its_forms(app: App, make: Make) -> None:
    listing, link, of_the_run, of_a_class, command, python = shared(
        opened(app, make(config=TINY.variant(seed=31)))
    )
    assert listing == script(TINY.variant(seed=31)).rstrip()
    assert "seed=31" in link
    assert "preset=" in link
    assert "preset_version=" in link
    assert "latent-space?run=" in of_the_run
    assert of_a_class == link, "as long as nothing is hidden"
    assert "--seed 31" in command
    assert "seed=31," in python


def test_a_run_is_downloaded_once_it_is_over(app: App, make: Make) -> None:
    page = opened(app)
    expected = {make("running", **WRITER): True, make("queued"): True, make("paused"): False, make(): False}
    for run, disabled in expected.items():
        assert download(chosen(page, run)).disabled == disabled


def download(page: AppTest) -> Any:
    (button,) = [button for button in page.get("download_button") if button.proto.label == "Download"]
    return button.proto


def test_what_was_downloaded_is_imported(app: App, runs: Path) -> None:
    source = Run(EXAMPLES / "vae-20d", shipped=True)
    page = import_run(opened(app), bundle(source))
    (run,) = RunStore(runs).runs()
    assert run.meta.owner == VISITOR
    assert run.config == source.config
    assert visit_of(page).run == run.id
    assert state_of(page, run) == "Finished"
    assert "Imported" in texts(page)
    assert (run.path / "preview.npz").exists(), "the Train page has pictures of it"


def test_what_is_no_run_is_refused_in_a_sentence(app: App, make: Make, runs: Path) -> None:
    run = make()
    page = import_run(opened(app), _spoilt(bundle(Run(EXAMPLES / "vae-20d"))))
    assert "Latent dimension (latent_dim): must be a whole number from 1 to 256" in refusal_shown(page)
    assert not page.error, "the sentence stands in one place"
    assert RunStore(runs).runs() == [run]
    assert list((runs / ".uploads").iterdir()) == [], "the file is not kept"


@pytest.mark.parametrize("ticket", [None, 7, "0" * 32, ["0"], {"ticket": True}])
def test_a_forged_ticket_gets_a_sentence(app: App, make: Make, runs: Path, ticket: Any) -> None:
    run = make()
    page = tell_ticket(opened(app), ticket)
    assert "not here any more; choose it again" in refusal_shown(page)
    assert RunStore(runs).runs() == [run]


def test_the_ticket_of_another_visitor_gets_a_sentence(app: App, make: Make, runs: Path) -> None:
    run = make()
    ticket = put_file(intake(), bundle(Run(EXAMPLES / "vae-20d")), ANOTHER)
    page = tell_ticket(opened(app), ticket)
    assert "not here any more; choose it again" in refusal_shown(page)
    assert RunStore(runs).runs() == [run]
    assert len(list((runs / ".uploads").iterdir())) == 1, "it is still there for its owner"


def _spoilt(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as whole, zipfile.ZipFile(packed, "w") as archive:
        for name in whole.namelist():
            config = {"latent_dim": 1000}
            part = whole.read(name)
            archive.writestr(name, json.dumps(json.loads(part) | config) if name == "config.json" else part)
    return packed.getvalue()
