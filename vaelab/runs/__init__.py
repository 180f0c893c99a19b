"""A run is a folder: this package writes it, reads it and lists all of them.

Events of a training enter through `Recorder`. Config, status, history, weights, snapshots and measures leave
through `Run` and the modules that read its files. `life` has the table of a run's states.
"""
