"""The dials and the recipes' cards in a browser: by mouse, by keys, and typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.accessibility import faults
from tests.support.servers import Server

BETA = ".st-key-dial_beta .vaelab-dial"


@pytest.fixture
def form(page: Page, server: Server) -> Page:
    page.goto(server.url)
    expect(number(page)).to_have_value("1")
    return page


def number(page: Page, name: str = "Beta") -> Locator:
    return page.get_by_role("spinbutton", name=name)


def slider(page: Page, name: str = "Beta") -> Locator:
    return page.get_by_role("slider", name=name)


def in_address(page: Page, value: str) -> None:
    page.wait_for_url(f"**&beta={value}&**")


def test_a_drag_is_told_while_it_lasts_and_is_not_disturbed_by_the_answers(form: Page) -> None:
    node = form.locator(BETA).element_handle()
    box = slider(form).bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    form.mouse.move(box["x"] + box["width"] / 2, middle)
    form.mouse.down()
    form.mouse.move(box["x"] + 0.7 * box["width"], middle, steps=3)
    held = number(form).input_value()
    assert float(held) > 1
    in_address(form, held)  # before the release
    form.mouse.move(box["x"] + 0.8 * box["width"], middle, steps=3)
    expect(number(form)).not_to_have_value(held)
    form.mouse.up()
    last = number(form).input_value()
    in_address(form, last)
    expect(number(form)).to_have_value(last)
    expect(slider(form)).to_have_attribute("aria-valuetext", last)
    assert form.locator(BETA).evaluate("(now, before) => now === before", node)


def test_keys_go_from_stop_to_stop_and_numbers_are_read_or_refused(form: Page) -> None:
    slider(form).focus()
    slider(form).press("ArrowRight")
    in_address(form, "1.2")
    expect(number(form)).to_have_value("1.2")
    slider(form).press("Home")
    in_address(form, "0")
    number(form).focus()
    number(form).press("ArrowUp")
    in_address(form, "0.01")
    # A number that is typed may have a decimal comma.
    number(form).fill("0,5")
    number(form).press("Enter")
    in_address(form, "0.5")
    expect(number(form)).to_have_value("0.5")
    expect(slider(form)).to_have_attribute("aria-valuetext", "0.5")
    # One out of bounds is refused with a sentence.
    number(form).fill("5000")
    number(form).press("Enter")
    refusal = form.get_by_role("alert").filter(has_text="must be a number from 0 to 1,000, not 5000.")
    expect(refusal).to_be_visible()
    expect(number(form)).to_have_value("0.5")
    number(form).press("Escape")
    expect(refusal).to_be_hidden()
    number(form).fill("5000")
    number(form).blur()  # the same again
    expect(refusal).to_be_visible()


def test_the_question_mark_explains_by_keyboard_and_mouse_and_all_is_large_enough(form: Page) -> None:
    ask = form.get_by_role("button", name="What is Beta?")
    ask.press("Enter")
    explained = form.get_by_text("Weight of the KL term.", exact=False)
    expect(explained).to_be_visible()
    pictures = form.locator(f"{BETA} img")
    expect(pictures).to_have_count(3)
    form.wait_for_function(
        f"() => [...document.querySelectorAll('{BETA} img')].every((image) => image.naturalWidth > 0)"
    )
    form.keyboard.press("Escape")
    expect(explained).to_be_hidden()
    expect(ask).to_be_focused()
    ask.hover()
    expect(explained).to_be_visible()
    form.mouse.move(0, 0)
    expect(explained).to_be_hidden()
    ask.click()
    form.mouse.move(0, 0)
    form.wait_for_timeout(500)  # longer than it stays for a mouse that has left
    expect(explained).to_be_visible()
    ask.click()
    expect(explained).to_be_hidden()
    sizes = form.locator(".vaelab-dial :is(button, input)").evaluate_all(
        "nodes => nodes.map((node) => Math.min(node.offsetWidth, node.offsetHeight))"
    )
    assert min(sizes) >= 24
    letters = form.locator(".vaelab-dial *").evaluate_all(
        "nodes => nodes.map((node) => parseFloat(getComputedStyle(node).fontSize))"
    )
    assert min(letters) >= 12


def test_a_recipe_is_chosen_by_keyboard(form: Page) -> None:
    opener = form.locator(".st-key-recipes button").first
    opener.press("Enter")
    cards = form.locator(".vaelab-cards button")
    expect(cards.first).to_have_attribute("aria-current", "true")
    cards.first.focus()
    form.keyboard.press("ArrowRight")
    expect(cards.nth(1)).to_be_focused()
    assert faults(form) == []
    form.keyboard.press("Enter")
    expect(form.get_by_role("radio", name="AE", exact=True)).to_be_checked()
    expect(cards).to_have_count(0)
    expect(number(form)).to_be_disabled()
    expect(form.locator(BETA)).to_contain_text("only a VAE has a KL term")
    expect(opener).to_be_focused()
