"""A hint as a visitor meets it: it appears while a failure trains, and its button trains without it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.servers import Server
from tests.support.train_page import stop_if_active, wait_for_state

CARD = ".st-key-failure-beta-100"
HINTS = ".st-key-hints button"
"""What is seen of the hints until it is pressed: the title of the first one."""
HINT = ".st-key-hint-collapse"
TOPS = (
    "['live-losses', 'heading-losses', 'losses', 'losses-caption', 'live-reconstructions']"
    ".map((name) => document.querySelector(`.st-key-${name}`).getBoundingClientRect().top)"
)
"""Where the losses and what surrounds them begin."""


def beta_in_address(page: Page) -> str:
    return page.evaluate("new URLSearchParams(location.search).get('beta')")


def run_in_address(page: Page) -> str:
    return page.evaluate("new URLSearchParams(location.search).get('run')")


def test_a_failure_is_trained_named_without_moving_anything_and_mended(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/failures")
    page.locator(CARD).get_by_role("button", name="Train it").click()
    expect(page.get_by_role("heading", name="Train an autoencoder", level=1)).to_be_visible()
    wait_for_state(page, "running")
    before = page.evaluate(TOPS)
    page.wait_for_selector(HINTS, timeout=120_000)
    # It stands in the heading of the losses, which is as high without it.
    after = page.evaluate(TOPS)
    assert max(abs(top - other) for top, other in zip(before, after, strict=True)) < 1
    expect(page.locator(HINTS)).to_contain_text("Posterior collapse")
    page.locator(HINTS).click()
    hint = page.locator(HINT)
    expect(hint.get_by_role("alert")).to_have_text("warningPosterior collapse")
    expect(hint).to_contain_text("0 of 2 dimensions active")
    failed = run_in_address(page)
    assert float(beta_in_address(page)) == 100
    hint.get_by_role("button", name="again: beta 1").click()
    page.wait_for_function("Number(new URLSearchParams(location.search).get('beta')) === 1", timeout=120_000)
    expect(page.get_by_text("The recipe of this run with beta 1", exact=False).first).to_be_visible()
    wait_for_state(page, "finished")
    expect(page.locator(HINTS)).to_have_count(0)
    expect(page.locator(HINT)).to_have_count(0)
    assert run_in_address(page) != failed
    assert page.get_by_test_id("stException").count() == 0
    stop_if_active(page, server)


def test_advice_of_more_epochs_goes_on_where_one_looks(page: Page, server: Server) -> None:
    recipe = "lr_schedule=constant&learning_rate=0.0002&epochs=3&train_size=2000&batch_size=20&hidden=64"
    page.goto(f"{server.url}/?{recipe}")
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_text("All 3 epochs are done.", exact=False).wait_for(timeout=120_000)
    short = run_in_address(page)
    page.locator(HINTS).click()
    page.get_by_role("button", name="Train again: 6 epochs").click()
    page.get_by_text("All 6 epochs are done.", exact=False).wait_for(timeout=120_000)
    assert run_in_address(page) != short
