"""A working folder of its own for every test, and one training to look at."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.calling import QUICK, command, environment


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch) -> None:
    """Nothing is read from or written into the folder of the project."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VAELAB_RUNS", raising=False)
    monkeypatch.delenv("VAELAB_DEVICE", raising=False)


@pytest.fixture(scope="package")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """The working folder of a training in a process of its own, and the objects it printed."""
    folder = tmp_path_factory.mktemp("work")
    words = command("train", "--preset", "ae-2d", "--model", "vae", *QUICK, "--epochs", "2", "--json")
    done = subprocess.run(words, cwd=folder, env=environment(), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return folder, [json.loads(line) for line in done.stdout.splitlines()]
