"""Pages of others, as a server sees them: their origin, and perhaps a host that is not the server's."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect


def handshake(url: str, origin: str | None, host: str | None = None) -> int:
    """The status of the answer to a websocket that is to be opened to a server: 101 if it is open."""
    address = urlsplit(url)
    wire = socket.create_connection((address.hostname, address.port))
    target = f"ws://{host or address.netloc}/_stcore/stream"
    try:
        with connect(target, sock=wire, origin=origin, subprotocols=["streamlit"], open_timeout=60):  # type: ignore
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code
