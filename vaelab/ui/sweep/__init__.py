"""The page Sweep: setting one up, following it, and its results as charts and tables.

A recipe, one or two of its fields and their values enter. A group of runs is started, and drawn as it
trains.
"""
