"""The golden file, and whether this machine must reproduce its numbers to the last bit."""

from __future__ import annotations

import pytest

from tests.support.golden import Golden, read_golden
from tests.support.machine import machine

_CHECKED = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def golden() -> Golden:
    return read_golden()


@pytest.fixture(scope="session")
def exactly(golden: Golden, pytestconfig: pytest.Config) -> bool:
    """Whether this is a machine like the one that made the golden file; the summary says which it is."""
    there, here = golden["machine"], machine()
    other = [name for name in there if here.get(name) != there[name]]
    pytestconfig.stash[_CHECKED] = "Golden losses: checked " + (
        f"within 1 %, the first steps within 0.001 %, for want of the same {', '.join(other)}."
        if other
        else f"to the last bit ({here['processor']}, {here['instructions']}, PyTorch {here['torch']})."
    )
    return not other


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print how the golden losses were checked, if they were."""
    if _CHECKED in config.stash:
        terminalreporter.write_line(config.stash[_CHECKED])
