"""The app as Streamlit runs it, without a browser and with a folder of runs of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import MagicMock

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from vaelab.paths import PROJECT


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
    # What is kept once a process belongs to this test's folder of runs; releasing it ends its workers.
    st.cache_resource.clear()
    st.cache_data.clear()
