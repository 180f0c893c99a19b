"""The page Runs, and the words and tables of a run's state and measures on all pages.

Runs enter. Rows, states in words and measures leave, and what a visitor asks of a run goes to the engine.
"""
