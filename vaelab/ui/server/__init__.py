"""The app as Streamlit starts it: routes, middleware, start and end of the server.

Requests of browsers enter. Files of runs, the state of waiting runs and the health of the server leave.
"""
