"""The app that `streamlit run app.py` starts: the pages, with VAE Lab's own routes and middleware."""

import sys

import streamlit as st

from vaelab.paths import ROUTER
from vaelab.settings import SettingsError, read_settings
from vaelab.ui.server.app import lifespan, middleware, on_script_error, routes

try:
    read_settings()
except SettingsError as error:
    sys.exit(str(error))

app = st.App(
    ROUTER,
    routes=routes(),
    middleware=middleware(),
    lifespan=lifespan,
    on_script_error=on_script_error,
)
