"""What every answer tells browsers to refuse, what is refused by size, and what everybody may know."""

from __future__ import annotations

import base64
import hashlib
import json
import tomllib
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from tests.support.asgi import NAVIGATION, get
from vaelab.config import RunConfig
from vaelab.export.bundle import LARGEST_ZIP
from vaelab.export.unzip import MEGABYTE
from vaelab.paths import PROJECT
from vaelab.runs import RunStore
from vaelab.settings import Settings
from vaelab.ui.server import health
from vaelab.ui.session import engine
from vaelab.ui.session.state import end_training
from vaelab.ui.web.assets import PLOTLY, asset_url
from vaelab.ui.web.intake import KINDS
from vaelab.ui.web.protection import headers

ADDRESSES = ["/", asset_url(PLOTLY), "/lab/no-such-file", "/lab/runs/none/weights-1/decoder"]


def policy() -> dict[str, set[str]]:
    parts = [part.split() for part in headers()["Content-Security-Policy"].split(";")]
    return {kind: set(allowed) for kind, *allowed in parts}


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_has_the_headers(address: str) -> None:
    answered = get(address, NAVIGATION).headers
    assert {name: answered.getlist(name) for name in headers()} == {
        name: [value] for name, value in headers().items()
    }


def test_scripts_come_from_here_alone_and_are_not_made_of_text() -> None:
    allowed = policy()
    assert allowed["default-src"] == {"'self'"}
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:"} & allowed["script-src"]
    assert allowed["frame-ancestors"] == allowed["base-uri"] == {"'self'"}
    assert allowed["object-src"] == {"'none'"}


def test_the_inline_scripts_of_the_first_page_are_the_ones_allowed() -> None:
    """Each stands between its tags as in the page; how the policy finds them is not looked at."""
    page = get("/", NAVIGATION).body.decode()
    inline = [piece.split("</script>")[0] for piece in page.split("<script>")[1:]]
    digests = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inline}
    named = {word[8:-1] for word in policy()["script-src"] if word.startswith("'sha256-")}
    assert named == digests != set()


# Sizes and other sites


def test_the_limits_fit_what_may_be_sent() -> None:
    settings = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["server"]
    assert settings["enableXsrfProtection"] is settings["enableCORS"] is True
    assert settings["maxUploadSize"] == 1, "no page uses Streamlit's own route, and none can have less"
    assert KINDS["run"].largest == LARGEST_ZIP
    assert all(kind.largest <= Settings().visitor_upload_megabytes * MEGABYTE for kind in KINDS.values())
    for name in ("maxUploadSize", "maxMessageSize", "maxWidgetStateSize"):
        assert f"server.{name}" in config._config_options_template, "Streamlit still has this option"
        assert settings[name] < config._config_options_template[f"server.{name}"].default_val


# Health


def test_health_counts_and_names_nothing(app: Callable[[], AppTest], runs: Path) -> None:
    run = RunStore(runs).create(RunConfig(), name="Ada's own run", owner="0" * 32)
    answer = get("/lab/health")
    values = json.loads(answer.body)
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    numbers = {"workers", "running", "queued", "uptime_seconds", "disk_free_bytes"}
    assert values.keys() == {"status", *numbers}
    assert values["status"] in ("starting", "ok")
    assert all(isinstance(values[name], int) and values[name] >= 0 for name in numbers)
    text = answer.body.decode()
    assert not any(word in text for word in (run.id, "Ada", run.meta.owner, str(runs)))


def test_health_knows_what_waits(app: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = engine()
    monkeypatch.setattr(asked._scheduler, "start_next", lambda: None)
    for _ in range(3):
        asked.submit(RunConfig(epochs=1))
    values = json.loads(get("/lab/health").body)
    assert (values["queued"], values["running"]) == (3, 0)


def test_health_tells_of_a_full_disk(app: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(10, 5, health.LEAST_FREE - 1))
    answer = get("/lab/health")
    assert (answer.status, json.loads(answer.body)["status"]) == (200, "disk full")


def test_health_fails_once_nothing_will_be_trained(app: Callable[[], AppTest]) -> None:
    end_training()
    answer = get("/lab/health")
    values = json.loads(answer.body)
    assert (answer.status, values["status"], values["workers"]) == (503, "stopped", 0)
