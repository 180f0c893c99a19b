"""Tables of measurements: printed, and kept in RESULTS.md with the machine that they were made on."""

from __future__ import annotations

import datetime
import platform
import subprocess
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psutil

from vaelab.paths import PROJECT

RESULTS = Path(__file__).with_name("RESULTS.md")
PACKAGES = ("torch", "streamlit", "plotly", "pythae", "keras", "jax")


@dataclass(frozen=True)
class Table:
    """What one part of the benchmark found.

    Parameters
    ----------
    title: what was measured, and how.
    header: names of the columns, with units.
    rows: cells as text, each row as long as the header.
    notes: sentences below it: what was left out, and why.
    """

    title: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    notes: tuple[str, ...] = ()

    def markdown(self) -> str:
        """The table as Markdown that is also readable as it is."""
        table = [self.header, *self.rows]
        widths = [max(len(row[column]) for row in table) for column in range(len(self.header))]
        lines = [
            "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
            for row in table
        ]
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        return "\n".join([f"### {self.title}", "", *lines, *(f"\n{note}" for note in self.notes)])


def heading() -> str:
    """Date, commit, machine and versions: without them a figure says nothing."""
    memory = psutil.virtual_memory().total / 2**30
    versions = [f"{name} {found}" for name in PACKAGES if (found := _version(name))]
    return (
        f"## {datetime.date.today():%Y-%m-%d}, commit {_commit()}\n\n"
        f"{_processor()}, {psutil.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}; "
        f"Python {platform.python_version()}, {', '.join(versions)}.\n"
    )


def append(text: str) -> None:
    """Keep a text at the end of RESULTS.md."""
    with RESULTS.open("a", encoding="utf-8") as results:
        results.write(f"\n{text}\n")


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _processor() -> str:
    """Name of the processor and its products of bf16 numbers, which decide the precision."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    said = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    able = [name for name in ("avx512f", "avx512_bf16", "amx_bf16") if name in said.get("flags", "").split()]
    return f"{said.get('model name', platform.machine())} ({', '.join(able) or 'no AVX-512'})"
