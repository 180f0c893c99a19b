"""The environment that training is meant to run in: for tests, and for commands that make their data."""

from __future__ import annotations

import os

from vaelab.engine.backends.local import MEMORY_THAT_STAYS, THREADS_THAT_YIELD


def set_environment() -> None:
    """Set what is read once: when PyTorch is imported, or when a process starts that this one starts."""
    for name, value in {**THREADS_THAT_YIELD, **MEMORY_THAT_STAYS}.items():
        os.environ.setdefault(name, value)
    # The laws are those of the processor: graphics processors add in another order each time.
    os.environ["VAELAB_DEVICE"] = "cpu"
