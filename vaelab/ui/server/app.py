"""The parts of the ASGI app beside Streamlit: routes below `/lab/`, middleware, start and end."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vaelab.engine.backends.local import THREADS_THAT_YIELD
from vaelab.logs import OnceAMinute, log_as
from vaelab.settings import read_settings
from vaelab.ui.server.health import serve_health
from vaelab.ui.server.run_files import serve_run_file, serve_test_images
from vaelab.ui.server.standing import serve_standing
from vaelab.ui.server.uploads import serve_upload, sweep_uploads
from vaelab.ui.server.warming import begin_warming
from vaelab.ui.session import engine, intake
from vaelab.ui.session.display import first_styles
from vaelab.ui.session.pages import APP_PAGES
from vaelab.ui.session.standing import PATH as STANDING
from vaelab.ui.session.state import close_engine, end_training
from vaelab.ui.web.addresses import base_path, lab_path
from vaelab.ui.web.assets import PLOTLY, Preload, serve_component, serve_picture, serve_plotly
from vaelab.ui.web.ending import ended_by_signals
from vaelab.ui.web.gate import Gate
from vaelab.ui.web.hosts import allowed_hosts, server_url
from vaelab.ui.web.presence import Connections
from vaelab.ui.web.protection import Protection
from vaelab.ui.web.shell import Shell
from vaelab.ui.web.visitor import VisitorCookie

logger = logging.getLogger(__name__)

OF_STRANGERS = "Invalid HTTP request received."
"""A warning of the web server that anybody can cause as often as they like."""

SCRIPT_ERROR = (
    "Something went wrong while this page was drawn. It has been written to the server's log; "
    "reload the page to go on."
)


def routes() -> list[BaseRoute]:
    """The app's own routes, all below `/lab/`."""
    lab = lab_path()
    return [
        Route(f"{lab}/health", serve_health),
        Route(f"{lab}/{STANDING}", serve_standing),
        Route(f"{lab}/{PLOTLY}", serve_plotly),
        Route(f"{lab}/components/{{file:path}}", serve_component),
        Route(f"{lab}/pictures/{{file}}", serve_picture),
        Route(f"{lab}/runs/{{run}}/{{version}}/{{what}}", serve_run_file),
        Route(f"{lab}/datasets/{{name}}/test-images", serve_test_images),
        Route(f"{lab}/uploads/{{kind}}/{{slot}}", serve_upload, methods=["GET", "PUT"]),
        Route(f"{lab}/{{path:path}}", serve_nothing),
    ]


async def serve_nothing(_request: Request) -> Response:
    """Answer that nothing is there: Streamlit would answer with its page."""
    raise HTTPException(404)


def middleware() -> list[Middleware]:
    """The middleware that every request passes before it reaches Streamlit.

    The server loads the app, and with it this, once its port is known.
    """
    pages = frozenset(page.path for page in APP_PAGES)
    return [
        Middleware(Gate, hosts=allowed_hosts(), pages=pages, base=base_path()),
        Middleware(Protection),
        Middleware(VisitorCookie),
        Middleware(Connections),
        Middleware(Preload),
        Middleware(Shell, pages=pages, base=base_path(), styles=first_styles),
    ]


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Prepare the server for its first visitor when it starts, and end the engine when it stops."""
    log_as("server")
    settings = read_settings()
    for name, value in THREADS_THAT_YIELD.items():
        os.environ.setdefault(name, value)
    # The engine is made here, so that the end of the server, however soon it comes, finds it.
    first = engine() if settings.warm else None
    warming = begin_warming(first)
    logging.getLogger("uvicorn.error").addFilter(OnceAMinute(OF_STRANGERS))
    intake()  # empties its folder
    sweeping = asyncio.create_task(sweep_uploads(), name="vaelab-sweep")
    logger.info("The server is there.")
    print(f"\n  VAE Lab runs.\n\n  URL: {server_url()}\n", flush=True)
    try:
        async with ended_by_signals(end_training):
            yield
    finally:
        sweeping.cancel()
        await run_in_threadpool(close, warming)
        logger.info("The server has ended.")


def close(warming: Thread) -> None:
    """End the engine, and wait for imports, because one that is cut short could crash the interpreter."""
    close_engine()
    warming.join(timeout=30)


def on_script_error(_error: Exception) -> bool:
    """Show one sentence in place of a traceback, which Streamlit has already logged."""
    st.error(SCRIPT_ERROR)
    return True
