"""A sweep in a real browser: from its values to its plots, by mouse and with keys."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.support.servers import Server
from tests.support.top_bar import follow
from vaelab.runs import RunStore

SMALL = "train_size=1000&hidden=32&epochs=1&batch_size=100&seeds=2"
RESULTS = ".st-key-sweep-results"


def open_sweep(page: Page, server: Server) -> Locator:
    """Open the page, set up for a small sweep; the button that starts it."""
    page.goto(f"{server.url}/sweep?{SMALL}")
    start = page.get_by_role("button", name="Start", exact=True)
    expect(start).to_be_enabled()
    return start


def runs_drawn(page: Page) -> int:
    """How many points of runs the results have."""
    return page.locator(f"{RESULTS} .js-plotly-plot").evaluate(
        "(node) => node.data.find(({ name }) => name === 'a run')?.x?.length ?? 0"
    )


def wait_for_the_end(page: Page) -> None:
    expect(page.get_by_text(re.compile("6 of 6 runs have ended"))).to_be_visible(timeout=120_000)
    page.wait_for_selector(f"{RESULTS} [data-state=over][data-step='6']", state="attached")


def test_three_values_are_trained_drawn_and_opened(page: Page, server: Server) -> None:
    start = open_sweep(page, server)
    values = page.get_by_role("textbox", name="Its values")
    values.fill("0.1, 1, 10")
    values.press("Enter")
    expect(page.get_by_text(re.compile("6 runs, about"))).to_be_visible()
    start.click()
    expect(page.get_by_text(re.compile(r"of 6 done|6 of 6 runs"))).to_be_visible()
    wait_for_the_end(page)
    assert runs_drawn(page) == 6
    expect(page.get_by_text(re.compile("Best on held-out images"))).to_be_visible()
    assert page.get_by_test_id("stException").count() == 0

    # By mouse: a point of the results opens its run.
    node = page.locator(f"{RESULTS} .js-plotly-plot")
    node.scroll_into_view_if_needed()
    position = node.evaluate(
        """(node) => {
          const { x, y } = node.data.find(({ name }) => name === 'a run'), layout = node._fullLayout
          const box = node.getBoundingClientRect()
          const left = box.x + layout._size.l, top = box.y + layout._size.t
          return { x: left + layout.xaxis.d2p(x[0]), y: top + layout.yaxis.d2p(y[0]) }
        }"""
    )
    page.mouse.move(position["x"] + 3, position["y"])
    page.mouse.click(position["x"], position["y"])
    chosen = page.locator(".st-key-sweep-chosen")
    expect(chosen).to_contain_text("Beta 0.1")

    # With keys: the arrows go from point to point, Enter opens.
    node.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(chosen).not_to_contain_text("Beta 0.1,")
    chosen.get_by_role("link", name="Latent space").click()
    expect(page.get_by_role("heading", name="Latent space", level=1)).to_be_visible()
    group = {run.meta.group for run in RunStore(server.runs).runs() if run.meta.axes}
    assert len(group) == 1
    follow(page, "Sweep")
    wait_for_the_end(page)
    expect(page).to_have_url(re.compile(group.pop()))


def test_numbers_are_downloaded_as_csv(page: Page, server: Server, tmp_path: Path) -> None:
    """Those of the example too."""
    page.goto(f"{server.url}/sweep")
    page.wait_for_selector(f"{RESULTS} .main-svg", state="attached")
    with page.expect_download() as download:
        page.locator(".st-key-sweep_csv").get_by_role("button").click()
    assert download.value.suggested_filename.endswith(".csv")
    heads, *lines = Path(download.value.path()).read_text().splitlines()
    assert heads.startswith("beta,seed,state,held_out_neg_elbo")
    assert len(lines) == 15
