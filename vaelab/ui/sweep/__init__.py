"""The page Sweep: setting one up, following it, and its results as charts and tables."""
