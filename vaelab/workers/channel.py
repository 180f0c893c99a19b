"""How a worker speaks with its engine: JSON lines on its own standard output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

Say = Callable[[dict[str, Any]], None]


def own_output() -> Say:
    """Keep standard output for our messages: what libraries print there goes to the log instead."""
    channel = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(message: dict[str, Any]) -> None:
        with suppress(BrokenPipeError):  # a server that was killed: our input ends just now
            channel.write(json.dumps(message) + "\n")
            channel.flush()

    return say
