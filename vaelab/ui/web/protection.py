"""Security headers on every answer, which tell browsers what to refuse.

The content security policy is the strictest with which Streamlit's pages and our components work. Inline
scripts run only if their hashes are those of Streamlit's own page. `blob:` is allowed because Streamlit loads
the inline modules of components from there, and inline styles because its elements use them. `eval` is
refused. Nothing is loaded from, or sent to, another host.

No other site may show the app in a frame, not even a learning platform: browsers withhold the visitor's
cookie from such a frame, so that every reload would be another visitor without the former one's runs. A link
that opens the app as a page of its own keeps the runs.
"""

import base64
import hashlib
import re
from functools import cache

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vaelab.ui.web.addresses import base_path
from vaelab.ui.web.shell import shell

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@cache
def headers() -> dict[str, str]:
    """The headers by name."""
    return {
        "Content-Security-Policy": "; ".join(f"{kind} {allowed}" for kind, allowed in _policy().items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        # An address has a recipe and the id of a run, which other sites should not see.
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def _policy() -> dict[str, str]:
    return {
        "default-src": "'self'",
        "script-src": f"'self' blob: {' '.join(_hashes(shell(base_path())))}".rstrip(),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }


def _hashes(page: str) -> list[str]:
    """The hashes of a page's inline scripts in the form that a policy takes."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(page))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


class Protection:
    """ASGI middleware that adds `headers` to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers to the head of its answer."""

        async def send_protected(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                MutableHeaders(scope=message).update(headers())
            await send(message)

        await self.app(scope, receive, send_protected)
