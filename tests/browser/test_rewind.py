"""Rewind in a browser: by mouse, by keyboard, by itself, and as a GIF."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.support.servers import Server
from vaelab.data import DATASETS
from vaelab.networks.sizes import facts
from vaelab.paths import EXAMPLES, PROJECT
from vaelab.runs import History, Run
from vaelab.runs.history import losses_at

OUTPUT = PROJECT / "tests" / "browser" / "output"
RUN = Run(EXAMPLES / "vae-2d")
STEPS = RUN.snapshot_steps()

PICTURES = {
    "reconstructions": ".st-key-reconstructions img",
    "latent-space": ".st-key-latent-scatter .vaelab-canvas[data-step]",
    "latent-grid": ".st-key-latent-grid .vaelab-canvas[data-step]",
}
"""What has to be there before a page can be looked at."""


KEEP_STEPS = """(slider) => {
    const note = () => {
        const step = slider.getAttribute("aria-valuetext")
        if (step !== steps.at(-1)) steps.push(step)
    }
    window.steps = []
    note()
    new MutationObserver(note).observe(slider, { attributes: true })
}"""
"""A function of the slider that keeps where it has been from now on."""


def visit(page: Page, server: Server, path: str, **parameters: object) -> Locator:
    """Open a page and wait until it is drawn; the slider."""
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    page.goto(f"{server.url}/{path}?run=vae-2d&{query}")
    page.wait_for_selector(PICTURES[path])
    return page.locator(".st-key-rewind").get_by_role("slider")


def picture(page: Page, name: str) -> None:
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"rewind-{name}.png", full_page=True)


def words(page: Page) -> Locator:
    return page.get_by_text("nats per image").filter(has_text="Epoch")


def track_of(page: Page) -> Any:
    """Where the slider's line is: its ends are written below it."""
    return page.locator(".st-key-rewind").get_by_test_id("stSliderTickBar").bounding_box()


@pytest.mark.parametrize("path", PICTURES)
def test_the_keyboard_goes_back_and_forth_and_the_way_is_saved_as_a_gif(
    page: Page, server: Server, path: str
) -> None:
    slider = visit(page, server, path)
    check_gif(page, path)
    expect(slider).to_have_attribute("aria-valuetext", "newest weights")
    expect(words(page)).to_contain_text("Epoch 10 of 10: test reconstruction")
    slider.press("Home")
    expect(words(page)).to_contain_text("training reconstruction")
    page.wait_for_url(f"**step={STEPS[0]}**")
    picture(page, f"{path}-start")
    slider.press("ArrowRight")
    page.wait_for_url(f"**step={STEPS[1]}**")
    page.reload()
    expect(slider).to_have_attribute("aria-valuetext", f"step {STEPS[1]}")
    page.go_back()
    expect(slider).to_have_attribute("aria-valuetext", f"step {STEPS[0]}")


def test_the_mouse_goes_to_the_start(page: Page, server: Server) -> None:
    slider, track = visit(page, server, "latent-space"), track_of(page)
    thumb = slider.bounding_box()
    assert thumb is not None
    page.mouse.move(track["x"] + track["width"], thumb["y"])
    page.mouse.down()
    page.mouse.move(track["x"], thumb["y"], steps=8)
    page.mouse.up()
    page.wait_for_url(f"**step={STEPS[0]}**")
    expect(words(page)).to_contain_text("training reconstruction")


def test_it_plays_to_the_end_and_the_losses_follow(page: Page, server: Server) -> None:
    slider = visit(page, server, "latent-grid", step=STEPS[-2])
    page.get_by_text("Losses", exact=True).click()
    chart = page.locator(".st-key-rewind_losses_plot [data-step], [class*=rewind_losses] [data-step]").first
    expect(chart).to_have_attribute("data-step", str(STEPS[-2]))
    slider.press("Home")
    expect(chart).to_have_attribute("data-step", str(STEPS[0]))
    slider.evaluate(KEEP_STEPS)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    expect(slider).to_have_attribute("aria-valuetext", "newest weights")
    steps_per_epoch = facts(RUN.config, DATASETS["mnist"]).steps_per_epoch
    names = [losses_at(History(RUN), step, steps_per_epoch).name for step in STEPS[:-1]]
    assert page.evaluate("steps") == [*names, "newest weights"]
    expect(chart).to_have_attribute("data-step", str(STEPS[-1]))
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    picture(page, "played")


def check_gif(page: Page, path: str) -> None:
    """It has a frame for each snapshot."""
    with page.expect_download() as made:
        page.get_by_role("button", name="Download as GIF").click()
    assert made.value.suggested_filename == f"{path}-vae-mnist-2-d-10-epochs.gif"
    content = Path(made.value.path()).read_bytes()
    OUTPUT.mkdir(exist_ok=True)
    (OUTPUT / made.value.suggested_filename).write_bytes(content)
    animation = Image.open(io.BytesIO(content))
    assert animation.n_frames == len(STEPS)
    assert animation.width == 480
    assert len(content) < 3_000_000


def test_on_a_phone(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, server, "latent-space", step=STEPS[1])
    track = track_of(page)
    assert track["x"] >= 0
    assert track["x"] + track["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, "phone")
