"""Loading what the first visitors need, in the background, while the server starts."""

import gc
import importlib
from threading import Event, Thread

from vaelab.engine import Engine
from vaelab.ui.web.assets import PLOTLY, load_asset

EARLY_IMPORTS = ("pandas", "vaelab.ui.train.live")
"""Modules that the first page needs, imported while its browser still loads Streamlit's files."""

LATE_IMPORTS = ("torch", "sklearn.decomposition")
"""Modules that take seconds to import and that the first page does not need."""

_early_imports_ended = Event()
_early_imports_ended.set()


def begin_warming(first: Engine | None) -> Thread:
    """Begin to load, in the thread that is returned; pages wait from here on for the early imports.

    With `VAELAB_WARM=0` there is no engine yet: the first page that needs it makes it.
    """
    _early_imports_ended.clear()
    warming = Thread(target=_warm, args=(first,), name="vaelab-warm", daemon=True)
    warming.start()
    return warming


def wait_for_early_imports() -> None:
    """Wait until the early imports have ended, well or not.

    Plotly takes pandas from `sys.modules` if it is there, also while another thread is still importing it.
    """
    _early_imports_ended.wait()


def _warm(first: Engine | None) -> None:
    try:
        for name in EARLY_IMPORTS:
            importlib.import_module(name)
    finally:
        _early_imports_ended.set()
    load_asset(PLOTLY)
    # PyTorch is imported here only after the worker has started: a visitor's page needs a core too.
    if first is not None and first.wait_until_warm():
        for name in LATE_IMPORTS:
            importlib.import_module(name)
    # The objects of the imports live as long as the server, so that no garbage collection needs to scan them.
    gc.collect()
    gc.freeze()
