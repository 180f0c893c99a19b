"""The page Runs, and how a run, its state and its measures are told on every page."""
