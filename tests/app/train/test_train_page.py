"""The Train page as Streamlit runs it: the form, links, and a run that it starts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.runs_page import idle_worker
from tests.support.turning import choose_recipe, is_off, turn
from tests.support.visits import opened, visit_of
from tests.support.waiting import until
from vaelab.config import FIELD_NAMES, PRESETS, RunConfig, as_text
from vaelab.config.run_config import VERSION
from vaelab.paths import PAGES
from vaelab.runs import RunStore
from vaelab.ui.session.visits import Start
from vaelab.ui.train.outcome import watch_in_words

App = Callable[[], AppTest]

TINY = {"train_size": "500", "hidden": "16", "epochs": "2", "batch_size": "50"}


def shown(page: AppTest) -> dict[str, str]:
    return {name: as_text(page.session_state[name]) for name in FIELD_NAMES}


def fields_of(config: RunConfig) -> dict[str, str]:
    return {name: as_text(getattr(config, name)) for name in FIELD_NAMES}


def warnings(page: AppTest) -> list[str]:
    """What the page warns of, without the backslashes that keep Markdown from reading it."""
    return [warning.value.replace("\\", "") for warning in page.warning]


def test_a_newcomer_sees_the_default_recipe_and_a_finished_example(app: App) -> None:
    page = opened(app)
    assert shown(page) == fields_of(RunConfig())
    words = [text.value for text in page.markdown]
    assert any("An **autoencoder** turns each image into 2 numbers" in text for text in words)
    assert any("finished example" in text for text in words)
    assert not page.button(key="train").disabled
    assert page.button(key="stop").disabled


def test_the_first_press_names_what_there_is_to_see(app: App) -> None:
    assert re.fullmatch(r"Watch a VAE learn handwriting: \d+ s", opened(app).button(key="watch_one").label)
    for config, words in (
        (RunConfig(model="ae", dataset="fashion-mnist"), "Watch an AE learn clothes: "),
        (RunConfig(dataset="cifar10"), "Watch a VAE learn small photographs: "),
    ):
        assert watch_in_words(config).startswith(words)


@pytest.mark.parametrize(
    ("preset", "said", "left_out"),
    [("vae-2d", "39, 86 and 99 % lie within", "has no prior"), ("ae-2d", "has no prior", "circles")],
)
def test_the_plane_says_what_is_drawn_on_it(app: App, preset: str, said: str, left_out: str) -> None:
    (heading,) = (text for text in opened(app, preset=preset).markdown if text.value.startswith("**Latent"))
    assert said in heading.help
    assert left_out not in heading.help


def test_when_training_is_over_the_live_plane_is_as_large_as_its_codes_need(app: App) -> None:
    page = opened(app)
    memory = visit_of(page).live_memory
    needed = memory["span"]
    memory["span"] = ((-500.0, 500.0), (-500.0, 500.0))  # as far out as they may have been while it trained
    page.run()
    assert visit_of(page).live_memory["span"] == needed


def test_a_link_opens_its_recipe(app: App) -> None:
    page = opened(app, model="ae", latent_dim="8", epochs="5")
    assert shown(page) == fields_of(RunConfig(model="ae", latent_dim=8, epochs=5))
    assert warnings(page) == []


@pytest.mark.parametrize("link", [{"preset": "ae-2d"}, {"model": "ae"}])
def test_a_link_is_named_after_its_preset_or_the_nearest(app: App, link: dict[str, str]) -> None:
    page = opened(app, epochs="3", **link)
    assert visit_of(page).preset_base == "ae-2d"
    changed = next(each.value for each in page.caption if "Changed:" in each.value)
    assert "**Changed:** epochs 3 instead of 10." in changed


def test_a_wrong_value_gets_a_sentence_and_the_rest_of_the_link_works(app: App) -> None:
    page = opened(app, model="ae", latent_dim="0", run="no-such-run")
    assert shown(page)["model"] == "ae"
    assert any(
        "Latent dimension (latent_dim): must be a whole number from 1 to 256" in text
        for text in warnings(page)
    )
    assert any("no run" in text for text in warnings(page))


def test_a_link_brings_no_pictures_of_its_own(app: App) -> None:
    page = opened(app, model="![x](http://127.0.0.1/x.png)", run="![x](y)")
    assert len(page.warning) == 2
    assert not any("![" in warning.value for warning in page.warning)


@pytest.mark.parametrize("name", PRESETS)
def test_choosing_a_preset_fills_the_form_and_the_address(app: App, name: str) -> None:
    page = opened(app)
    choose_recipe(page, name)
    assert not page.exception
    assert shown(page) == fields_of(PRESETS[name].config)
    if name != "vae-2d":
        assert dict(page.query_params) == {**fields_of(PRESETS[name].config), "version": str(VERSION)}


def test_the_learning_rate_follows_the_optimizer_until_it_is_chosen(app: App) -> None:
    page = opened(app)
    page.selectbox(key="optimizer").select("sgd").run()
    assert page.session_state.learning_rate == RunConfig(optimizer="sgd").learning_rate
    turn(page, "learning_rate", 0.005)
    page.selectbox(key="optimizer").select("momentum").run()
    assert page.session_state.learning_rate == 0.005


def test_fields_that_are_not_in_force_are_disabled(app: App) -> None:
    page = opened(app, model="ae")
    assert is_off(page, "beta")
    assert page.text_input(key="sigma").disabled
    page = opened(app, reconstruction="mse")
    assert not is_off(page, "beta")
    assert not page.text_input(key="sigma").disabled


def test_a_wrong_text_stops_train_with_a_sentence(app: App) -> None:
    page = opened(app)
    page.text_input(key="hidden").set_value("big").run()
    assert any(
        "Hidden layers (hidden): must be up to 8 widths" in error.value.replace("\\", "")
        for error in page.error
    )
    assert page.button(key="train").disabled
    page.text_input(key="hidden").set_value("32").run()
    assert not page.button(key="train").disabled


def test_the_form_survives_another_page(app: App) -> None:
    page = opened(app, latent_dim="8")
    page.switch_page(str(PAGES / "runs.py")).run()
    page.switch_page(str(PAGES / "train.py")).run()
    assert page.session_state.latent_dim == 8


def test_a_start_trains_the_recipe_it_was_asked_for_whatever_the_form_holds(
    app: App, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaelab.engine.engine.WorkerProcess", idle_worker)
    page = opened(app, beta="100")
    asked = RunConfig(beta=1, latent_dim=3)
    visit_of(page).start_asked = Start(asked)
    page.run()
    assert [run.config for run in RunStore(runs).runs()] == [asked]
    assert shown(page) == fields_of(asked)


def test_train_takes_what_was_typed_just_before_the_press(
    app: App, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaelab.engine.engine.WorkerProcess", idle_worker)
    page = opened(app)
    page.button(key="train").click()
    turn(page, "epochs", "7")  # both reach the server at once
    assert [run.config.epochs for run in RunStore(runs).runs()] == [7]


@pytest.mark.parametrize("model", ["vae", "ae"])
def test_train_makes_a_run_that_ends_with_a_way_on(app: App, runs: Path, model: str) -> None:
    page = opened(app, model=model, **TINY)
    page.button(key="train").click().run()
    store = RunStore(runs)
    assert [run.config.model for run in store.runs()] == [model]
    until(lambda: store.runs()[0].status().state == "finished")
    until(lambda: not page.run().button(key="train").disabled)
    assert not page.exception
    assert page.query_params["run"] == store.runs()[0].id
    assert any("epochs are done" in text.value for text in page.markdown)
    verdict = " ".join(text.value for text in page.get_by_key("verdict").markdown)
    assert ("ELBO" in verdict) == (model == "vae")
    ended = page.get_by_key("ended").get("page_link")
    assert [link.proto.label for link in ended] == ["Reconstructions", "Latent space", "Latent grid"]
    assert all(store.runs()[0].id in link.proto.query_string for link in ended)
    assert store.runs()[0].meta.owner


def test_one_epoch_pauses_and_stop_ends_it(app: App, runs: Path) -> None:
    page = opened(app, **{**TINY, "epochs": "500"})
    page.button(key="epoch").click().run()
    run = RunStore(runs).runs()[0]
    until(lambda: run.status().state == "paused")
    assert run.status().epoch == 1
    page.run()
    assert not page.exception
    page.button(key="stop").click().run()
    until(lambda: run.status().state == "stopped")
    assert not page.run().exception
