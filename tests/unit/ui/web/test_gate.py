"""Whose requests the gate lets through to Streamlit, at which addresses, and what it says to all others."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest
from starlette.datastructures import Headers
from starlette.routing import Mount
from streamlit import config
from streamlit.web.server.starlette.starlette_app import create_streamlit_routes
from streamlit.web.server.starlette.starlette_websocket import _is_origin_allowed

from vaelab.ui.session.pages import APP_PAGES
from vaelab.ui.web import gate, hosts
from vaelab.ui.web.gate import Gate
from vaelab.ui.web.hosts import Hosts, allowed_hosts
from vaelab.ui.web.protection import headers

PAGES = frozenset(page.path for page in APP_PAGES)
PASSED = 200


@dataclass
class Answered:
    """What the gate did with a request."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    passed: dict[str, Any] | None = None
    """The request as Streamlit was given it; None if it was not."""

    @property
    def status(self) -> int:
        """That of the refusal, or `PASSED`."""
        return self.messages[0]["status"] if self.passed is None else PASSED

    @property
    def headers(self) -> Headers:
        """Those of the refusal."""
        return Headers(raw=self.messages[0]["headers"])

    @property
    def text(self) -> str:
        """What the refusal says."""
        return b"".join(message.get("body", b"") for message in self.messages).decode()


def ask(
    allowed: Hosts,
    *sent: tuple[str, str],
    path: str = "/",
    kind: str = "http",
    method: str = "GET",
    base: str = "",
    extensions: tuple[str, ...] = (),
) -> Answered:
    """Send a request with these headers through the gate."""
    answered = Answered()

    async def streamlit(scope: Any, receive: Any, send: Any) -> None:
        answered.passed = scope

    async def receive() -> dict[str, Any]:
        return {"type": f"{kind}.connect"}

    async def send(message: Any) -> None:
        answered.messages.append(message)

    scope = {
        "type": kind,
        "scheme": {"http": "http", "websocket": "ws"}[kind],
        "method": method,
        "path": path,
        "extensions": {name: {} for name in extensions},
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in sent],
    }
    standing = Gate(streamlit, allowed, PAGES, base)
    # In a thread of its own, because Playwright keeps an event loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, standing(scope, receive, send)).result()
    return answered


def both_kinds(allowed: Hosts, *sent: tuple[str, str]) -> int:
    """The status of the page, whose websocket is refused in the same case, before it opens."""
    page = ask(allowed, *sent)
    socket = ask(allowed, *sent, path="/_stcore/stream", kind="websocket")
    assert socket.messages == ([] if page.passed else [{"type": "websocket.close", "code": 1008}])
    return page.status


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch):
    """The hosts of a server that is started with options of Streamlit and with `VAELAB_HOSTS`."""

    def started(given: str = "", **options: Any) -> Hosts:
        values = {f"server.{name}": value for name, value in options.items()}
        values = {"server.port": 8501, "browser.serverAddress": "localhost"} | values
        values.setdefault("browser.serverPort", values["server.port"])
        monkeypatch.setattr(hosts, "config", SimpleNamespace(get_option=values.get))
        monkeypatch.setattr(hosts, "get_internal_ip", lambda: "192.168.1.5")
        monkeypatch.setattr("socket.gethostname", lambda: "Labbox.some.domain")
        monkeypatch.setenv("VAELAB_HOSTS", given)
        return allowed_hosts()

    return started


