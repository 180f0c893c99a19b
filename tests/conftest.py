"""What every test shares: the environment that training is meant to run in, and no clock in any verdict."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support.environment import set_environment
from tests.support.warm import warm_children

set_environment()  # no test module has imported PyTorch yet

# A busy machine fails no test; and whoever runs the tests again sees the same.
settings.register_profile(
    "vaelab", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("vaelab")


@pytest.fixture(scope="session", autouse=True)
def _warm_children() -> Iterator[None]:
    """Of the workers that engines start, which most tests only end again, none imports PyTorch anew."""
    with warm_children():
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long trainings come first: of two processes, none has them left when the other has nothing to do."""
    items.sort(key=lambda item: item.get_closest_marker("quality") is None)
