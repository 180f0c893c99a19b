"""What every test shares: the environment that training is meant to run in, and no clock in any verdict."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.support.environment import set_environment

set_environment()  # no test module has imported PyTorch yet

# A busy machine fails no test; and whoever runs the tests again sees the same.
settings.register_profile(
    "vaelab", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("vaelab")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long trainings come first: of two processes, none has them left when the other has nothing to do."""
    items.sort(key=lambda item: item.get_closest_marker("quality") is None)
