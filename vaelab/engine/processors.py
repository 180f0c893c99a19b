"""How many processors there are."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""Of a container: microseconds of processor time in a period, and the period; "max" if there is no limit."""


def processors(quota: Path = _QUOTA) -> int:
    """Processors that this process, and its container, may use: the machine may have more."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        time, period = quota.read_text().split()
        count = min(count, int(time) // int(period))
    return max(1, count)