OWN = "http://localhost:8501"


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("localhost:8501", None, PASSED),
        ("LocalHost:8501", OWN, PASSED),
        ("127.0.0.1:8501", "http://127.0.0.1:8501", PASSED),
        ("127.0.0.1:8501", OWN, PASSED),
        ("[::1]:8501", "http://[::1]:8501", PASSED),
        ("[0:0::1]:8501", "http://[0:0::1]:8501", PASSED),
        # Names that resolve to this machine because somebody wants it, and addresses of the network.
        ("rebound.example:8501", None, 421),
        ("rebound.example:8501", "http://rebound.example:8501", 421),
        ("localhost.rebound.example:8501", None, 421),
        ("127.0.0.1.rebound.example:8501", None, 421),
        ("labbox:8501", None, 421),
        ("192.168.1.5:8501", None, 421),
        ("0.0.0.0:8501", None, 421),
        # Other ports, and what is no host.
        ("localhost:8502", None, 421),
        ("localhost", None, 421),
        ("localhost:", None, 421),
        ("localhost:08501x", None, 421),
        ("localhost:98501", None, 421),
        (":8501", None, 421),
        ("", None, 421),
        ("[::1:8501", None, 421),
        ("[localhost]:8501", None, 421),
        ("localhost:8501, localhost:8501", None, 421),
        ("user@localhost:8501", None, 421),
        ("ſ" * 300, None, 421),
        # Pages of others.
        ("localhost:8501", "http://foreign.example", 403),
        ("localhost:8501", "http://localhost:8502", 403),
        ("localhost:8501", "http://localhost", 403),
        ("localhost:8501", "http://127.0.0.2:8501", 403),
        ("localhost:8501", "null", 403),
        ("localhost:8501", "", 403),
        ("localhost:8501", "localhost:8501", 403),
        ("localhost:8501", "file://localhost:8501", 403),
        ("localhost:8501", f"{OWN}/", 403),
        ("localhost:8501", f"{OWN}@foreign.example", 403),
        ("localhost:8501", f"{OWN}.foreign.example", 403),
    ],
)
def test_a_server_for_oneself_answers_this_machine_alone(
    server, host: str, origin: str | None, status: int
) -> None:
    sent = [("host", host.encode().decode("latin-1")), *([] if origin is None else [("origin", origin)])]
    for address in ("127.0.0.1", "localhost", "::1"):
        assert both_kinds(server(address=address), *sent) == status


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("localhost:8501", None, PASSED),
        ("192.168.1.5:8501", "http://192.168.1.5:8501", PASSED),
        ("10.1.2.3:8501", "http://10.1.2.3:8501", PASSED),
        ("[fd00::7]:8501", "http://[fd00::7]:8501", PASSED),
        ("[fe80::7]:8501", None, PASSED),
        ("169.254.3.4:8501", None, PASSED),
        ("labbox:8501", "http://labbox:8501", PASSED),
        ("labbox.local:8501", "http://labbox.local:8501", PASSED),
        ("labbox.some.domain:8501", None, 421),
        ("rebound.example:8501", "http://rebound.example:8501", 421),
        ("192.168.1.5.rebound.example:8501", None, 421),
        ("192.168.1.5:8502", None, 421),
        ("192.168.1.5", None, 421),
        ("8.8.4.4:8501", None, 421),
        ("0.0.0.0:8501", None, 421),
        ("192.168.1.5:8501", "http://192.168.1.99:8501", 403),
        ("192.168.1.5:8501", "http://192.168.1.5:8502", 403),
        ("192.168.1.5:8501", "http://192.168.1.5", 403),
        ("192.168.1.5:8501", "null", 403),
    ],
)
def test_a_server_for_a_class_answers_its_network_too(
    server, host: str, origin: str | None, status: int
) -> None:
    sent = [("host", host), *([] if origin is None else [("origin", origin)])]
    for address in ("0.0.0.0", "::", None, "192.168.1.5"):
        assert both_kinds(server(address=address), *sent) == status


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("lab.school.org", "https://lab.school.org", PASSED),
        ("lab.school.org:443", "https://lab.school.org", PASSED),
        ("LAB.school.org", "http://lab.school.org", PASSED),
        ("lab.school.org:8501", "http://lab.school.org:8501", PASSED),
        ("127.0.0.1:8501", "https://lab.school.org", PASSED),  # a proxy has put its own host there
        ("lab.school.org:8080", None, 421),
        ("other.school.org", None, 421),
        ("other.school.org:8443", "https://other.school.org:8443", PASSED),
        ("127.0.0.1:8501", "https://other.school.org", 403),
        ("lab.school.org", "https://foreign.example", 403),
        ("[fd00::1]:8600", "http://[fd00:0::1]:8600", PASSED),
    ],
)
def test_further_hosts_are_given_by_a_setting(server, host: str, origin: str | None, status: int) -> None:
    allowed = server("lab.school.org, Other.school.org:8443,[fd00:0::1]:8600", address="127.0.0.1")
    assert both_kinds(allowed, ("host", host), *([("origin", origin)] if origin else [])) == status


