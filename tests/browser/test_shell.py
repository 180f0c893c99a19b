"""What surrounds the pages: addresses, cookie, errors, the top bar, and the server's end."""

from __future__ import annotations

import http.client
import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.support.servers import COMPONENTS_APP
from tests.support.shifts import SHIFTS, check_nothing_moved
from tests.support.top_bar import BAR, follow
from vaelab import paths
from vaelab.paths import ASSETS, PROJECT

PAGES = {
    "/": "Train",
    "/reconstructions": "Reconstructions",
    "/latent-space": "Latent space",
    "/latent-grid": "Latent grid",
    "/walks": "Walks",
    "/compare": "Compare",
    "/sweep": "Sweep",
    "/failures": "Failures",
    "/lessons": "Lessons",
    "/glossary": "Glossary",
    "/runs": "Runs",
}

Start = Callable[..., Any]


@pytest.mark.parametrize(("path", "title"), [*PAGES.items()][4::4])  # other tests open the first page so
def test_a_deep_link_works_on_a_fresh_server(start_server: Start, page: Page, path: str, title: str) -> None:
    server = start_server(VAELAB_WARM="0")
    page.goto(server.url + path)
    expect(page).to_have_title(f"{title} · VAE Lab")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(BAR).get_by_role("link", name="Runs")).to_be_visible()
    assert page.get_by_test_id("stException").count() == 0
    server.stop()


def test_the_first_visit_already_carries_the_cookie(components: Any, page: Page) -> None:
    page.goto(components.url)
    shown = page.get_by_text(re.compile(r"^Visitor: [0-9a-f]{32}$"))
    expect(shown).to_be_visible()
    (cookie,) = [entry for entry in page.context.cookies() if entry["name"] == "vaelab_visitor"]
    assert shown.inner_text() == f"Visitor: {cookie['value']}"
    assert cookie["httpOnly"]
    page.reload()
    expect(shown).to_have_text(f"Visitor: {cookie['value']}")


def test_two_browsers_are_two_visitors(components: Any, browser: Browser) -> None:
    visitors = set()
    for _ in range(2):
        context = browser.new_context(bypass_csp=True)
        page = context.new_page()
        page.goto(components.url)
        visitors.add(page.get_by_text(re.compile(r"^Visitor: [0-9a-f]{32}$")).inner_text())
        context.close()
    assert len(visitors) == 2


def test_on_a_phone_nothing_moves_is_fetched_in_vain_or_from_elsewhere_or_refused_by_the_policy(
    server: Any, browser: Browser
) -> None:
    """In a browser that keeps to the content policy, unlike that of other tests."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.add_init_script(SHIFTS)
    fetched: list[str] = []
    errors: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security" in message.text:
            errors.append(message.text)

    page.on("request", lambda request: fetched.append(request.url))
    page.on("console", hear)
    for path, title in PAGES.items():
        page.goto(server.url + path)
        expect(page).to_have_title(f"{title} · VAE Lab")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        busy = page.get_by_test_id("stAppRunningIcon").or_(page.get_by_test_id("stSkeleton"))
        expect(busy).to_have_count(0)
        page.wait_for_load_state("networkidle")
        check_nothing_moved(page)
    context.close()
    ours = urlsplit(server.url).netloc
    assert {urlsplit(url).netloc for url in fetched if url.startswith("http")} == {ours}
    assert errors == []


def test_an_error_is_a_sentence_here_and_a_traceback_in_the_log(components: Any, page: Page) -> None:
    page.goto(components.url)
    page.get_by_role("button", name="Fail").click()
    expect(page.get_by_role("alert")).to_contain_text("Something went wrong while this page was drawn.")
    assert "secret" not in page.content()
    assert "Traceback" not in page.content()
    log = components.log.read_text()
    assert "RuntimeError" in log  # in which colours and how much around it depends on what is installed
    assert "a secret detail" in log


@pytest.mark.parametrize("source", ['raise RuntimeError("a secret detail")', "a secret detail"])
def test_no_error_of_a_page_shows_its_source(
    start_server: Start, page: Page, tmp_path: Path, source: str
) -> None:
    """The app's own start and router, with pages that fail when they run, or cannot even be read."""
    shutil.copy(PROJECT / "app.py", tmp_path)
    shutil.copytree(PROJECT / "vaelab", tmp_path / "vaelab")
    (tmp_path / "assets").symlink_to(ASSETS)
    (tmp_path / "pages").mkdir()
    for original in paths.PAGES.glob("*.py"):
        (tmp_path / "pages" / original.name).write_text(source)
    server = start_server(tmp_path / "app.py", VAELAB_WARM="0")
    page.goto(server.url)
    expect(page.get_by_role("alert")).to_be_visible()
    assert "secret" not in page.content()
    assert "Traceback" not in page.content()
    assert "a secret detail" in server.log.read_text()
    server.stop()


