"""What every test shares: the environment that training is meant to run in."""

from __future__ import annotations

import os

from vaelab.processes import THREADS_THAT_YIELD

# Read once, when PyTorch is imported, which no test module has done yet.
for name, value in THREADS_THAT_YIELD.items():
    os.environ.setdefault(name, value)
