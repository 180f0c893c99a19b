"""Recordings: finished runs that everybody may watch, because they are shipped or their owners share them.

A recording of exactly a recipe can be watched in its run's place; where there is none, the nearest shipped
example shows what such a run comes to.
"""

import threading
import time
from contextlib import suppress

from vaelab.config import RunConfig
from vaelab.config.nearness import nearest
from vaelab.runs.errors import RunDamaged
from vaelab.runs.run import Run
from vaelab.runs.store import RunStore

LOOK_EVERY = 10.0
"""Seconds between two looks through all runs: waiting visitors ask several times a second."""


class Recordings:
    """Recordings of a store by their recipes, seed included; safe for several threads."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._next_look = 0.0
        self._by_recipe: dict[RunConfig, str] = {}

    def of(self, config: RunConfig) -> Run | None:
        """A recording of exactly this recipe, preferably a shipped one; None if there is none."""
        with self._lock:
            if time.monotonic() >= self._next_look:
                self._look()
                self._next_look = time.monotonic() + LOOK_EVERY
            run_id = self._by_recipe.get(config)
        with suppress(RunDamaged):  # the run was deleted meanwhile
            run = self._store.get_or_none(run_id)
            return run if run and _is_recording(run) else None
        return None

    def _look(self) -> None:
        self._by_recipe = {}
        for run in (*self._store.folders(), *self._store.shipped_runs()):
            with suppress(RunDamaged):
                if _is_recording(run):
                    self._by_recipe[run.config] = run.id


def nearest_example(store: RunStore, config: RunConfig) -> Run | None:
    """The finished shipped run whose recipe is nearest; None if no run is shipped, or none can be read."""
    examples: dict[Run, RunConfig] = {}
    for run in store.shipped_runs():
        with suppress(RunDamaged):
            if _is_recording(run):
                examples[run] = run.config
    return nearest(config, examples)


def _is_recording(run: Run) -> bool:
    """Whether the run may be shown as the result of its recipe."""
    if run.shipped:
        return run.status().state == "finished"
    meta = run.meta
    # An imported run has no checkpoint, and nobody knows which program trained it.
    whole = run.has_model() and (run.path / "resume.safetensors").exists()
    return meta.shared and not meta.parent and whole and run.status().state == "finished"