@pytest.mark.parametrize("width", [390, 1366])
def test_the_bar_is_low_and_its_list_closes_when_a_page_is_chosen(
    server: Any, page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 650})
    page.goto(server.url)
    bar = page.locator(BAR).bounding_box()
    assert bar is not None
    assert bar["y"] + bar["height"] <= 44
    follow(page, "Latent grid")
    expect(page).to_have_title("Latent grid · VAE Lab")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)


def test_a_menu_stays_open_when_its_arrow_is_pressed_on_a_slow_machine(server: Any, page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 650})
    page.goto(server.url)
    menu = page.locator(BAR).get_by_test_id("stPopoverButton").first
    arrow = menu.get_by_text("expand_more").bounding_box()
    assert arrow is not None
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 10})
    page.mouse.click(arrow["x"] + arrow["width"] / 2, arrow["y"] + arrow["height"] / 2)
    expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
    page.wait_for_timeout(200)  # it was closed a moment after it had opened
    expect(page.get_by_test_id("stPopoverBody")).to_be_visible()


def test_the_first_stop_of_the_keyboard_leads_to_the_buttons(server: Any, page: Page) -> None:
    page.goto(server.url)
    train = page.locator(".st-key-train").get_by_role("button")
    expect(train).to_be_enabled()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(train).to_be_focused()


def test_a_menu_is_walked_through_by_keys_and_left_in_order(server: Any, page: Page) -> None:
    page.goto(server.url)
    menu = page.locator(BAR).get_by_role("button", name="Explore")
    menu.focus()
    page.keyboard.press("Enter")
    links = page.get_by_test_id("stPopoverBody").get_by_role("link")
    expect(links.first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(menu).to_be_focused()
    for link in links.all():
        page.keyboard.press("Tab")
        expect(link).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(BAR).get_by_role("button").nth(1)).to_be_focused()  # the next menu
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)


def test_what_a_key_opens_has_the_focus_until_escape(server: Any, page: Page) -> None:
    page.goto(server.url)
    expect(page.get_by_role("button", name="Help: Losses")).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)  # a page that is drawn anew may miss a key
    for opener in (".st-key-advanced", ".st-key-show_code", ".st-key-share_opened"):
        button = page.locator(opener).get_by_role("button").first
        button.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("stPopoverBody").locator(":focus")).to_have_count(1)
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
        expect(button).to_be_focused()


def test_every_question_mark_is_called_by_what_it_explains(server: Any, page: Page) -> None:
    page.goto(server.url)
    expect(page.get_by_role("button", name="Help: Losses")).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)  # which may still draw the page anew
    names = page.locator('[aria-label^="Help"]').evaluate_all(
        "buttons => buttons.map((button) => button.getAttribute('aria-label'))"
    )
    assert len(set(names)) == len(names) > 5
    assert "Help" not in names


@pytest.mark.parametrize(
    "path", ["/lab/components/plot/..%2f..%2f..%2fapp.py", "/lab/../app.py", "/lab/%2e%2e/app.py"]
)
def test_no_path_leads_out_of_the_served_files(components: Any, path: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(components.url).netloc, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert b"st.App" not in answer.read()
    connection.close()


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT], ids=["kill", "Ctrl-C"])
def test_the_server_ends_cleanly_while_a_page_is_open(
    start_server: Start, page: Page, wish: signal.Signals
) -> None:
    server = start_server(COMPONENTS_APP)
    page.goto(server.url)
    expect(page.get_by_role("heading", name="Components")).to_be_visible()
    server.stop(wish)
    log = server.log.read_text()
    assert log.count("The lifespan has ended.") == 1
    assert "Traceback" not in log
