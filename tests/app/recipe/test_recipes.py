"""The cards of recipes: each has a picture that the server has, and choosing one fills the form."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.support.turning import choose_recipe, trigger, turn
from tests.support.visits import visit_of
from vaelab.config import PRESETS, RunConfig
from vaelab.paths import EXAMPLES, PICTURES
from vaelab.ui.recipe.dials import DIALS, face_of
from vaelab.ui.web.assets import load_asset

App = Callable[[], AppTest]

MOST_BYTES = 50_000
"""Of a picture: all that a visitor loads of them is no more than one chart's script."""


def given(page: AppTest) -> dict[str, Any]:
    """What the cards were given."""
    data: dict[str, Any] = json.loads(page.get_by_key("recipe_cards").proto.json)
    return data


def button(page: AppTest) -> str:
    """The words of the button behind which the cards are."""
    words: str = page.get_by_key("recipes").proto.popover.label
    return words


def test_every_recipe_has_a_card_with_its_picture(app: App) -> None:
    page = app().run()
    cards = given(page)["cards"]
    assert {card["name"]: card["sentence"] for card in cards} == {
        name: preset.teaches for name, preset in PRESETS.items()
    }
    assert {card["name"] for card in cards if card["picture"]} == {
        name for name in PRESETS if (EXAMPLES / name).exists()
    }
    assert "base64" not in json.dumps(cards)


@pytest.mark.parametrize("path", sorted(PICTURES.glob("*.webp")), ids=lambda path: path.stem)
def test_a_picture_is_small_and_of_its_shape(path: Path) -> None:
    asset = load_asset(f"pictures/{path.name}")
    assert asset.media_type == "image/webp"
    assert len(asset.content) < MOST_BYTES
    width, height = Image.open(io.BytesIO(asset.content)).size
    assert max(width, height) == 2 * min(width, height)
    assert (width > height) == (path.stem in PRESETS)


@pytest.mark.parametrize("name", [name for name, dial in DIALS.items() if dial.examples])
def test_every_example_at_a_dial_has_its_picture(name: str) -> None:
    face = face_of(name)
    assert len(face.pictures) == len(DIALS[name].examples)
    assert {value for value, _ in DIALS[name].examples} <= set(face.stops)


def test_the_chosen_card_is_marked_and_named_until_the_recipe_is_changed(app: App) -> None:
    page = choose_recipe(app().run(), "beta-vae")
    assert visit_of(page).recipe == PRESETS["beta-vae"].config
    assert given(page)["current"] == "beta-vae"
    assert button(page) == "Beta-VAE"
    page = turn(page, "beta", 2)
    assert button(page) == "Beta-VAE · changed"
    page = choose_recipe(page, "beta-vae")
    assert button(page) == "Beta-VAE"
    assert visit_of(page).recipe == PRESETS["beta-vae"].config


def test_a_choice_ends_that_of_twins(app: App) -> None:
    page = app().run()
    page.segmented_control(key="kind_of_run").set_value("both").run()
    assert not visit_of(choose_recipe(page, "ae-2d")).twins


@pytest.mark.parametrize("chosen", ["none such", None, 3, ["vae-2d"], {"vae-2d": 1}])
def test_what_is_no_card_chooses_nothing(app: App, chosen: object) -> None:
    page = trigger(turn(app().run(), "beta", 2), "recipe_cards", "chosen", chosen)
    assert not page.exception
    assert visit_of(page).recipe == RunConfig(beta=2)
