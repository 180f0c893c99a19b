"""What browsers are told to refuse: security headers on every answer.

The content security policy is the strictest that Streamlit's pages and our components survive. Inline
scripts run only if they are those of Streamlit's own page, known by their hashes. `blob:` has to be
allowed because Streamlit loads the inline modules of components from there, and inline styles because
its elements are styled so. There is no `eval`. Nothing is loaded from, or sent to, another host.

Other sites may not show the app in a frame, a learning platform neither: browsers keep the visitor's
cookie from such a frame, so that every reload would be another visitor, whose runs are out of reach.
A link, opened as a page of its own, keeps them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@cache
def headers() -> dict[str, str]:
    """The headers by name."""
    return {
        "Content-Security-Policy": "; ".join(f"{kind} {allowed}" for kind, allowed in _policy().items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        # An address holds a recipe and the id of a run, which another site need not learn.
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def _policy() -> dict[str, str]:
    return {
        "default-src": "'self'",
        "script-src": f"'self' blob: {' '.join(_hashes(_page()))}".rstrip(),
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


def _page() -> str:
    return (files("streamlit") / "static" / "index.html").read_text(encoding="utf-8")


def _hashes(page: str) -> list[str]:
    """The inline scripts of a page as a policy names them."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(page))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


class Protection:
    """ASGI middleware that adds `headers` to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers to the head of its answer."""

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(scope=message)
                for name, value in headers().items():
                    answered[name] = value
            await send(message)

        await self.app(scope, receive, send_protected)
