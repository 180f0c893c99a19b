"""A run is a folder: this package writes it, reads it and lists all of them.

Events of a training enter through `Recorder`. `Run` leaves: config, status, history, weights, snapshots and
measures, read anew by everyone who asks. `life` has the table of a run's states.
"""
