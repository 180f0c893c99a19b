"""How many processors a process may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vaelab.engine.backends.local import processors


@pytest.mark.parametrize(
    ("said", "most"), [("max 100000\n", 8), ("200000 100000\n", 2), ("50000 100000\n", 1), ("nonsense", 8)]
)
def test_a_container_may_have_fewer_than_the_machine(
    said: str, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    quota = tmp_path / "cpu.max"
    assert processors(quota) == 8
    quota.write_text(said)
    assert processors(quota) == most
