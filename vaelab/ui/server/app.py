"""What the ASGI app has beside Streamlit: routes below `/lab/`, a cookie, a start and an end."""

from __future__ import annotations

import gc
import importlib
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from vaelab.engine.backends.local import THREADS_THAT_YIELD
from vaelab.engine.engine import Engine
from vaelab.logs import log_as
from vaelab.settings import read_settings
from vaelab.ui.server.health import serve_health
from vaelab.ui.server.run_files import serve_run_file, serve_test_images
from vaelab.ui.server.standing import serve_standing
from vaelab.ui.session.standing import PATH as STANDING
from vaelab.ui.session.state import close_engine, end_training, engine
from vaelab.ui.web.addresses import lab_path
from vaelab.ui.web.assets import PLOTLY, Preload, load_asset, serve_component, serve_plotly
from vaelab.ui.web.ending import ended_by_signals
from vaelab.ui.web.presence import Connections
from vaelab.ui.web.protection import Protection
from vaelab.ui.web.visitor import VisitorCookie

logger = logging.getLogger(__name__)

EARLY_IMPORTS = ("pandas", "vaelab.ui.train.live")
"""What the first page needs, read while its visitor's browser still reads Streamlit's files."""

LATE_IMPORTS = ("torch", "sklearn.decomposition")
"""What takes seconds to import, and is not needed for the first page."""

SCRIPT_ERROR = (
    "Something went wrong while this page was drawn. It has been written to the server's log; "
    "reload the page to go on."
)


def routes() -> list[BaseRoute]:
    """List our own routes, all below `/lab/`."""
    lab = lab_path()
    return [
        Route(f"{lab}/health", serve_health),
        Route(f"{lab}/{STANDING}", serve_standing),
        Route(f"{lab}/{PLOTLY}", serve_plotly),
        Route(f"{lab}/components/{{file:path}}", serve_component),
        Route(f"{lab}/runs/{{run}}/{{version}}/{{what}}", serve_run_file),
        Route(f"{lab}/datasets/{{name}}/test-images", serve_test_images),
    ]


def middleware() -> list[Middleware]:
    """List what every request passes through before it reaches Streamlit."""
    return [Middleware(Protection), Middleware(VisitorCookie), Middleware(Connections), Middleware(Preload)]


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Around the time that the server answers: warm what the first visitor needs, close at the end."""
    log_as("server")
    settings = read_settings()
    for name, value in THREADS_THAT_YIELD.items():
        os.environ.setdefault(name, value)
    # Made here, so that the end, however soon it comes, finds it.
    first = engine() if settings.warm else None
    warming = Thread(target=warm, args=(first,), name="vaelab-warm", daemon=True)
    warming.start()
    logger.info("The server is there.")
    try:
        async with ended_by_signals(end_training):
            yield
    finally:
        await run_in_threadpool(close, warming)
        logger.info("The server has ended.")


def warm(first: Engine | None) -> None:
    """Do before the first visitor what this visitor would otherwise wait for.

    With `VAELAB_WARM=0` there is no engine yet, and all is left to the first page that needs it.
    """
    load_asset(PLOTLY)
    for name in EARLY_IMPORTS:
        importlib.import_module(name)
    # One after the other: whoever is there already needs a core too, and a worker before all else.
    if first is not None and first.wait_until_warm():
        for name in LATE_IMPORTS:
            importlib.import_module(name)
    # What the imports made lives as long as the server: no collection needs to look at it again.
    gc.collect()
    gc.freeze()


def close(warming: Thread) -> None:
    """End what runs beside the pages; an import that is cut short could crash the interpreter."""
    close_engine()
    warming.join(timeout=30)


def on_script_error(_error: Exception) -> bool:
    """Show one sentence in place of a traceback, which Streamlit has already logged."""
    st.error(SCRIPT_ERROR)
    return True
