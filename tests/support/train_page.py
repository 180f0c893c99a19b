"""The page Train in a browser: opening a recipe, pressing its buttons, waiting for states and steps."""

from __future__ import annotations

import json
from contextlib import suppress

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.support.servers import Server

SMALL = {"train_size": "3000", "batch_size": "32", "hidden": "64"}
"""Fields of a real run that is over soon."""
VIEW = ".st-key-losses [data-state]"
"""The element that carries the state and the newest step of the run shown."""


def open_recipe(page: Page, server: Server, **fields: str) -> None:
    query = "&".join(f"{name}={value}" for name, value in {**SMALL, **fields}.items())
    page.goto(f"{server.url}/?{query}")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()


def wait_for_state(page: Page, *states: str) -> None:
    wanted = json.dumps(list(states))
    page.wait_for_function(
        f"{wanted}.includes(document.querySelector('{VIEW}')?.dataset.state)", timeout=120_000
    )


def step(page: Page) -> int:
    return int(page.locator(VIEW).get_attribute("data-step") or 0)


def wait_for_step_after(page: Page, before: int) -> None:
    page.wait_for_function(
        f"Number(document.querySelector('{VIEW}')?.dataset.step) > {before}", timeout=120_000
    )


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def stop_if_active(page: Page, server: Server) -> None:
    """Leave no training behind for the tests that follow."""
    page.goto(server.url)
    page.wait_for_selector(VIEW, state="attached")
    button = page.locator(".st-key-stop button")  # a run that waits shows the state of another one meanwhile
    while button.is_enabled():
        with suppress(PlaywrightTimeout):  # it may end just now, and then there is nothing to stop
            button.click(timeout=2_000)
            expect(button).to_be_disabled()
