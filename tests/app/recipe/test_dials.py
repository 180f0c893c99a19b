"""The dials of the form: what a browser says of a dial becomes the recipe, or a sentence, or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.runs_page import idle_worker
from tests.support.third_model import NAME, third_model
from tests.support.turning import is_off, send, turn
from tests.support.visits import opened, visit_of
from vaelab.config import PRESETS, RunConfig, as_text
from vaelab.paths import PAGES
from vaelab.runs import RunStore
from vaelab.ui.recipe.dials import DIALS

App = Callable[[], AppTest]


def dial(page: AppTest, name: str) -> dict[str, Any]:
    """What the dial of a field was given."""
    given: dict[str, Any] = json.loads(page.get_by_key(f"dial_{name}").proto.json)
    return given


def values(page: AppTest) -> dict[str, Any]:
    return {name: dial(page, name)["value"] for name in DIALS}


@pytest.mark.parametrize(("name", "value"), [("beta", 0), ("beta", 4.5), ("latent_dim", 8), ("epochs", 3)])
def test_a_move_is_in_recipe_dial_and_address(app: App, name: str, value: float) -> None:
    page = turn(opened(app), name, value)
    assert getattr(visit_of(page).recipe, name) == dial(page, name)["value"] == value
    assert page.query_params[name] == as_text(value)
    assert dial(page, name)["count"] == 1


def test_numbers_may_have_a_decimal_comma(app: App) -> None:
    page = turn(opened(app), "beta", "0,5")
    assert visit_of(page).recipe.beta == dial(page, "beta")["value"] == 0.5


@pytest.mark.parametrize(
    ("name", "value"),
    [("beta", 5000), ("beta", "-1"), ("beta", "much"), ("beta", None), ("beta", [1]), ("beta", "nan"),
     ("beta", "1e999"), ("epochs", "2,5"), ("epochs", 0), ("latent_dim", 10**400), ("latent_dim", {})],
)  # fmt: skip
def test_a_value_out_of_bounds_is_refused_with_a_sentence(app: App, name: str, value: Any) -> None:
    page = turn(opened(app), name, value)
    assert not page.exception
    assert visit_of(page).recipe == RunConfig()
    given = dial(page, name)
    assert given["value"] == getattr(RunConfig(), name)
    assert "must be a" in given["refusal"]
    page = turn(page, name, 2)
    assert dial(page, name)["refusal"] == ""
    assert getattr(visit_of(page).recipe, name) == 2


@pytest.mark.parametrize(
    "sent",
    [None, 3, "x", [], {}, {"value": 3}, {"value": 3, "count": "1"}, {"value": 3, "count": -1},
     {"value": 3, "count": True}, {"value": 3, "count": 2**60}],
)  # fmt: skip
def test_what_is_no_move_changes_nothing(app: App, sent: Any) -> None:
    page = send(opened(app), "dial_beta", moved=sent)
    assert not page.exception
    assert visit_of(page).recipe == RunConfig()
    assert (dial(page, "beta")["count"], dial(page, "beta")["refusal"]) == (0, "")


def test_an_old_move_does_not_come_back(app: App) -> None:
    page = turn(opened(app), "beta", 3)
    page.session_state["beta"] = 7.0
    page = send(page, "dial_beta", moved={"value": 3, "count": 1})
    assert visit_of(page).recipe.beta == dial(page, "beta")["value"] == 7


def test_an_address_from_before_the_last_move_does_not_undo_it(app: App) -> None:
    page = turn(opened(app), "beta", 3)
    page.query_params.clear()  # the browser has moved the dial on before it heard of the new address
    page = turn(page, "beta", 4)
    assert visit_of(page).recipe.beta == dial(page, "beta")["value"] == 4
    assert page.query_params["beta"] == "4"
    page.query_params.clear()  # Back
    assert visit_of(page.run()).recipe == RunConfig()


def test_a_link_moves_the_dials(app: App) -> None:
    page = turn(opened(app), "beta", 3)
    page.query_params.clear()
    page.query_params |= {"beta": "0.25", "latent_dim": "16"}
    page.run()
    assert values(page) == {"beta": 0.25, "learning_rate": 0.01, "latent_dim": 16, "epochs": 10}
    page.switch_page(str(PAGES / "runs.py")).run()
    page.switch_page(str(PAGES / "train.py")).run()
    assert values(page) == {"beta": 0.25, "learning_rate": 0.01, "latent_dim": 16, "epochs": 10}


def test_the_dial_of_the_learning_rate_follows_the_optimizer(app: App) -> None:
    page = opened(app)
    page.selectbox(key="optimizer").select("sgd").run()
    assert dial(page, "learning_rate")["value"] == RunConfig(optimizer="sgd").learning_rate
    page = turn(page, "learning_rate", 0.005)
    page.selectbox(key="optimizer").select("momentum").run()
    assert dial(page, "learning_rate")["value"] == 0.005


def test_a_field_without_effect_says_why_on_its_dial(app: App) -> None:
    page = opened(app, model="ae")
    assert dial(page, "beta")["off"] == "only a VAE has a KL term"
    assert not any(is_off(page, name) for name in DIALS if name != "beta")
    assert not is_off(opened(app), "beta")


def test_both_keeps_the_model_and_asks_for_twins(app: App) -> None:
    page = opened(app)
    kind = page.segmented_control(key="kind_of_run")
    assert [option.content for option in kind.proto.options] == ["AE", "VAE", "both"]
    kind.set_value("both").run()
    assert (visit_of(page).twins, visit_of(page).recipe.model) == (True, "vae")
    page.segmented_control(key="kind_of_run").set_value("ae").run()
    assert (visit_of(page).twins, visit_of(page).recipe.model) == (False, "ae")
    assert page.query_params["model"] == "ae"


@pytest.mark.parametrize("is_stochastic", [True, False])
def test_a_third_kind_of_model_is_among_the_kinds(app: App, is_stochastic: bool) -> None:
    with third_model(is_stochastic=is_stochastic):
        page = opened(app, model=NAME)
        kind = page.segmented_control(key="kind_of_run")
        assert kind.value == NAME
        assert not is_off(page, "beta")
        kind.set_value("both").run()
        assert (visit_of(page).twins, visit_of(page).recipe.model) == (True, NAME)


def note(page: AppTest) -> str:
    said = [text.value.replace("\\", "") for text in page.caption]
    return next((sentence for sentence in said if "not yet trained" in sentence), "")


def test_what_differs_from_the_run_shown_is_named_until_it_is_trained(
    app: App, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaelab.engine.engine.WorkerProcess", idle_worker)
    page = opened(app)
    assert note(page) == ""
    page = turn(turn(page, "beta", 4), "latent_dim", 8)
    assert note(page) == "Latent dimension 8, beta 4: not yet trained"
    page.button(key="restart").click().run()
    (first,) = RunStore(runs).runs()
    assert first.config == RunConfig(beta=4, latent_dim=8)
    assert note(page) == ""
    page = turn(page, "beta", 2)
    assert note(page) == "Beta 2: not yet trained"
    page.button(key="restart").click().run()
    assert [run.config.beta for run in RunStore(runs).runs() if run.status().active] == [2]
    assert note(page) == ""


def test_one_press_shows_the_recipe_of_the_run(app: App, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaelab.engine.engine.WorkerProcess", idle_worker)
    page = opened(app, preset="ae-2d", latent_dim="20")
    page.button(key="train").click().run()
    (run,) = RunStore(runs).runs()
    page.query_params.clear()
    page.query_params["run"] = run.id
    assert visit_of(page.run()).recipe == run.config, "a link that names no recipe"
    page.query_params.clear()
    page.query_params["run"], page.query_params["preset"] = run.id, "vae-2d"
    assert visit_of(page.run()).recipe == RunConfig()
    assert note(page) == "Model VAE, latent dimension 2: not yet trained"
    page.button(key="show_recipe").click().run()
    assert visit_of(page).recipe == run.config == PRESETS["ae-2d"].config.variant(latent_dim=20)
    assert visit_of(page).preset_base == "ae-2d"
    assert note(page) == ""


def test_a_field_without_effect_is_no_difference(app: App) -> None:
    page = opened(app, preset="ae-2d")
    assert note(page) == ""
    page.session_state["beta"] = 9.0
    assert note(page.run()) == ""
