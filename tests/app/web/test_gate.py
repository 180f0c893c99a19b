"""The gate in front of a real server: it keeps strangers out, and nothing outside is asked for anything."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from unittest.mock import MagicMock
from urllib.parse import urlsplit

import pytest
from starlette.routing import Mount
from streamlit.web.server.starlette.starlette_app import create_streamlit_routes

from tests.support import servers
from tests.support.proxies import CountingProxy, counting_proxy
from tests.support.servers import Server
from tests.support.strangers import handshake
from tests.support.visitor import Visitor
from vaelab.paths import PROJECT
from vaelab.ui.server.app import routes
from vaelab.ui.session.pages import APP_PAGES

PROXIED = "https://lab.example"


@pytest.fixture(scope="module")
def proxy() -> Iterator[CountingProxy]:
    with counting_proxy() as proxy:
        yield proxy


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, proxy: CountingProxy) -> Iterator[Server]:
    """Stands behind a reverse proxy for `PROXIED`, and would reach the outside through the counting one."""
    environment = proxy.environment | {"VAELAB_HOSTS": urlsplit(PROXIED).netloc}
    started = servers.start(tmp_path_factory.mktemp("server"), **environment)
    servers.wait_until_healthy(started)
    yield started
    started.stop()


def status(server: Server, path: str, method: str = "GET", **headers: str) -> int:
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    try:
        connection.request(method, path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_whoever_does_not_belong_here_is_refused(server: Server) -> None:
    port = urlsplit(server.url).port
    rebound = f"rebound.example:{port}"
    assert status(server, "/") == status(server, "/lab/health") == 200
    assert status(server, "/", Host=rebound) == 421
    assert status(server, "/", Origin="http://foreign.example") == 403
    assert handshake(server.url, server.url) == handshake(server.url, None) == 101
    assert handshake(server.url, PROXIED) == 101, "the proxy has put the server's own host there"
    assert handshake(server.url, PROXIED, urlsplit(PROXIED).netloc) == 101
    for origin in ("http://foreign.example", "null", f"http://127.0.0.1:{port - 1}"):
        assert handshake(server.url, origin) == 403
    assert handshake(server.url, f"http://{rebound}", rebound) == 421


def test_nothing_asks_the_outside(server: Server, proxy: CountingProxy) -> None:
    """Not at the start, for no page, at no address, and whoever opens a websocket from wherever."""
    with Visitor(server.url) as visitor:
        for page in APP_PAGES:
            visitor.open(page.path)
    streamlits = [route for route in create_streamlit_routes(MagicMock()) if not isinstance(route, Mount)]
    for route in [*routes(), *streamlits]:
        for method in getattr(route, "methods", None) or ():
            status(server, route.path.replace("{", "").replace("}", ""), method)
    for origin in (None, server.url, PROXIED, "http://foreign.example", "null", "http://192.168.1.5:8501"):
        handshake(server.url, origin)
    assert proxy.asked == []


def test_no_start_asks_for_the_servers_address(proxy: CountingProxy) -> None:
    """Streamlit by itself does, where it listens on every network: it is asked here without listening."""
    start = """
from streamlit.web import bootstrap
bootstrap.load_config_options({"server_address": "0.0.0.0", "server_port": 9000})
bootstrap._print_url(False)
from vaelab.ui.web.hosts import server_url
print(server_url())
"""
    before = len(proxy.asked)
    assert said(start, proxy).endswith(":9000")
    assert len(proxy.asked) == before
    said("from streamlit.net_util import get_external_ip; get_external_ip()", proxy)
    assert len(proxy.asked) > before, "the proxy would have been asked"


def said(program: str, proxy: CountingProxy) -> str:
    environment = os.environ | proxy.environment
    command = [sys.executable, "-c", program]
    return subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()
