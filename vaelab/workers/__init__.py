"""The programs that the engine starts, each a process of its own: `train` and `measure`.

Jobs enter as JSON lines on standard input. Files in the folders of runs leave, and JSON lines about their
progress.
"""
