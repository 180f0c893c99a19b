"""The page Runs: what it lists, whose it is, and where it leads."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.support.runs_page import (
    ANOTHER,
    PAGE,
    TINY,
    VISITOR,
    WRITER,
    App,
    Make,
    chosen,
    click,
    columns,
    delete,
    links,
    opened,
    state_of,
    table,
    texts,
    well,
)
from tests.support.visits import visit_of
from vaelab.config import PRESETS, RunConfig
from vaelab.paths import EXAMPLES
from vaelab.runs import Run, RunStore
from vaelab.ui.session.recipe_link import recipe_of

pytestmark = pytest.mark.usefixtures("no_training")

# What is listed


def test_runs_of_a_sweep_say_which(app: App, make: Make) -> None:
    alone = make()
    assert "group" not in columns(opened(app, alone))
    first, second = make(config=TINY.variant(beta=2)), make(config=TINY.variant(beta=3))
    for run in (first, second):
        run.set_meta(group="sweep-3f2a99", kind="sweep", axes=("beta",))
    page = opened(app, alone)
    assert {"group", "beta"} <= set(columns(page))
    assert columns(page).index("beta") < columns(page).index("neg_elbo"), "what differs is in view"
    assert sorted(row["group"] or "" for row in table(page) if row["state"] == "Finished") == [
        "", "sweep 3f2a99", "sweep 3f2a99",
    ]  # fmt: skip


def test_without_runs_the_examples_are_listed_and_a_link_leads_to_train(app: App) -> None:
    page = opened(app)
    assert {row["state"] for row in table(page)} == {"Finished example"}
    assert len(table(page)) == len([path for path in EXAMPLES.iterdir() if path.is_dir()])
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
    ids = visit_of(opened(app)).runs_offered[0]
    assert mine.id in ids
    assert theirs.id not in ids


def test_a_single_user_has_all_runs(app: App, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAELAB_SINGLE_USER", "1")
    of_the_command_line = make(owner="")
    page = opened(app, of_the_command_line)
    assert of_the_command_line.id in visit_of(page).runs_offered[0]
    assert not page.button(key="delete").disabled


def test_losses_are_those_of_the_last_evaluation_and_blank_where_undefined(app: App) -> None:
    rows = {row["title"]: row for row in table(opened(app))}
    vae, ae = rows[PRESETS["vae-2d"].title], rows[PRESETS["ae-2d"].title]
    assert vae["neg_elbo"] == pytest.approx(vae["recon"] + vae["kl"])
    assert vae["mse"] > 0
    assert (ae["neg_elbo"], ae["kl"]) == (None, None)
    assert ae["recon"] > 0


def test_only_fields_that_differ_between_own_runs_have_a_column(app: App, make: Make) -> None:
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
    visit_of(page).token = VISITOR
    page.switch_page(PAGE)
    page.query_params["run"] = "0" * 32
    page = well(page.run())
    assert "no run" in page.warning[0].value
    assert state_of(page, run) == "Finished"


# Whose it is


def test_an_example_says_why_it_cannot_be_changed(app: App) -> None:
    page = opened(app, Run(EXAMPLES / "vae-2d", shipped=True))
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
    for label in ("Reconstructions", "Latent space", "Latent grid", "Walks"):
        assert found[label] == {"run": run.id}
    assert found["Losses and pictures"]["run"] == run.id
    assert recipe_of(found["Use this recipe"]) == (run.config, {})


def test_to_look_at_a_run_leaves_the_recipe_of_the_form(app: App, make: Make) -> None:
    run = make(config=TINY)
    page = opened(app, run)
    visit_of(page).recipe = RunConfig(seed=77)
    assert recipe_of(links(well(page.run()))["Losses and pictures"])[0] == RunConfig(seed=77)


def test_a_run_that_has_not_begun_has_no_views(app: App, make: Make) -> None:
    found = links(opened(app, make("queued")))
    assert "Losses and pictures" in found
    assert "Latent space" not in found
