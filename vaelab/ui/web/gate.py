"""The gate in front of everything: whose requests the server answers, at which addresses, and how.

What protects what:

- `Host` has to be one of the server's own. A foreign one is that of a page whose name somebody has let
  resolve to this machine; the browser would let it do and read everything.
- `Origin`, which browsers send with every websocket and every request that a page makes elsewhere, has to
  be a page of this server. The visitor's cookie alone does not do: browsers send it along from other ports
  of the same machine.
- `Sec-Fetch-Site` holds off what other pages load without an `Origin`, such as an image or a script. A link
  to the app stays possible.
- Paths and methods are listed. Streamlit has more of them than anybody here needs. Its route for uploads
  keeps in memory as many files as anybody sends: files come to our own intake instead.
- A body is taken where files are sent, and refused unread everywhere else.
- Streamlit's own check of the origin stays turned on, but has nothing to look up any more: for an origin
  that is not the host, it would ask a web service for this machine's address.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from vaelab.logs import OnceAMinute
from vaelab.ui.web.hosts import Hosts
from vaelab.ui.web.protection import Protection

logger = logging.getLogger(__name__)
logger.addFilter(OnceAMinute())

READ = ("GET", "HEAD")

WEBSOCKET = "_stcore/stream"
"""The path of the one websocket of a page."""

WAYS: dict[str, Collection[str]] = {
    "lab/uploads/": ("GET", "PUT"),
    "lab/": READ,
    "static/": READ,
    "media/": READ,
    "favicon.png": READ,
    "manifest.json": READ,
    "_stcore/health": READ,
    "_stcore/host-config": READ,
}
"""The methods of what is answered besides pages, by its path below the address of the app. A path that ends
in a slash stands for all below it; the first that fits counts."""


@dataclass(frozen=True)
class Refusal:
    """Why a request is not answered."""

    status: int
    sentence: str
    allow: str = ""
    """The methods that are possible, where that is what is wrong."""


class Gate:
    """ASGI middleware that answers what it is not to let through by itself.

    Parameters
    ----------
    hosts: whose requests are answered.
    pages: the paths of the pages; empty for the address of the app itself.
    base: the path of the app, such as `/vaelab`; empty if it has the whole host.
    """

    def __init__(self, app: ASGIApp, hosts: Hosts, pages: Collection[str], base: str) -> None:
        self.app = app
        self._hosts = hosts
        self._pages = pages
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif refusal := self._refusal(scope):
            if refusal.status in (403, 421):
                logger.info("Refused with %d: %s", refusal.status, refusal.sentence)
            await _refuse(refusal, scope, receive, send)
        else:
            await self.app(_with_one_host(scope), receive, send)

    def _refusal(self, scope: Scope) -> Refusal | None:
        return self._refusal_of_sender(scope) or self._refusal_of_address(scope)

    def _refusal_of_sender(self, scope: Scope) -> Refusal | None:
        hosts, origins = _values(scope, b"host"), _values(scope, b"origin")
        if len(hosts) != 1 or not self._hosts.answer_to(hosts[0]):
            return Refusal(421, f"This server is not {_shown(hosts)}. {self._allowed()}")
        if len(origins) > 1 or not all(self._hosts.trust(origin, hosts[0]) for origin in origins):
            return Refusal(403, f"A page of {_shown(origins)} may not use this server. {self._allowed()}")
        if scope["type"] == "http" and _is_of_another_page(scope):
            return Refusal(403, "Other sites may link to the pages of this server, and load nothing from it.")
        return None

    def _allowed(self) -> str:
        where = f"localhost:{self._hosts.port}, 127.0.0.1:{self._hosts.port} and [::1]:{self._hosts.port}"
        if self._hosts.in_network:
            where += f", at its private addresses and its name with port {self._hosts.port},"
        return f"It answers at {where} and at the hosts in its setting VAELAB_HOSTS."

    def _refusal_of_address(self, scope: Scope) -> Refusal | None:
        methods = self._methods(scope)
        if not methods:
            return Refusal(404, f"There is nothing at this address. The app begins at {self._base}/.")
        if scope["type"] == "http" and scope["method"] not in methods:
            return Refusal(405, f"This address takes {', '.join(methods)} only.", ", ".join(methods))
        if scope["type"] == "http" and scope["method"] in READ and _has_body(scope):
            return Refusal(413, "Nothing can be sent along with this request.")
        return None

    def _methods(self, scope: Scope) -> Collection[str]:
        """What can be done at the address of a request; nothing if it is not listed."""
        base, path = self._base, scope["path"]
        if path != base and not path.startswith(f"{base}/"):
            return ()
        path = path[len(base) + 1 :]
        if scope["type"] == "websocket":
            return READ if path == WEBSOCKET else ()
        if (path.removesuffix("/") or path) in self._pages:
            return READ
        return next(
            (
                methods
                for way, methods in WAYS.items()
                if path == way or (way.endswith("/") and path.startswith(way))
            ),
            (),
        )


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _has_body(scope: Scope) -> bool:
    lengths, codings = _values(scope, b"content-length"), _values(scope, b"transfer-encoding")
    return bool(codings) or any(length.strip("0 ") for length in lengths)


def _shown(values: Sequence[str]) -> str:
    """What a request says, which can be anything, for a sentence."""
    return ascii(", ".join(values)[:80]) if values else "without a name"


def _is_of_another_page(scope: Scope) -> bool:
    """Whether a page that is not of this server loads something; browsers that do not say so are believed."""
    sites = _values(scope, b"sec-fetch-site")
    if all(site in ("same-origin", "none") for site in sites):
        return False
    navigates = _values(scope, b"sec-fetch-mode") == ["navigate"]
    return not (navigates and _values(scope, b"sec-fetch-dest") == ["document"])


def _with_one_host(scope: Scope) -> Scope:
    """The request with the host of its origin, because Streamlit looks no further where they are the same.

    They differ behind a proxy that puts the server's own address in place of the host.
    """
    origins = _values(scope, b"origin")
    if scope["type"] != "websocket" or not origins:
        return scope
    host = origins[0].partition("://")[2].encode("latin-1")
    kept = [(name, value) for name, value in scope["headers"] if name != b"host"]
    return {**scope, "headers": [(b"host", host), *kept]}


async def _refuse(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    headers = {"Cache-Control": "no-store"}
    if scope["type"] == "websocket":
        await receive()
        if "websocket.http.response" not in scope.get("extensions", {}):  # a server that can only close it
            await send({"type": "websocket.close", "code": 1008})
            return
    elif scope["method"] not in READ or _has_body(scope):
        headers["Connection"] = "close"  # so that a body that was sent along is not read
    if refusal.allow:
        headers["Allow"] = refusal.allow
    answer = PlainTextResponse(f"{refusal.sentence}\n", refusal.status, headers)
    await Protection(answer)(scope, receive, send)
