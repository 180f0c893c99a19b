"""The ASGI app of the components' tests: all that VAE Lab adds to Streamlit, and one script that uses it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from vaelab.ui.server.app import lifespan, middleware, on_script_error, routes


@asynccontextmanager
async def noted_lifespan(app: st.App) -> AsyncIterator[None]:
    async with lifespan(app):
        yield
    print("The lifespan has ended.", flush=True)


app = st.App(
    "components_page.py",
    routes=routes(),
    middleware=middleware(),
    lifespan=noted_lifespan,
    on_script_error=on_script_error,
)
