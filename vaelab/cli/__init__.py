"""The command line, `python -m vaelab`: train, sweep, list, evaluate and export without the app.

Words of the command line enter. Lines of text or JSON leave, and the same folders of runs that the app
writes.
"""
