"""The main job, as a newcomer does it: train, watch, leave and come back, steer, then explore."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.servers import Server
from tests.support.top_bar import follow
from tests.support.train_page import (
    VIEW,
    open_recipe,
    press,
    step,
    stop_if_active,
    wait_for_state,
    wait_for_step_after,
)
from vaelab.config.run_config import VERSION
from vaelab.engine.engine import default_slots

LONG = {"train_size": "20000", "epochs": "500"}
"""What makes it one that no test sees the end of."""
LONG_EPOCH = 625
"""Steps of its epochs."""


def last_drawn(page: Page) -> float:
    """Epoch of the last point of any line of training or testing in the losses chart."""
    return page.evaluate(
        """() => Math.max(...document.querySelector('.st-key-losses .js-plotly-plot').calcdata
            .map((points) => points.at(-1)?.x ?? 0).filter((x) => x < 500))"""
    )


@pytest.fixture
def long_run(page: Page, server: Server) -> Any:
    """A run of 500 epochs under way, which is stopped afterwards."""
    open_recipe(page, server, **LONG)
    press(page, "Train")
    wait_for_state(page, "running")
    wait_for_step_after(page, 0)
    yield page
    stop_if_active(page, server)


def test_train_three_epochs_then_explore_the_new_run(page: Page, server: Server) -> None:
    open_recipe(page, server, epochs="3")
    expect(page.get_by_text("A finished example", exact=False)).to_be_visible()
    press(page, "Train")
    page.get_by_text("All 3 epochs are done.", exact=False).wait_for(timeout=120_000)
    expect(page.locator(VIEW)).to_have_attribute("data-step", str(3 * 94))  # drawn after the words are there
    wait_for_state(page, "finished")
    run = json.loads(
        page.evaluate("JSON.stringify(Object.fromEntries(new URLSearchParams(location.search)))")
    )
    assert (server.runs / run["run"] / "model.safetensors").exists()
    for path, hook in (
        ("Reconstructions", "reconstructions"),
        ("Latent space", "latent-scatter"),
        ("Latent grid", "latent-grid"),
        ("Walks", "walks"),
    ):
        ended = page.locator(".st-key-ended").get_by_role("link", name=path)
        if ended.count():
            ended.click()
        else:
            follow(page, path)
        expect(page.get_by_role("heading", name=path, level=1)).to_be_visible()
        page.wait_for_selector(f".st-key-{hook} :is(canvas, img, svg.main-svg)", state="attached")
        expect(page).to_have_url(re.compile(f"run={run['run']}"))
        assert page.get_by_test_id("stException").count() == 0
        page.go_back()
        wait_for_state(page, "finished")
    follow(page, "Runs")
    page.wait_for_selector(".st-key-runs-table", state="attached")


def test_the_curve_grows_in_place_keeps_a_zoom_and_goes_on_without_its_visitor(long_run: Page) -> None:
    page = long_run
    chart = page.locator(".st-key-losses .js-plotly-plot")
    chart.evaluate("(node) => { node.theSameNode = true }")
    box = chart.locator(".nsewdrag").first.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + box["width"] / 3, middle[1] + box["height"] / 3, steps=5)
    page.mouse.up()
    zoomed = chart.evaluate("(node) => node._fullLayout.xaxis.range.slice()")
    before, end = step(page), last_drawn(page)
    wait_for_step_after(page, before + 100)
    assert last_drawn(page) > end
    assert chart.evaluate("(node) => node._fullLayout.xaxis.range.slice()") == zoomed
    assert chart.evaluate("(node) => node.theSameNode === true")
    # It goes on while the visitor is elsewhere.
    before = step(page)
    follow(page, "Latent space")
    page.wait_for_selector(".st-key-latent-scatter", state="attached")
    follow(page, "Train")
    wait_for_state(page, "running")
    wait_for_step_after(page, before)
    before = step(page)
    page.reload()
    wait_for_state(page, "running")
    wait_for_step_after(page, before)


def test_pause_resume_one_epoch_and_stop(long_run: Page) -> None:
    page = long_run
    page.get_by_role("button", name="Pause", exact=True).press("Enter")
    wait_for_state(page, "paused")
    paused_at = step(page)
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    wait_for_state(page, "running")
    wait_for_step_after(page, paused_at)
    press(page, "Pause")
    wait_for_state(page, "paused")
    epoch = step(page) // LONG_EPOCH
    press(page, "One epoch")
    page.wait_for_function(
        f"""() => {{ const {{ state, step }} = document.querySelector('{VIEW}')?.dataset ?? {{}}
            return state === 'paused' && Number(step) === {(epoch + 1) * LONG_EPOCH} }}""",
        timeout=120_000,
    )
    press(page, "Stop")
    wait_for_state(page, "stopped")
    expect(page.locator(".st-key-outcome")).to_contain_text("Stopped after")


def test_a_second_run_waits_in_the_queue(long_run: Page, server: Server) -> None:
    others = [long_run.context.new_page() for _ in range(default_slots())]
    for other in others:  # all but the last one train: there is one run more than places
        open_recipe(other, server, **LONG, seed="7")
        press(other, "Train")
        if other is not others[-1]:
            wait_for_state(other, "running")
    expect(others[-1].locator(".st-key-outcome")).to_contain_text("Meanwhile, a finished example")
    expect(others[-1].get_by_text("Waiting in the queue: next")).to_be_visible()
    press(others[-1], "Cancel")
    expect(others[-1].get_by_text("Waiting in the queue", exact=False)).to_have_count(0)
    expect(others[-1].get_by_test_id("stAlert")).to_have_count(0)
    for other in others[:-1]:
        press(other, "Stop")
        wait_for_state(other, "stopped")


def test_a_link_opens_its_recipe_and_back_works(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/?model=ae&latent_dim=8&epochs=5000")
    expect(page.get_by_text("Epochs: must be a whole number from 1 to 500, not '5000'.")).to_be_visible()
    latent = page.get_by_role("spinbutton", name="Latent dimension")
    expect(latent).to_have_value("8")
    latent.fill("16")
    latent.press("Enter")
    page.wait_for_url("**latent_dim=16**")
    assert f"version={VERSION}" in page.url
    assert "batch_size=256" in page.url
    page.go_back()
    expect(latent).to_have_value("8")
