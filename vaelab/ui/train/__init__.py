"""The Train page: its buttons, how far its run is, the verdict, the views of the run, and the hints.

A recipe and the history of a run enter. Charts, pictures and hints are drawn, and starts go to the
engine. The places and sizes of the parts stand in `assets/styles/stage.css`.
"""
