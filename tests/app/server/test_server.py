"""Our own routes and the visitor's cookie, asked as an ASGI server asks."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.asgi import NAVIGATION, get
from vaelab.paths import COMPONENTS, PROJECT
from vaelab.ui.web.assets import PLOTLY, asset_url
from vaelab.ui.web.visitor import COOKIE

COMPONENT_FILES = [path for path in sorted(COMPONENTS.rglob("*.*")) if path.suffix != ".html"]
MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


def component_path(file: Path) -> str:
    return f"components/{file.relative_to(COMPONENTS).as_posix()}"


@pytest.mark.parametrize("file", COMPONENT_FILES, ids=component_path)
def test_a_component_file_is_served_as_it_is(file: Path) -> None:
    answer = get(asset_url(component_path(file)))
    assert answer.status == 200
    assert answer.body == file.read_bytes()
    assert answer.headers["content-type"] == MEDIA_TYPES[file.suffix]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_plotly_is_that_of_the_installed_package() -> None:
    import plotly

    answer = get(asset_url(PLOTLY))
    assert answer.body == (Path(plotly.__file__).parent / "package_data" / PLOTLY).read_bytes()


def test_what_is_compressed_unpacks_to_what_is_plain() -> None:
    compressed, plain = get(asset_url(PLOTLY), {"accept-encoding": "gzip, br"}), get(asset_url(PLOTLY))
    assert compressed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(compressed.body) == plain.body
    assert len(compressed.body) < len(plain.body) / 3
    assert compressed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


def test_only_the_current_version_is_kept_for_good() -> None:
    current = get(asset_url(PLOTLY))
    assert "immutable" in current.headers["cache-control"]
    for url in (f"/lab/{PLOTLY}", f"/lab/{PLOTLY}?v=0123456789abcdef"):
        other = get(url)
        assert other.headers["cache-control"] == "no-cache"
        assert other.body == current.body


def test_a_browser_that_has_a_file_gets_it_only_once() -> None:
    url = f"/lab/{component_path(COMPONENT_FILES[0])}"
    again = get(url, {"if-none-match": get(url).headers["etag"]})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/lab/components/../../app.py",
        "/lab/components/plot/../../../app.py",
        "/lab/components/plot/..%2f..%2f..%2fapp.py",
        "/lab/components/../app.py",
        "/lab/components/plot/main.html",
        "/lab/components/plot/",
        "/lab/components/plot//main.js",
        "/lab/../app.py",
        "/lab/nothing",
        "/lab//etc/passwd",
        "/lab/components/plot/main.js\0",
    ],
)
def test_nothing_else_is_served(path: str) -> None:
    assert get(path).status == 404


def test_a_new_visitor_gets_a_random_cookie() -> None:
    cookies = [get("/", NAVIGATION).headers["set-cookie"] for _ in range(2)]
    tokens = [re.match(rf"{COOKIE}=([0-9a-f]{{32}}); ", cookie) for cookie in cookies]
    assert None not in tokens
    assert tokens[0][1] != tokens[1][1]
    attributes = set(cookies[0].split("; ")[1:])
    assert {"Path=/", "HttpOnly", "SameSite=Lax"} < attributes
    assert "Secure" not in attributes
    assert get("/", NAVIGATION).headers["cache-control"] == "private, no-cache"


def test_over_https_the_cookie_stays_there() -> None:
    assert get("/", NAVIGATION, scheme="https").headers["set-cookie"].endswith("; Secure")


@pytest.mark.parametrize(
    ("page", "kinds"),
    [
        ("/", ["preload", *["modulepreload"] * 3]),
        ("/latent-space", ["modulepreload"] * 2),
        ("/sweep", ["preload", "modulepreload"]),
        ("/glossary", []),
    ],
)
def test_a_page_names_the_files_that_it_begins_with_and_they_are_there(page: str, kinds: list[str]) -> None:
    links = re.findall(r"<([^>]+)>; rel=(\w+)", get(page, NAVIGATION).headers.get("link", ""))
    assert [kind for _, kind in links] == kinds
    assert all("immutable" in get(url).headers["cache-control"] for url, _ in links)
    assert "link" not in get(asset_url(PLOTLY), {"accept": "*/*"}).headers


def test_a_known_visitor_keeps_the_cookie() -> None:
    answer = get("/", NAVIGATION | {"cookie": f"other=1; {COOKIE}={'0123456789abcdef' * 2}"})
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("value", ["", "short", "G" * 32, "a" * 33, "../" * 11])
def test_a_malformed_cookie_is_replaced(value: str) -> None:
    assert "set-cookie" in get("/", NAVIGATION | {"cookie": f"{COOKIE}={value}"}).headers


def test_files_set_no_cookie() -> None:
    assert "set-cookie" not in get(asset_url(PLOTLY), {"accept": "*/*"}).headers


def test_a_base_path_is_put_before_every_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamlit.get_option", {"server.baseUrlPath": "/class/7/"}.get)
    assert asset_url(PLOTLY).startswith("/class/7/lab/")
    assert get(asset_url(PLOTLY)).status == 200
    assert get("/class/7/", NAVIGATION).status == 200
    # Without host and scheme, which a proxy may have changed.
    assert get("/class/7?epochs=3", NAVIGATION).headers["location"] == "/class/7/?epochs=3"


def test_without_a_cookie_a_session_is_a_visitor_of_its_own() -> None:
    def script() -> None:
        import streamlit as st

        from vaelab.ui.session import visitor

        st.text(visitor())

    first, second = (AppTest.from_function(script).run() for _ in range(2))
    assert re.fullmatch("[0-9a-f]{32}", first.text[0].value)
    assert first.text[0].value != second.text[0].value
    assert first.text[0].value == first.run().text[0].value


def test_what_the_server_imports_at_its_start_leaves_pytorch_out() -> None:
    program = "import sys, vaelab.ui.server.app; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=PROJECT).returncode == 0


def test_a_wrong_setting_ends_the_start_with_a_sentence() -> None:
    program = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.headless=true",
        "--server.port=0",
    ]
    wrong = os.environ | {"VAELAB_VISITOR_RUNS": "many"}
    ended = subprocess.run(program, cwd=PROJECT, env=wrong, capture_output=True, text=True)
    assert ended.returncode == 1
    assert (
        ended.stderr.strip() == "VAELAB_VISITOR_RUNS is 'many'; it can be a whole number from 1 to 999999999."
    )
