"""What a visitor has: the store and engine of the server, the chosen run, the address, the display.

This is the only package that writes Streamlit's session state, except for the widgets' own keys.
"""
