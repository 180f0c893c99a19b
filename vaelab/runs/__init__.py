"""A run is a folder: this package writes it, reads it and lists all of them.

Events of a training enter through `Recorder`. Config, status, history, weights, snapshots and measures leave
through `Run` and the modules that read its files. `life` has the table of a run's states.
"""

from vaelab.runs.arrays import read_preview, read_weights
from vaelab.runs.errors import RunDamaged, RunNotFound, explained
from vaelab.runs.history import History
from vaelab.runs.life import UNDER_WAY, Action
from vaelab.runs.measures import MEASURED, Measures, is_measured, read_measures
from vaelab.runs.naming import describe
from vaelab.runs.recorder import Recorder
from vaelab.runs.run import Run
from vaelab.runs.status import Status
from vaelab.runs.store import RunStore, default_root
from vaelab.runs.summary import Summary

__all__ = [
    "MEASURED",
    "UNDER_WAY",
    "Action",
    "History",
    "Measures",
    "Recorder",
    "Run",
    "RunDamaged",
    "RunNotFound",
    "RunStore",
    "Status",
    "Summary",
    "default_root",
    "describe",
    "explained",
    "is_measured",
    "read_measures",
    "read_preview",
    "read_weights",
]
