"""A start at which pandas is imported slowly: it is half there until a file says that it may go on.

Python imports this module by itself at its start, where this folder is in PYTHONPATH.
"""

from __future__ import annotations

import os
import sys
import time
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

RELEASE = Path(os.environ["RELEASE_PANDAS"])


class SlowPandas(MetaPathFinder):
    """Finds pandas as Python does, and executes it only once the file is there."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Find a module's spec; pandas gets one that waits."""
        spec = PathFinder.find_spec(name, path, target) if name == "pandas" else None
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_later(module: ModuleType) -> None:
                while not RELEASE.exists():
                    time.sleep(0.01)
                execute(module)

            spec.loader.exec_module = execute_later  # type: ignore[method-assign]
        return spec


sys.meta_path.insert(0, SlowPandas())
