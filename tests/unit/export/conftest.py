"""A run to take along."""

from __future__ import annotations

import pytest

from tests.support.bundles import Parts, parts_of, record
from vaelab.data import Dataset


@pytest.fixture(scope="session")
def parts(tiny: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """The files of a run's zip, by name."""
    return parts_of(record(tmp_path_factory.mktemp("run"), tiny))
