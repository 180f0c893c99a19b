"""Sweeps: the runs that a sweep consists of, and the comparison of their results.

A `RunConfig` and values of one or two of its fields enter. A plan of runs leaves, and later a table of
results.
"""
