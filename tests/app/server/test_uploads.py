"""Files on their way to the intake: counted while they come, and nothing is left of what breaks."""

from __future__ import annotations

import asyncio
import errno
import json
import math
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support import servers
from tests.support.asgi import Answer, ask, get
from tests.support.runs_page import ANOTHER, VISITOR
from tests.support.servers import Server
from tests.support.waiting import until
from vaelab.export.unzip import MEGABYTE
from vaelab.ui.server import uploads
from vaelab.ui.session import intake
from vaelab.ui.web.intake import KINDS, Kind

SLOT, OTHER = "0" * 32, "1" * 32
ADDRESS = f"/lab/uploads/run/{SLOT}"
OWN = {uploads.HEADER: "1", "cookie": f"vaelab_visitor={VISITOR}"}
CHUNK = bytes(64 * 1024)

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "run", Kind(2 * MEGABYTE, ".zip"))


def put(*body: bytes | None, address: str = ADDRESS, **headers: str) -> Answer:
    return ask("PUT", address, OWN | headers, body)


def length(size: int) -> dict[str, str]:
    return {"content-length": str(size)}


def refusal(answer: Answer) -> str:
    return str(json.loads(answer.body)["refusal"])


def files(runs: Path) -> list[bytes]:
    """What the files hold that are there; one that the server removes between the two looks is not."""
    found = []
    for path in (runs / ".uploads").glob("*"):
        with suppress(FileNotFoundError):
            found.append(path.read_bytes())
    return found


def must_stay_unread() -> Iterator[bytes]:
    pytest.fail("the body was read")
    yield b""


def endless(read: list[int]) -> Iterator[bytes]:
    while True:
        read.append(len(CHUNK))
        yield CHUNK


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_arrives_as_it_was_sent(announced: bool, runs: Path) -> None:
    content = b"".join(bytes([part]) * 70_001 for part in range(9))
    parts = [content[start : start + 50_000] for start in range(0, len(content), 50_000)]
    answer = put(*parts, **(length(len(content)) if announced else {}))
    assert answer.status == 201
    with intake().take(json.loads(answer.body)["ticket"], VISITOR, "run") as path:
        assert path.read_bytes() == content
    assert files(runs) == []


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        (ADDRESS, {"cookie": OWN["cookie"]}, 403),
        (ADDRESS, {uploads.HEADER: "1"}, 403),
        (ADDRESS, OWN | {"cookie": "vaelab_visitor=Ada"}, 403),
        (ADDRESS, OWN | length(2 * MEGABYTE + 1), 413),
        ("/lab/uploads/run/somewhere", OWN, 404),
        (f"/lab/uploads/other/{SLOT}", OWN, 404),
    ],
    ids=["no header", "no cookie", "no visitor's cookie", "too long", "no slot", "no kind"],
)
def test_what_is_not_taken_is_not_read(
    address: str, headers: dict[str, str], status: int, runs: Path
) -> None:
    answer = ask("PUT", address, headers, must_stay_unread())
    assert answer.status == status
    assert status == 404 or refusal(answer).endswith(".")
    assert not (runs / ".uploads").exists()


def test_refusals_cannot_fill_the_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("INFO", uploads.logger.name)
    [sparing] = uploads.logger.filters
    monkeypatch.setattr(sparing, "_next", 0.0)  # whatever other tests have logged
    for _ in range(20):
        put(**length(2 * MEGABYTE + 1))
    assert len(caplog.records) == 1


def test_a_file_without_a_length_is_read_to_the_limit_and_no_further(runs: Path) -> None:
    read: list[int] = []
    answer = ask("PUT", ADDRESS, OWN, endless(read))
    assert (answer.status, sum(read)) == (413, 2 * MEGABYTE + len(CHUNK))
    assert "more than the allowed 2 MB" in refusal(answer)
    assert files(runs) == []


def test_what_would_be_refused_can_be_asked_before_it_is_sent(runs: Path) -> None:
    assert get(f"{ADDRESS}?bytes=1", OWN).status == 200
    answer = get(f"{ADDRESS}?bytes={2 * MEGABYTE + 1}", OWN)
    assert (answer.status, refusal(answer)) == (413, "This file has 2.1 MB; allowed are 2 MB.")
    assert get(f"{ADDRESS}?bytes=1").status == 403
    assert not (runs / ".uploads").exists()


