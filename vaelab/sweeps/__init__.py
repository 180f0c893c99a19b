"""Sweeps: which runs one has, and what these are worth.

A `RunConfig` and values of one or two of its fields enter. A plan of runs leaves, and later a table of
results.
"""
