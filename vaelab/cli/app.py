"""`vaelab app`: the app for one person, on this machine only."""

import os
import sys
from typing import NoReturn

from vaelab.paths import APP


def become_the_app(port: str) -> NoReturn:
    """Replace this process by the app's server, which then receives the signals.

    Streamlit finds its settings beside `app.py`, from whatever folder it is started.
    """
    # Whoever reaches the app of a single user acts as that user, so only this machine may reach it.
    options = ["--server.address", "127.0.0.1", "--server.port", port]
    command = [sys.executable, "-m", "streamlit", "run", str(APP), *options]
    os.execve(sys.executable, command, {"VAELAB_SINGLE_USER": "1", **os.environ})
