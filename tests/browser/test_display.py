"""A lesson's link on a browser that was never here: what it hides is not seen, on any page."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.support.top_bar import BAR, follow
from vaelab.ui.session.display import LETTERS

LETTERS_OF_CHARTS = (
    '[...document.querySelectorAll(".js-plotly-plot text")]'
    ".map((text) => parseFloat(getComputedStyle(text).fontSize))"
)


def test_a_link_with_hidden_controls(page: Page, server: Any) -> None:
    page.goto(f"{server.url}/?epochs=3&latent_dim=4&hide=advanced,twin,hints,code")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Epochs")).to_have_value("3")
    expect(page.locator(".st-key-losses .js-plotly-plot")).to_be_visible()
    expect(page.get_by_role("radio", name="VAE", exact=True)).to_be_visible()
    expect(page.get_by_text("both", exact=True)).to_be_hidden()
    for name in ("advanced", "hints-of-example", "show_code"):
        expect(page.locator(f".st-key-{name}")).to_be_hidden()
    follow(page, "Latent space")
    expect(page.get_by_role("heading", name="Latent space", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile("hide=advanced"))
    follow(page, "Train")
    expect(page.get_by_role("spinbutton", name="Latent dimension")).to_have_value("4")
    page.reload()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    expect(page.locator(".st-key-advanced")).to_be_hidden()
    page.goto(f"{server.url}/?hide=")
    expect(page.locator(".st-key-advanced")).to_be_visible()


def test_a_lesson_link_with_hidden_controls(page: Page, server: Any) -> None:
    before = page.evaluate("history.length")
    page.goto(f"{server.url}/lessons?lesson=5&hide=sidebar,losses,hints")
    expect(page.get_by_role("heading", level=1)).to_have_text("5. AE against VAE")
    expect(page.locator(BAR)).to_be_hidden()
    page.get_by_role("link", name="Only open the recipe").first.click()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    assert page.evaluate("history.length") == before + 2, "the lesson and Train: Back leads to the lesson"
    expect(page.locator(".st-key-losses")).to_be_hidden()
    expect(page.locator(BAR)).to_be_hidden()
    beside = page.locator(".st-key-live-latent").bounding_box()
    actions = page.locator(".st-key-advanced").bounding_box()
    assert beside is not None
    assert actions is not None
    assert abs(beside["width"] - actions["width"]) < 2, "what is shown has the room of what is hidden"


def test_a_presentation_has_no_bar_and_large_letters(page: Page, server: Any) -> None:
    page.goto(f"{server.url}/lessons?lesson=6&present=1")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(BAR)).to_be_hidden()
    page.goto(f"{server.url}/?present=1")
    expect(page.locator(".st-key-losses .js-plotly-plot")).to_be_visible()
    page.wait_for_function(f"{LETTERS_OF_CHARTS}.length > 10")
    assert set(page.evaluate(LETTERS_OF_CHARTS)) == {LETTERS}
    page.get_by_role("button", name="Leave presentation").click()
    expect(page.locator(BAR)).to_be_visible()
    expect(page).not_to_have_url(re.compile("present"))
