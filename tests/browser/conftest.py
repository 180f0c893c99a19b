"""A real Chromium, and real servers of the app, for the tests in this folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.support import servers
from tests.support.servers import CHROMIUM_FLAGS, COMPONENTS_APP, Server, find_chromium
from vaelab.paths import PROJECT

PATIENCE = 30_000
"""Milliseconds to wait for what must come; the machine may be busy."""

VIEWPORT = ViewportSize(width=1366, height=768)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the machine's Chromium; skips the tests without one, and fails them in CI."""
    found = find_chromium()
    if found is None:
        sentence = "There is no Chromium on this machine; install one, or name it in CHROMIUM."
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """A browser for tests that need visitors, screens or fingers of their own."""
    browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def profile(
    playwright: Playwright, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """The profile of the tests' visitors, whose disk keeps the compiled scripts: a third of a page's time."""
    profile = playwright.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"),
        executable_path=chromium,
        args=list(CHROMIUM_FLAGS),
        # Playwright's `wait_for_function` evaluates a text, which the app's content policy allows nobody;
        # what the policy refuses is looked for in `test_shell`.
        bypass_csp=True,
        viewport=VIEWPORT,
    )
    yield profile
    profile.close()


@pytest.fixture
def page(profile: BrowserContext) -> Iterator[Page]:
    """A new visitor's page; the test fails if any script on it failed."""
    page = profile.new_page()
    page.set_default_timeout(PATIENCE)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    _forget_visitor(profile)
    assert errors == []


def _forget_visitor(profile: BrowserContext) -> None:
    """Close what is open, and forget all that an app can keep in a browser; compiled scripts stay."""
    profile.clear_cookies()
    profile.clear_permissions()
    first, *others = profile.pages
    for page in others:
        page.close()
    first.context.new_cdp_session(first).send(
        "Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "local_storage,indexeddb,websql"}
    )


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start servers that live until the end of all tests, if a test does not stop them before.

    Call it with the script to run (the app itself by default) and environment variables.
    """
    started: list[Server] = []

    def start(script: Path = PROJECT / "app.py", **environment: str) -> Server:
        server = servers.start(tmp_path_factory.mktemp("server"), script, **environment)
        started.append(server)
        servers.wait_until_healthy(server)
        return server

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture(scope="session")
def server(start_server: Callable[..., Server]) -> Server:
    """The app itself, with an empty folder of runs that all tests of a session share."""
    return start_server()


@pytest.fixture(scope="session")
def components(start_server: Callable[..., Server]) -> Server:
    """The app of charts and pictures that the tests of what surrounds a page use."""
    return start_server(COMPONENTS_APP, VAELAB_WARM="0")
