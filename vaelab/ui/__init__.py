"""The app's pages and server; the only package that imports Streamlit.

`router` runs for every visit. `web` and `server` are the parts around Streamlit, `session` is the state of a
visit, `widgets` are the browser components, `recipe` is the form, and every other package belongs to one page
or a few.
"""
