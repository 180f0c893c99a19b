"""What every test shares: the environment that training is meant to run in, and no clock in any verdict."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from vaelab.engine.processes import THREADS_THAT_YIELD

# Read once, when PyTorch is imported, which no test module has done yet.
for name, value in THREADS_THAT_YIELD.items():
    os.environ.setdefault(name, value)

# The laws are those of the processor: graphics processors add in another order each time.
os.environ["VAELAB_DEVICE"] = "cpu"

# A busy machine fails no test; and whoever runs the tests again sees the same.
settings.register_profile(
    "vaelab", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("vaelab")
