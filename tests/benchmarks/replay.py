"""A run that is as long as wanted and still goes on: the events of a shipped one, again and again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np

from vaelab import events
from vaelab.events import Event, Preview
from vaelab.runs import Recorder, Run, RunStore, read_preview

KINDS = {"started": events.Started, "step": events.Step, "evaluated": events.Evaluated}
EPOCHS = 500
"""As many as a run may have."""


class GrowingRun:
    """A run in training as its folder shows it, written by the recorder that writes all runs.

    Parameters
    ----------
    root
        Folder of the server's runs.
    shipped
        The finished run whose events are repeated, with steps and epochs that go on.
    owner
        The visitor that it belongs to.
    steps
        How far it is at first.
    """

    def __init__(self, root: Path, shipped: Run, owner: str, steps: int) -> None:
        config = shipped.config.variant(epochs=EPOCHS)
        self.run = RunStore(root).create(config, owner=owner)
        self._preview = read_preview(shipped)
        self._recorder = Recorder(self.run)
        self._steps = 0
        self._events = _replayed(shipped)
        self._recording = self._recorder.record(self._told())
        self._noise = np.random.default_rng(0)
        self._shows_preview = False
        while self._steps < steps:
            next(self._recording)
        self.grow(1)

    def grow(self, lines: int) -> None:
        """Say a few things more, with a preview and a sign of life at the end."""
        for _ in range(lines):
            next(self._recording)
        self._shows_preview = True
        next(self._recording)
        self._recorder.request()

    def close(self) -> None:
        """Let go of the run."""
        self._recording.close()

    def _told(self) -> Iterator[Event]:
        for event in self._events:
            self._steps = event.step
            yield event
            if self._shows_preview:
                self._shows_preview = False
                yield self._moved(event)

    def _moved(self, event: Event) -> Preview:
        """The shipped run's preview with other codes, as training moves them."""
        assert self._preview is not None
        moved = self._preview.mean + self._noise.normal(0, 0.02, self._preview.mean.shape)
        return replace(self._preview, step=event.step, epoch=event.epoch, mean=moved.astype(np.float32))


def _replayed(shipped: Run) -> Iterator[Event]:
    lines = [json.loads(line) for line in (shipped.path / "events.jsonl").read_text().splitlines()]
    started, *said = [line for line in lines if line["event"] in KINDS]
    yield _event(started)
    said = [line for line in said if line["step"] > 0]
    last = said[-1]
    for round_ in count():
        for line in said:
            step, epoch = line["step"] + round_ * last["step"], line["epoch"] + round_ * last["epoch"]
            yield _event({**line, "step": step, "epoch": epoch})


def _event(line: dict[str, object]) -> Event:
    fields = {name: value for name, value in line.items() if name != "event"}
    return KINDS[str(line["event"])](**fields)
