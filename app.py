"""What `streamlit run app.py` starts: the pages, with VAE Lab's own routes and cookie beside them."""

import streamlit as st

from vaelab.ui.server import lifespan, middleware, on_script_error, routes

app = st.App(
    "vaelab/ui/router.py",
    routes=routes(),
    middleware=middleware(),
    lifespan=lifespan,
    on_script_error=on_script_error,
)
