"""Calling the command line as a process, and reading what it leaves."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from vaelab.paths import PROJECT
from vaelab.runs import Run, RunStore

QUICK = ["--train-size", "500", "--hidden", "16", "--batch-size", "100"]

Output = pytest.CaptureFixture[str]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "vaelab", *arguments]


def environment() -> dict[str, str]:
    """Variables as most people have them, for a process that runs in another folder."""
    others = ("VAELAB_RUNS", "VAELAB_DEVICE", "PYTHONUNBUFFERED")
    return {
        **{name: value for name, value in os.environ.items() if name not in others},
        "PYTHONPATH": str(PROJECT),
    }


def the_run(root: Path) -> Run:
    (run,) = RunStore(root).runs()
    return run


def only_line(text: str) -> str:
    (line,) = text.splitlines()
    return line
