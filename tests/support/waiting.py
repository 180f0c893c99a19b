"""Waiting for what other processes do: the one place where tests look again and again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")

DEADLINE = 120.0
"""Seconds after which something counts as never going to happen, also on a machine that is busy."""


def until(look: Callable[[], Seen], what: Callable[[], object] = lambda: "") -> Seen:
    """The first true value of `look`; `what` says how things stand if there never is one."""
    end = time.monotonic() + DEADLINE
    while not (seen := look()):
        assert time.monotonic() < end, f"waited for {DEADLINE:g} s in vain: {what()}"
        time.sleep(0.01)
    return seen
