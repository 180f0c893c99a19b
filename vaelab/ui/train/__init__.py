"""The Train page: its buttons, the live views of the run in training, and the hints.

A recipe and the history of a run enter. Charts, pictures and hints are drawn, and starts go to the
engine.
"""
