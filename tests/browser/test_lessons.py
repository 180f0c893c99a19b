"""The lessons in a real browser: through all of them by keyboard, with their numbers and without a fault."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.accessibility import faults
from tests.support.servers import Server
from vaelab.teaching.lessons import LESSONS, Lesson

SHOWN = {
    1: ".st-key-lesson-rows img", 2: ".st-key-lesson_pixel_curves .main-svg",
    3: ".st-key-lesson-code img", 4: ".st-key-lesson_first_steps .main-svg",
    5: ".st-key-lesson-paths img", 6: ".st-key-lesson_trade .main-svg",
}  # fmt: skip
"""What only the experiment shows, and shows last."""

UNDRAWN = ".vaelab-plot-chart:not([aria-label])"
"""Charts that are on the page already and will be drawn in a moment."""

CUT_OFF = "nodes => nodes.filter(node => node.scrollWidth > node.clientWidth + 4).length"
"""Formulas that are wider than the page; KaTeX's own rounding is 2 pixels."""


def press(control: Locator, key: str = "Enter") -> None:
    expect(control).to_be_enabled()
    control.focus()
    control.press(key)


def predict(page: Page, lesson: Lesson) -> None:
    """Predict by keyboard what is right, and reveal the answer."""
    question, right = lesson.question, page.locator(".st-key-lesson-question")
    for index in question.right:
        if question.several:
            option = right.get_by_role("button", name=question.options[index])
            press(option)
            expect(option).to_have_attribute("aria-pressed", "true")
        else:
            option = right.get_by_role("radio").nth(index)
            press(option, "Space")
            expect(option).to_be_checked()
    press(right.get_by_role("button", name="Reveal"))
    expect(right.get_by_text("As you predicted.")).to_be_visible()


def test_a_card_can_be_pressed_all_over(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/lessons")
    card = page.locator(".st-key-lesson-card-2")
    expect(card.get_by_role("link")).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    # The link lies over the sentence.
    card.get_by_text(LESSONS[2].summary).click(force=True)
    expect(page).to_have_url(f"{server.url}/lessons?lesson=2")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_all_lessons_by_keyboard(page: Page, server: Server, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{server.url}/lessons")
    press(page.get_by_role("link", name=f"1. {LESSONS[1].title}"))
    for number, lesson in LESSONS.items():
        heading = page.get_by_role("heading", level=1, name=f"{number}. {lesson.title}")
        expect(heading).to_be_visible()
        expect(heading).to_be_focused()
        expect(heading).to_be_in_viewport()
        expect(page).to_have_url(f"{server.url}/lessons?lesson={number}")
        predict(page, lesson)
        expect(page.locator(".katex-display").nth(len(lesson.formulas) - 1)).to_be_visible()
        expect(page.locator(SHOWN[number]).first).to_be_visible()
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
        expect(page.locator(UNDRAWN)).to_have_count(0)
        assert page.locator(".katex-display").evaluate_all(CUT_OFF) == 0
        assert faults(page) == []
        if number + 1 in LESSONS:
            press(page.get_by_role("link", name=f"Lesson {number + 1}: {LESSONS[number + 1].title}"))
    page.go_back()
    expect(page.get_by_role("heading", level=1, name=f"5. {LESSONS[5].title}")).to_be_visible()
    expect(page.locator(SHOWN[5]).first).to_be_visible()  # what was revealed stays so
