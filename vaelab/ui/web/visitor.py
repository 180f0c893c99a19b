"""The visitor's token: a random cookie that the server sets."""

import re
import secrets
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vaelab.ui.web.assets import is_navigation

COOKIE = "vaelab_visitor"
COOKIE_DAYS = 400
"""How long a browser keeps the cookie; 400 days is the most that Chromium allows."""

_TOKEN = re.compile(r"[0-9a-f]{32}")


def new_token() -> str:
    """The token of a new visitor: 128 random bits as 32 hexadecimal digits."""
    return secrets.token_hex(16)


def token_of(cookies: Mapping[str, str]) -> str | None:
    """The visitor's token among cookies; None if it is missing or malformed."""
    token = cookies.get(COOKIE)
    # In Streamlit's AppTest there is no request, and its cookies are mocks instead of texts.
    return token if isinstance(token, str) and _TOKEN.fullmatch(token) else None


class VisitorCookie:
    """ASGI middleware that gives a browser without a well-formed visitor's cookie a new one.

    Only the answer to a navigation sets it: it arrives before the page opens its websocket, whose
    handshake then carries it, and no two answers of one page load can disagree.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the cookie to the head of the response if it is needed."""

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.append("Set-Cookie", _cookie(secure=scope["scheme"] == "https"))
                # A cache shared by a class must not hand one visitor's cookie to another.
                headers["Cache-Control"] = "private, no-cache"
            await send(message)

        await self.app(scope, receive, send_with_cookie if _needs_cookie(scope) else send)


def _needs_cookie(scope: Scope) -> bool:
    return is_navigation(scope) and token_of(HTTPConnection(scope).cookies) is None


def _cookie(*, secure: bool) -> str:
    attributes = f"Max-Age={COOKIE_DAYS * 86400}; Path=/; HttpOnly; SameSite=Lax"
    return f"{COOKIE}={new_token()}; {attributes}" + ("; Secure" if secure else "")
