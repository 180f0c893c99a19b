"""What every test shares: the environment that training is meant to run in, and no clock in any verdict."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.support.environment import set_environment

set_environment()  # no test module has imported PyTorch yet

# A busy machine fails no test; and whoever runs the tests again sees the same.
settings.register_profile(
    "vaelab", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("vaelab")
