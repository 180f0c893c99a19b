"""The network on Train: the picked image goes through it; its layers follow training and cursor."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.support.canvas import Canvas
from tests.support.servers import Server
from tests.support.train_page import open_recipe, press, stop_if_active, wait_for_state
from vaelab.data import load

PICK, PRICE = ".vaelab-canvas-pick", ".vaelab-canvas-price"
INPUT = ".vaelab-canvas-original"
STRIPS = {side: f".vaelab-canvas-network canvas[data-side={side}]" for side in ("encoder", "decoder")}
CHANGED = """([part, before]) => {
    const strips = document.querySelector(`.vaelab-canvas ${part}`)
    return strips && strips.toDataURL() !== before
}"""


@pytest.fixture
def stage(page: Page, server: Server) -> Iterator[Canvas]:
    """The canvas of Train, with a finished example at first."""
    open_recipe(page, server, train_size="20000", epochs="500", hidden="64-40")
    canvas = Canvas(page, "live_latent_canvas")
    canvas.wait_until("node.dataset.known === 'true'")
    yield canvas
    stop_if_active(page, server)


def strips(stage: Canvas, side: str) -> str:
    """The picture of one side's layers."""
    return stage.outer.locator(STRIPS[side]).evaluate("(canvas) => canvas.toDataURL()")


def wait_for_change(stage: Canvas, side: str, before: str) -> None:
    stage.page.wait_for_function(CHANGED, arg=[STRIPS[side], before])


def pick(stage: Canvas, name: str, index: int) -> None:
    stage.outer.locator(PICK).select_option(label=name)
    stage.wait_until(f"node.dataset.input === '{index}' && node.dataset.known === 'true'")


def test_the_picked_image_goes_in_and_its_reconstruction_comes_out(stage: Canvas) -> None:
    data = load("mnist")
    first = data.first_of_each_class()
    seen = set()
    for name in ("3", "0"):
        pick(stage, name, first[int(name)])
        np.testing.assert_array_equal(stage.decoded(INPUT), data.x_test[first[int(name)]][0])
        expect(stage.outer.locator("figcaption").first).to_contain_text("nats")
        seen.add((strips(stage, "encoder"), strips(stage, "decoder"), stage.decoded().tobytes()))
    assert [len(set(parts)) for parts in zip(*seen, strict=True)] == [2, 2, 2]
    stage.outer.locator(INPUT).click()
    stage.wait_until(f"node.dataset.input === '{first[1]}'")
    expect(stage.outer.locator(PICK)).to_have_value("1")
    stage.outer.locator(PICK).press("ArrowDown")
    stage.wait_until(f"node.dataset.input === '{first[2]}'")


def test_a_point_that_is_held_gives_way_to_a_picked_image_and_to_escape(stage: Canvas) -> None:
    page, words = stage.page, stage.outer.locator("figcaption").first
    stage.move(0.9, 0.1)
    page.mouse.down()
    page.mouse.up()
    page.mouse.move(5, 5)
    expect(words).to_have_text("Decoded here")
    stage.outer.locator(PICK).select_option(label="3")
    expect(words).to_contain_text("nats")
    stage.outer.locator(".vaelab-canvas-overlay").press("Shift+ArrowRight")
    stage.wait_until("node.dataset.cursor")
    page.keyboard.press("Escape")
    stage.wait_until("!node.dataset.cursor")
    expect(words).to_contain_text("nats")


def test_layers_follow_the_training_and_the_decoder_follows_the_cursor(stage: Canvas) -> None:
    page = stage.page
    press(page, "Train")
    wait_for_state(page, "running")
    stage.wait_until("node.dataset.state === 'running' && node.dataset.known === 'true'")
    for side in STRIPS:
        wait_for_change(stage, side, strips(stage, side))
    press(page, "Pause")
    wait_for_state(page, "paused")
    stage.wait_until("node.dataset.state === 'paused' && node.dataset.known === 'true'")
    expect(stage.outer.locator(PRICE)).to_contain_text("KL, the price of the code: ")
    before = {side: strips(stage, side) for side in STRIPS}
    stage.move(0.9, 0.1)
    wait_for_change(stage, "decoder", before["decoder"])
    assert strips(stage, "encoder") == before["encoder"]
    expect(stage.outer.locator("figcaption").first).to_have_text("Decoded here")
    page.mouse.move(5, 5)
    page.wait_for_function(
        "([part, before]) => document.querySelector(`.vaelab-canvas ${part}`).toDataURL() === before",
        arg=[STRIPS["decoder"], before["decoder"]],
    )
