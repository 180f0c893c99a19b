"""What rounding depends on besides our code."""

from __future__ import annotations

import platform
from pathlib import Path

import numpy as np
import torch

_CPUINFO = Path("/proc/cpuinfo")
_NUMBERS = ("cpu family", "model", "stepping", "CPU implementer", "CPU part")


def machine() -> dict[str, str]:
    """Processor, its instructions and the libraries that compute: where all are the same, so are all bits."""
    abilities = torch.cpu.get_capabilities()
    return {
        "processor": _processor(abilities.get("cpu_name")),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        # Virtual machines hide some of a processor, and libraries cut their loops by the size of its caches.
        "abilities": " ".join(sorted(_words(abilities))),
        "torch": torch.__version__,
        "numpy": np.__version__,
    }


def _processor(name: object) -> str:
    """Its name, on Linux with the numbers of its model: virtual machines tell a shortened name."""
    said: dict[str, str] = {}
    if _CPUINFO.exists():
        first = _CPUINFO.read_text().split("\n\n")[0]
        said = {
            key.strip(): value.strip()
            for key, _, value in (line.partition(":") for line in first.split("\n"))
        }
    numbers = [f"{key} {said[key]}" for key in _NUMBERS if key in said]
    return ", ".join([str(name or platform.processor() or platform.machine()), *numbers])


def _words(abilities: dict[str, object]) -> list[str]:
    there = [name for name, value in abilities.items() if value is True]
    return there + [f"{name}={abilities[name]}" for name in abilities if name.endswith("cache_size")]
