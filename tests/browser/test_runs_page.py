"""The page Runs in a real browser: choosing a run by mouse and keys, taking it elsewhere and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.support.accessibility import faults
from tests.support.servers import Server
from tests.support.waiting import until
from vaelab.export.bundle import bundle
from vaelab.export.unzip import MEGABYTE
from vaelab.paths import EXAMPLES
from vaelab.runs import Run, RunStore

ROW_HEIGHT = 35
"""CSS pixels of a row of Streamlit's tables, the header's too."""


def open_runs(page: Page, server: Server) -> Locator:
    """Open the page; what of its table takes the mouse."""
    page.goto(f"{server.url}/runs")
    expect(page.locator(".st-key-runs-table canvas").first).to_be_visible()
    expect(page.locator(".st-key-run-actions")).to_be_visible()
    return page.locator(".st-key-runs-table .dvn-scroller")


def click_row(table: Locator, row: int) -> None:
    table.click(position={"x": 120, "y": ROW_HEIGHT * (row + 1.5)})


def chosen(page: Page) -> Locator:
    """The title of the run that the page offers to do something with."""
    return page.locator(".st-key-run-actions p").first


def rows(page: Page) -> list[str]:
    """What the first cell of each row says to those who do not see the table."""
    cells = page.locator(".st-key-runs-table canvas tbody tr td:first-child")
    expect(cells.nth(1)).to_have_text(re.compile("."))  # the table says so a moment after it is drawn
    return [cell for cell in cells.all_inner_texts() if cell]


def import_zip(page: Page, file: Path) -> None:
    page.get_by_role("button", name="Import").click()
    expect(page.locator(".vaelab-intake[data-state=ready]")).to_be_visible()
    page.locator("input[type=file]").set_input_files(file)


def own_runs(server: Server) -> list[Run]:
    return RunStore(server.runs).runs()


def test_a_row_is_chosen_by_a_click_or_with_the_arrow_keys(page: Page, server: Server) -> None:
    table = open_runs(page, server)
    titles = rows(page)
    click_row(table, 1)
    expect(chosen(page)).to_have_text(titles[1])
    expect(page).to_have_url(re.compile(r"\?run=ae-2d$"))
    page.keyboard.press("ArrowDown")
    expect(chosen(page)).to_have_text(titles[2])
    page.go_back()
    expect(chosen(page)).to_have_text(titles[1])
    page.locator(".st-key-run-views").get_by_role("link", name="Latent grid").click()
    expect(page).to_have_url(re.compile(r"/latent-grid\?run=ae-2d"))
    page.go_back()
    expect(chosen(page)).to_have_text(titles[1])


def test_a_run_is_imported_renamed_downloaded_and_deleted(page: Page, server: Server, tmp_path: Path) -> None:
    before = {run.id for run in own_runs(server)}
    given = tmp_path / "given.zip"
    given.write_bytes(bundle(Run(EXAMPLES / "vae-20d")))
    open_runs(page, server)
    import_zip(page, given)
    expect(chosen(page)).to_have_text("VAE · MNIST · 20-D · 10 epochs · standard")
    expect(page.get_by_role("button", name="Import")).to_be_focused()
    (run,) = (run for run in own_runs(server) if run.id not in before)

    page.get_by_role("button", name="Rename").click()
    page.get_by_role("textbox", name="Name").fill("Mine *and* $only$ mine")
    page.keyboard.press("Enter")
    expect(chosen(page)).to_have_text("Mine *and* $only$ mine")

    with page.expect_download() as download:
        page.locator(".st-key-run-buttons").get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == f"vaelab-mine-and-only-mine-{run.id[:8]}.zip"
    assert download.value.path().read_bytes() == bundle(run)

    page.locator(".st-key-run-buttons").get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(chosen(page)).not_to_have_text("Mine *and* $only$ mine")
    assert not run.path.exists()


def test_what_is_no_run_gets_a_sentence(page: Page, server: Server, tmp_path: Path) -> None:
    before = own_runs(server)
    nonsense = tmp_path / "nonsense.zip"
    nonsense.write_bytes(b"PK, but no zip")
    (tmp_path / "picture.png").write_bytes(b"x")
    open_runs(page, server)
    import_zip(page, nonsense)
    expect(page.get_by_text("This file is no zip", exact=False)).to_be_visible()
    expect(page.get_by_role("button", name="Choose a file")).to_be_focused()
    assert own_runs(server) == before
    page.locator("input[type=file]").set_input_files(tmp_path / "picture.png")
    expect(page.get_by_role("alert")).to_have_text(re.compile("its name must end in .zip"))
    page.route("**/lab/uploads/**", lambda _: None)  # it stays on its way
    page.locator("input[type=file]").set_input_files(nonsense)
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    expect(page.get_by_text("This file is no zip", exact=False)).to_have_count(0)


def test_an_upload_is_followed_and_cancelled_with_the_keyboard(
    page: Page, server: Server, tmp_path: Path
) -> None:
    large = tmp_path / "large.zip"
    with large.open("wb") as file:
        file.truncate(60 * MEGABYTE)
    page.on("filechooser", lambda chooser: chooser.set_files(large))
    open_runs(page, server)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 2 * MEGABYTE}
    network.send("Network.emulateNetworkConditions", slow)
    page.get_by_role("button", name="Import").focus()
    page.keyboard.press("Enter")
    choose = page.get_by_role("button", name="Choose a file: A run as a zip")
    expect(choose).to_be_focused()
    page.keyboard.press("Enter")
    cancel = page.get_by_role("button", name="Cancel")
    expect(cancel).to_be_focused()
    expect(page.get_by_text(re.compile(r"^[1-9][0-9.]* of 60 MB$"))).to_be_visible()
    expect(page.get_by_role("progressbar", name="Sending large.zip")).to_have_attribute(
        "value", re.compile(r"^0\.\d*[1-9]")
    )
    assert faults(page) == []
    until(lambda: list((server.runs / ".uploads").iterdir()))
    page.keyboard.press("Escape")
    expect(choose).to_be_focused()
    until(lambda: not list((server.runs / ".uploads").iterdir()))
    page.keyboard.press("Escape")
    expect(choose).to_have_count(0)


def test_what_the_server_does_not_take_is_said_before_it_is_sent(
    page: Page, start_server: Callable[..., Server], tmp_path: Path
) -> None:
    server = start_server(VAELAB_VISITOR_UPLOAD_MEGABYTES="1", VAELAB_SINGLE_USER="0", VAELAB_WARM="0")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    large, picture = tmp_path / "large.zip", tmp_path / "picture.png"
    with large.open("wb") as file:
        file.truncate(2 * MEGABYTE)
    picture.write_bytes(b"x")
    open_runs(page, server)
    import_zip(page, picture)
    expect(page.get_by_role("alert").get_by_text("its name must end in .zip")).to_be_visible()
    page.locator("input[type=file]").set_input_files(large)
    expect(page.get_by_role("alert").get_by_text("can take 1 MB; try again in a few")).to_be_visible()
    assert faults(page) == []
    assert set(sent) == {"GET"}