def test_a_cancelled_file_leaves_nothing_and_counts_no_more(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAELAB_VISITOR_UPLOAD_MEGABYTES", "2")
    monkeypatch.setenv("VAELAB_SINGLE_USER", "0")
    put(CHUNK, CHUNK, CHUNK, CHUNK, CHUNK, None, **length(2 * MEGABYTE))
    assert files(runs) == []
    whole = [CHUNK] * 32
    assert put(*whole, address=f"/lab/uploads/run/{OTHER}", **length(2 * MEGABYTE)).status == 201
    assert "can take 2 MB" in refusal(put(b"x"))
    assert put(b"x", cookie=f"vaelab_visitor={ANOTHER}").status == 201, "others have room of their own"


@pytest.mark.parametrize("limit", ["BLOCK_WITHIN", "LONGEST"])
def test_a_file_that_does_not_come_is_ended(limit: str, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, limit, 0.01)
    monkeypatch.setattr("starlette.requests.Request.stream", lambda _: Silence())
    answer = put()
    assert (answer.status, answer.headers["connection"]) == (408, "close")
    assert "too slowly" in refusal(answer)
    assert files(runs) == []


class Silence:
    """A body that never comes."""

    def __aiter__(self) -> Silence:
        return self

    async def __anext__(self) -> bytes:
        with suppress(TimeoutError):  # so that the test fails, and does not hang, if nobody ends it before
            await asyncio.wait_for(asyncio.Event().wait(), 10)
        raise StopAsyncIteration


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_takes_nothing_gets_a_sentence(
    fault: int, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def write(self, _: bytes) -> None:
            raise OSError(fault, "No room")

        def close(self) -> None:
            raise OSError(fault, "No room")

    def opened(_: Any) -> Full:
        if fault == errno.EROFS:
            raise OSError(fault, "No room")
        return Full()

    monkeypatch.setattr(uploads, "_open", opened)
    answer = put(CHUNK)
    assert (answer.status, refusal(answer)) == (507, "The server could not keep this file: No room.")
    assert intake()._uploads == {}


def test_files_leave_room_on_the_disk_for_runs(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "free_bytes", lambda _: uploads.LEAST_FREE + 2 * MEGABYTE - 1)
    answer = put(CHUNK, **length(2 * MEGABYTE))
    assert (answer.status, files(runs)) == (507, [])
    assert "almost full" in refusal(answer)
    assert put(CHUNK).status == 201


def test_the_server_looks_for_files_that_no_page_wants(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SWEEP_EVERY", 0)
    assert put(CHUNK).status == 201
    intake()._clock = lambda: math.inf

    async def look() -> None:
        looking = asyncio.create_task(uploads.sweep_uploads())
        await asyncio.to_thread(until, lambda: files(runs) == [])
        looking.cancel()

    asyncio.run(look())


@pytest.mark.parametrize(
    ("method", "address", "headers"),
    [
        ("PUT", "/_stcore/upload_file/session/file", length(1)),
        ("PUT", "/_stcore/upload_file/session/file", {}),
        ("POST", "/_stcore/upload_file/session/file", length(1)),
        ("DELETE", "/_stcore/upload_file/session/file", {}),
        ("POST", "/lab/health", length(1)),
        ("GET", "/lab/health", length(1)),
        ("GET", "/", {"transfer-encoding": "chunked"}),
        ("POST", "/", {}),
    ],
)
def test_nothing_else_takes_a_body(method: str, address: str, headers: dict[str, str]) -> None:
    answer = ask(method, address, headers, must_stay_unread())
    assert answer.status in (404, 405, 413)
    assert answer.headers["connection"] == "close", "the rest of the body is not waited for"


# A real server


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Server]]:
    started: list[Server] = []

    def begin() -> Server:
        server = servers.start(tmp_path, VAELAB_WARM="0")
        started.append(server)
        servers.wait_until_healthy(server)
        return server

    yield begin
    for server in started:
        server.process.kill()
        server.process.wait()


def half_a_file(server: Server) -> socket.socket:
    """A connection on which the first half of a file has come, up to the disk."""
    where = urlsplit(server.url)
    connection = socket.create_connection((where.hostname, where.port))
    head = [f"PUT {ADDRESS} HTTP/1.1", f"Host: {where.netloc}", f"Content-Length: {2 * MEGABYTE}"]
    head += [f"{name}: {value}" for name, value in OWN.items()]
    connection.sendall("\r\n".join([*head, "\r\n"]).encode() + bytes(MEGABYTE))
    until(lambda: sum(map(len, files(server.runs))) >= MEGABYTE // 2, server.log.read_text)
    return connection


def test_nothing_is_left_when_the_connection_breaks_or_the_server_is_killed(
    start: Callable[[], Server],
) -> None:
    server = start()
    half_a_file(server).close()
    until(lambda: files(server.runs) == [], server.log.read_text)
    with half_a_file(server):
        server.process.kill()
        server.process.wait()
    assert files(server.runs) != []
    assert files(start().runs) == []
