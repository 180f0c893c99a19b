"""Slow motion on the Train page, and the listing beside it, as Streamlit runs them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.turning import choose_recipe
from vaelab.config import PRESETS, RunConfig
from vaelab.export.script import script, sections
from vaelab.teaching.glossary import find
from vaelab.ui.slow_motion.stages import line_of_listing, stages_of

App = Callable[[], AppTest]


def opened(app: App, preset: str) -> AppTest:
    """The Train page with a preset's finished example and the panel open."""
    page = app().run()
    choose_recipe(page, preset)
    page.session_state["slow_motion"] = True
    page.run()
    assert not page.exception
    return page


def heading(page: AppTest) -> str:
    panel = page.get_by_key("slow_motion")
    return next(text.value for text in panel.markdown if " of " in text.value and " · " in text.value)


def test_nothing_is_computed_before_the_panel_is_opened(app: App) -> None:
    page = app().run()
    assert not page.exception
    assert all(button.key != "slow_next" for button in page.button)


@pytest.mark.parametrize("preset", ["vae-2d", "ae-256", "conv-vae", "denoising-ae"])
def test_the_step_is_walked_through_forwards_and_backwards(app: App, preset: str) -> None:
    page = opened(app, preset)
    titles = [stage.title for stage in stages_of(PRESETS[preset].config)]
    assert page.button(key="slow_back").disabled
    seen = []
    for index in range(len(titles)):
        seen.append(heading(page))
        assert page.latex[0].value
        if index < len(titles) - 1:
            page.button(key="slow_next").click().run()
            assert not page.exception
    assert [text.split(" · ")[1].strip("*") for text in seen] == titles
    assert page.button(key="slow_next").disabled
    back = [heading(page)]
    for _ in titles[1:]:
        page.button(key="slow_back").click().run()
        back.append(heading(page))
    assert back == seen[::-1]


def _numbers(page: AppTest) -> Any:
    """The table of the stage, which stands behind that of the measures."""
    return page.table[-1].value


def test_drawing_again_changes_the_code_but_not_the_mean(app: App) -> None:
    page = opened(app, "vae-2d")
    page.selectbox(key="slow_stage").select("Code").run()
    before = _numbers(page)
    page.button(key="slow_resample").click().run()
    after = _numbers(page)
    assert list(before["mean"]) == list(after["mean"])
    assert list(before["epsilon"]) != list(after["epsilon"])
    assert list(before["z"]) != list(after["z"])
    page.number_input(key="slow_image").set_value(7).run()
    assert list(_numbers(page)["mean"]) != list(after["mean"])


LINES = {
    "image": r"for x in x_train\.split\(|x = x_train\[",
    "hidden": r"(h|z) = self\.encoder\(x\)$",
    "posterior": "mean, logvar = ",
    "epsilon": "epsilon = ",
    "code": r"z = mean \+ |z = self\.encoder\(x\)$",
    "output": r"return self\.decoder\(z\)",
    "objective": "objective = ",
    "gradient": r"objective\.backward\(\)$",
}
"""How the line of each name begins."""


@pytest.mark.parametrize("name", PRESETS)
def test_the_listing_names_every_line_that_slow_motion_shows(name: str) -> None:
    for changes in ({}, {"optimizer": "gd"}, {"model": "ae"}, {"model": "vae"}, {"hidden": None}):
        config = PRESETS[name].config.variant(**changes)
        named = {line for part in sections(config) for line in part.named}
        assert {stage.line for stage in stages_of(config)} <= named <= set(LINES)


@pytest.mark.parametrize("name", PRESETS)
def test_every_stage_has_a_term_and_a_line_of_the_listing(name: str) -> None:
    config = PRESETS[name].config
    for changed in (config, config.variant(optimizer="gd"), config.variant(precision="bf16")):
        for stage in stages_of(changed):
            assert find(stage.term)
            line = line_of_listing(changed, stage.line)
            assert line in script(changed)
            assert re.match(LINES[stage.line], line)
            assert stage.words.count("$") % 2 == 0


def test_the_listing_on_the_train_page_is_that_of_the_form(app: App) -> None:
    page = app()
    page.query_params["model"] = "ae"
    page.query_params["latent_dim"] = "8"
    page.run()
    expected = script(RunConfig(model="ae", latent_dim=8)).rstrip()
    assert any(code.value == expected for code in page.code)
    labels = {button.proto.label for button in page.get("download_button")}
    assert {"Script", "Notebook"} <= labels
