"""`vaelab app`: the app for one person, on this machine only."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from vaelab.paths import APP


def become_the_app(port: str) -> NoReturn:
    """Let the app's server take the place of this process, and so get its signals.

    Streamlit finds its settings beside `app.py`, from whatever folder it is started.
    """
    # Whoever can reach a single user's app is that user: at this address nobody else can.
    options = ["--server.address", "127.0.0.1", "--server.port", port]
    command = [sys.executable, "-m", "streamlit", "run", str(APP), *options]
    os.execve(sys.executable, command, {"VAELAB_SINGLE_USER": "1", **os.environ})