def test_the_address_that_is_printed_is_allowed(server) -> None:
    allowed = server(address="127.0.0.1", port=80)
    assert both_kinds(allowed, ("host", "localhost"), ("origin", "http://localhost")) == PASSED
    assert both_kinds(allowed, ("host", "localhost"), ("origin", "http://localhost:8501")) == 403
    allowed = server(address="203.0.113.7", port=9000)
    assert both_kinds(allowed, ("host", "203.0.113.7:9000")) == PASSED


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ((), 421),
        ((("host", "localhost:8501"), ("host", "localhost:8501")), 421),
        ((("host", "localhost:8501"), ("host", "rebound.example:8501")), 421),
        ((("host", "localhost:8501"), ("origin", OWN), ("origin", OWN)), 403),
    ],
)
def test_a_request_has_one_host_and_at_most_one_origin(server, sent: Any, status: int) -> None:
    assert both_kinds(server(address="127.0.0.1"), *sent) == status


@pytest.mark.parametrize(
    ("site", "mode", "dest", "status"),
    [
        ("same-origin", "cors", "empty", PASSED),
        ("none", "navigate", "document", PASSED),
        ("cross-site", "navigate", "document", PASSED),
        ("same-site", "navigate", "document", PASSED),
        ("cross-site", "navigate", "iframe", 403),
        ("cross-site", "no-cors", "image", 403),
        ("same-site", "no-cors", "script", 403),
        ("cross-site", "no-cors", "document", 403),
    ],
)
def test_other_sites_may_link_to_a_page_and_load_nothing(
    server, site: str, mode: str, dest: str, status: int
) -> None:
    fetched = (("sec-fetch-site", site), ("sec-fetch-mode", mode), ("sec-fetch-dest", dest))
    for path in ("/", "/lab/health"):
        answered = ask(server(address="127.0.0.1"), ("host", "localhost:8501"), *fetched, path=path)
        assert answered.status == status


