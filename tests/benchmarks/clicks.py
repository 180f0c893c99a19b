"""From the server's start to the first page, and from the click on Train to the first loss point."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page

from tests.benchmarks.report import Table
from tests.benchmarks.stage import app_server, chromium, newest_run, wait_until_over
from vaelab.paths import PROJECT

STARTS = 5
CLICKS = 10
EMPTY = 'import streamlit as st\n\nst.title("Nothing")\n'
COMPLETE = (".st-key-train button:enabled", ".st-key-losses [data-state=finished]")
"""What is on the first page: first what can be used, then the charts."""
RECIPE = "epochs=100"
"""The default recipe, so long that it is the page's Stop that ends it."""

VIEWPORT = {"width": 1366, "height": 768}

NOTE_WHEN_SEEN = """(() => {
    window.seenAt = {}
    const selectors = %s
    const look = () => {
        for (const selector of selectors)
            if (document.querySelector(selector)) {
                // In the frame after the next one, what is there now has been painted.
                const seen = () => (window.seenAt[selector] ??= Date.now() / 1000)
                requestAnimationFrame(() => requestAnimationFrame(seen))
            }
        requestAnimationFrame(look)
    }
    look()
})()"""
"""Keep the time at which each selector was first seen."""

CLICK_AND_SEE = """() => new Promise((resolve) => {
    const view = document.querySelector('.st-key-losses [data-state]')
    const begun = performance.now()
    const look = () => {
        const { state } = view.dataset
        const drawn = view.querySelector('.js-plotly-plot').calcdata.some((points) => points[0]?.x > 0)
        if (["queued", "running"].includes(state) && drawn) resolve((performance.now() - begun) / 1000)
        else requestAnimationFrame(look)
    }
    document.querySelector('.st-key-train button').click()
    look()
})"""
"""Click Train, and say after how many seconds a point of the new run is in the losses chart."""


def measure() -> Iterator[Table]:
    """Tables of the start and of the clicks."""
    with chromium() as browser:
        if browser is None:
            return
        yield _starts(browser)
        yield _clicks(browser)


def _starts(browser: Browser) -> Table:
    with tempfile.TemporaryDirectory(prefix="vaelab-bench-") as folder:
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY)
        plain, ours = [], []
        for _ in range(STARTS):
            plain.append(_start(browser, empty, "h1"))
            ours.append(_start(browser, PROJECT / "app.py", *COMPLETE))
    base = median(shown for (shown,) in plain)
    usable, complete = (median(times) for times in zip(*ours, strict=True))
    wanted = f"at most {1.3 * base + 1:.2f}"
    rows = [
        ("an empty Streamlit app", f"{base:.2f}", ""),
        ("VAE Lab: Train can be pressed", f"{usable:.2f}", wanted),
        ("VAE Lab: the charts are drawn, too", f"{complete:.2f}", wanted),
    ]
    title = f"From the server's start to the page in Chromium, median of {STARTS}"
    return Table(title, ("app", "seconds", "wanted"), rows)


def _start(browser: Browser, script: Path, *selectors: str) -> list[float]:
    """Seconds from the start of a server until each selector is seen on its page.

    The page itself looks, once a frame: somebody who asks from outside has to wait for whatever the
    page is doing just then.
    """
    begun = time.time()
    # The app prints its address by itself, and an empty one has Streamlit do it.
    with app_server(script, STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE="false") as server:
        page = browser.new_context(bypass_csp=True, viewport=VIEWPORT).new_page()
        page.add_init_script(NOTE_WHEN_SEEN % json.dumps(selectors))
        page.goto(server.url)
        page.wait_for_function("count => Object.keys(window.seenAt).length === count", arg=len(selectors))
        seen = page.evaluate("() => window.seenAt")
        page.context.close()
    return [seen[selector] - begun for selector in selectors]


def _clicks(browser: Browser) -> Table:
    with app_server() as server:
        page = _open(browser, f"{server.url}/?{RECIPE}")
        for selector in COMPLETE:
            page.wait_for_selector(selector)
        first = page.evaluate(CLICK_AND_SEE)
        warm = []
        for _ in range(CLICKS):
            _stop(page)
            wait_until_over(newest_run(server))
            page.wait_for_selector(".st-key-losses [data-state=stopped]")
            page.wait_for_selector(COMPLETE[0])
            page.wait_for_timeout(1000)  # the worker has let go of the run, and waits for the next one
            warm.append(page.evaluate(CLICK_AND_SEE))
        _stop(page)
        wait_until_over(newest_run(server))
        page.context.close()
    rows = [
        ("the very first, as soon as the page is there", f"{first:.2f}", "at most 5"),
        (f"with a warm worker, median of {CLICKS}", f"{median(warm):.2f}", "at most 1"),
        ("with a warm worker, longest", f"{max(warm):.2f}", ""),
    ]
    return Table(
        "From the click on Train to the first loss point in Chromium", ("click", "seconds", "wanted"), rows
    )


def _stop(page: Page) -> None:
    page.get_by_role("button", name="Stop", exact=True).click()


def _open(browser: Browser, url: str) -> Page:
    page = browser.new_context(bypass_csp=True, viewport=VIEWPORT).new_page()
    page.goto(url)
    return page
