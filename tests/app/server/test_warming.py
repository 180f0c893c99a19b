"""Visitors who come while the server still imports what their pages need."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from threading import Barrier

import pytest

from tests.support import servers
from tests.support.servers import Server
from tests.support.visitor import Visitor
from vaelab.paths import PROJECT

SLOW_START = PROJECT / "tests" / "support" / "slow_start"

PAGES = ("", "latent-space", "sweep", "compare", "lessons")
"""The first page, and others that draw charts."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    started = servers.start(
        tmp_path, PYTHONPATH=f"{SLOW_START}:{PROJECT}", RELEASE_PANDAS=str(tmp_path / "release")
    )
    servers.wait_until_healthy(started)
    yield started
    started.stop()


def test_no_page_fails_while_pandas_is_half_imported(server: Server, tmp_path: Path) -> None:
    all_have_come = Barrier(len(PAGES), action=(tmp_path / "release").touch)

    def visit(page: str) -> None:
        come = cache(all_have_come.wait)  # only the first message calls it: the page's script has begun
        with Visitor(server.url, hear=lambda _: come()) as visitor:
            visitor.open(page)

    with ThreadPoolExecutor(len(PAGES)) as visitors:
        list(visitors.map(visit, PAGES))
    assert "AttributeError" not in server.log.read_text()
