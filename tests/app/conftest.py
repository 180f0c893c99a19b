"""The app as Streamlit runs it, without a browser and with a folder of runs of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from vaelab.paths import PROJECT
from vaelab.ui.session.state import _recordings, close_engine


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """The folder of runs, which is not there yet."""
    return tmp_path / "runs"


@pytest.fixture
def app(runs: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], AppTest]]:
    """Open the app: each call is a new visitor, who has not loaded a page yet."""
    monkeypatch.setenv("VAELAB_RUNS", str(runs))
    # Runs wait to be measured for ever: a real process would load PyTorch beside every test.
    monkeypatch.setattr("vaelab.engine.measuring.Child", lambda *_: MagicMock())
    yield lambda: AppTest.from_file(PROJECT / "vaelab" / "ui" / "router.py", default_timeout=60)
    # Engine and recordings belong to this test's folder of runs; releasing the engine ends its workers.
    # What is cached of a run stays: it is named by the run's path, which no other test has.
    close_engine()
    _recordings.clear()


@pytest.fixture(autouse=True, scope="session")
def _one_search_for_components() -> Iterator[None]:
    """Look once for components among the installed packages, and not for each visitor of AppTest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests)
        )
        yield
