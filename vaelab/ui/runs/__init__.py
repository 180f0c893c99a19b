"""The page Runs, and the words and tables of a run's state and measures on all pages."""
