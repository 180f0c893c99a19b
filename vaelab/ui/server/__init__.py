"""The app as Streamlit starts it: routes, middleware, start and end of the server."""
