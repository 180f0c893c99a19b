"""Two visitors of a real server, over Streamlit's own protocol, one of whom sends what no browser would."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests.support import servers
from tests.support.recorded import contents
from tests.support.runs_page import ANOTHER, WRITER, make_run
from tests.support.servers import Server
from tests.support.visitor import Visitor
from tests.support.waiting import until
from vaelab.paths import PROJECT
from vaelab.runs import Run

TOO_BIG, BROKEN = 1009, 1006
"""How a websocket says why it is closed, and what stands for that where it closes while one still sends."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all tests of this module."""
    started = servers.start(tmp_path_factory.mktemp("server"))
    servers.wait_until_healthy(started)
    yield started
    started.stop()


@pytest.mark.parametrize(
    ("page", "state", "buttons"),
    [
        ("", "running", ("pause", "stop")),
        ("", "paused", ("resume", "stop")),
        ("runs", "interrupted", ("resume", "train_on", "save_name")),
        ("runs", "finished", ("train_on", "delete", "delete_for_good")),
    ],
)
def test_disabled_buttons_that_are_pressed_all_the_same_change_nothing(
    page: str, state: str, buttons: tuple[str, ...], server: Server
) -> None:
    run = make_run(server.runs, state, owner=ANOTHER, **(WRITER if state in ("running", "paused") else {}))
    before, there = contents(run), set(server.runs.iterdir())
    pressed = []
    with Visitor(server.url) as forger:
        forger.open(page, f"run={run.id}")
        for key in buttons:
            if key in forger.widgets:
                forger.press(key)
                pressed.append(key)
    assert pressed, "the page has none of them"
    assert contents(run) == before
    assert set(server.runs.iterdir()) == there


def test_the_same_clicks_change_ones_own_run(server: Server) -> None:
    """What the test above relies on: its clicks arrive."""
    with Visitor(server.url) as owner:
        token = owner.cookie.partition("vaelab_visitor=")[2].partition(";")[0]
        run = make_run(server.runs, owner=token)
        owner.open("runs", f"run={run.id}")
        owner.press("delete")
        owner.press("delete_for_good")
    assert not run.path.exists()


@pytest.mark.parametrize("option", ["maxWidgetStateSize", "maxMessageSize"])
def test_a_message_that_is_too_large_ends_its_connection_alone(option: str, server: Server) -> None:
    settings = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["server"]
    with Visitor(server.url) as other, Visitor(server.url) as sender:
        assert sender.break_off(bytes(1_000_000 * settings[option] + 1)) in (TOO_BIG, BROKEN)
        other.open("runs")


def test_runs_are_found_again_with_the_cookie_and_by_nobody_else(tmp_path: Path) -> None:
    """After a reload, and after a restart of the server."""
    server = servers.start(tmp_path)
    try:
        servers.wait_until_healthy(server)
        with Visitor(server.url) as first:
            first.open("", "epochs=1&hidden=none&latent_dim=1&train_size=200&batch_size=100")
            first.press("train")
            (run_id,) = parse_qs(first.query)["run"]
        run = Run(server.runs / run_id)
        until(lambda: run.has_begun() and run.status().state == "finished", server.log.read_text)
        found = [is_heard_of(run, server, cookie) for cookie in (first.cookie, None)]
        server.stop()
        server = servers.start(tmp_path)
        servers.wait_until_healthy(server)
        found += [is_heard_of(run, server, cookie) for cookie in (first.cookie, None)]
        assert found == [True, False, True, False]
    finally:
        server.stop()


def is_heard_of(run: Run, server: Server, cookie: str | None) -> bool:
    """Whether the page Runs tells a visitor who comes without a link of the run."""
    heard: list[bytes] = []
    with Visitor(server.url, cookie, heard.append) as visitor:
        visitor.open("runs")
    return run.id.encode() in b"".join(heard)