@pytest.mark.parametrize("origin", ["https://lab.school.org", OWN, "http://127.0.0.1:8501"])
def test_streamlit_has_no_origin_to_look_up(server, monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    """It asks a web service for this machine's address where it does not know an origin at first sight."""
    answered = ask(
        server("lab.school.org", address="127.0.0.1"),
        ("host", "127.0.0.1:8501"),
        ("origin", origin),
        path="/_stcore/stream",
        kind="websocket",
    )
    given = Headers(raw=answered.passed["headers"])
    monkeypatch.undo()
    lookups: list[str] = []
    for lookup in ("get_external_ip", "get_internal_ip"):
        monkeypatch.setattr(f"streamlit.net_util.{lookup}", lambda: lookups.append("looked up"))
    assert _is_origin_allowed(given["origin"], given["host"])
    assert lookups == []
    assert len(given.getlist("host")) == 1


# Addresses


@pytest.fixture
def allowed(server) -> Hosts:
    return server(address="127.0.0.1")


def possible(allowed: Hosts, path: str, base: str = "") -> set[str]:
    """The methods that the gate lets through at a path."""
    methods = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE")
    found = {
        method: ask(allowed, ("host", "localhost:8501"), path=path, method=method, base=base)
        for method in methods
    }
    for answered in found.values():
        if answered.status == 405:
            assert answered.headers["allow"].split(", ") == [m for m in methods if found[m].passed]
        else:
            assert answered.status in (PASSED, 404)
    return {method for method, answered in found.items() if answered.passed}


@pytest.mark.parametrize("base", ["", "/vaelab", "/class/7"])
def test_pages_and_files_are_read_only_and_nothing_else_is_there(allowed: Hosts, base: str) -> None:
    read = {"GET", "HEAD"}
    for path in ("/", *(f"/{page}" for page in PAGES), "/lessons/", "/lab/health", "/static/js/index.js"):
        assert possible(allowed, base + path, base) == read
    assert possible(allowed, base or "/", base) == read
    for path in (
        "/no-such-page",
        "//",
        "/index.html",
        "/lessons/static/x",
        "/labx",
        "/_stcore/",
        "/lessons//",
    ):
        assert possible(allowed, base + path, base) == set()
    for path in ("/", "/lessons", "/lab/health", "/vaelabx/", "/_stcore/stream"):
        assert not base or possible(allowed, path, base) == set()
    for path in ("/_stcore/stream", "/other/_stcore/stream", "/lessons", "/lab/health"):
        ours = ("host", "localhost:8501")
        opened = ask(allowed, ours, path=base + path, base=base, kind="websocket").passed
        assert bool(opened) == (path == "/_stcore/stream")
    assert ask(allowed, ("host", "localhost:8501"), path="/x", base=base).text.endswith(f" {base}/.\n")


def test_of_streamlits_routes_only_those_that_pages_need_are_there(
    allowed: Hosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all that can be turned on; a new version of Streamlit may bring more."""
    monkeypatch.undo()
    options = {"server.enableStaticServing": True, "server.scriptHealthCheckEnabled": True}
    real = config.get_option
    monkeypatch.setattr(config, "get_option", lambda name: options.get(name) or real(name))
    routes = [route for route in create_streamlit_routes(MagicMock()) if not isinstance(route, Mount)]
    found: dict[str, set[str]] = {}
    for route in routes:
        path = route.path.replace("{path:path}", "some/file").replace("{file_id:path}", "some.file")
        path = path.format(session_id="session", file_id="file")
        if hasattr(route, "methods"):
            through = possible(allowed, path) & route.methods
        else:
            ours = ("host", "localhost:8501")
            through = {"websocket"} if ask(allowed, ours, path=path, kind="websocket").passed else set()
        found[route.path] = found.get(route.path, set()) | through
    assert {path: through for path, through in found.items() if through} == {
        "/_stcore/stream": {"websocket"},
        "/_stcore/health": {"GET", "HEAD"},
        "/_stcore/host-config": {"GET", "HEAD"},
        "/media/{file_id:path}": {"GET", "HEAD"},
    }
    assert len(found) > 12, "these are all of Streamlit's routes"


def test_a_refusal_is_protected_and_says_what_is_wrong(allowed: Hosts) -> None:
    ours = ("host", "localhost:8501")
    refused = {
        421: ask(allowed, ("host", "rebound.example\r\n<b>:8501" + "x" * 100)),
        403: ask(allowed, ours, ("origin", "http://foreign.example")),
        404: ask(allowed, ours, path="/_stcore/metrics"),
        405: ask(allowed, ours, method="POST"),
        413: ask(allowed, ours, ("content-length", "1")),
    }
    for status, answered in refused.items():
        assert answered.status == status
        assert {name: answered.headers[name] for name in headers()} == headers()
        assert answered.headers["content-type"].startswith("text/plain")
        assert (answered.headers.get("connection") == "close") == (status in (405, 413)), "a body is not read"
        assert answered.text.endswith(".\n")
    for status in (403, 421):
        assert "localhost:8501" in refused[status].text
        assert "VAELAB_HOSTS" in refused[status].text
        assert len(refused[status].text) < 320
    assert "<b>" in refused[421].text
    assert "\r" not in refused[421].text


def test_a_websocket_is_refused_with_a_sentence_where_the_server_can_send_one(allowed: Hosts) -> None:
    rebound, stream = ("host", "rebound.example:8501"), "/_stcore/stream"
    refused = ask(allowed, rebound, path=stream, kind="websocket", extensions=("websocket.http.response",))
    assert [message["type"] for message in refused.messages] == [
        "websocket.http.response.start",
        "websocket.http.response.body",
    ]
    assert refused.status == 421
    assert {name: refused.headers[name] for name in headers()} == headers()
    assert refused.text.startswith("This server is not 'rebound.example:8501'.")


def test_strangers_cannot_fill_the_log(
    allowed: Hosts, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("INFO", gate.logger.name)
    [sparing] = gate.logger.filters
    monkeypatch.setattr(sparing, "_next", 0.0)  # whatever other tests have logged
    for _ in range(20):
        both_kinds(allowed, ("host", "rebound.example:8501"))
    assert len(caplog.records) == 1
