"""The state of a visit: the chosen run, the recipe, the address and the display; and the shared engine.

This is the only package that writes Streamlit's session state, except for the widgets' own keys.
"""
