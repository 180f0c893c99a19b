"""A sweep in a terminal: one run after another, then a table; or one JSON object a line."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from typing import Any

from tqdm import tqdm

from vaelab import events
from vaelab.cli.train import End, stopped_by_signals, stopped_when_nobody_reads, training_events
from vaelab.config.fields import in_words
from vaelab.config.quantities import QUANTITIES, Losses, Quantity, losses
from vaelab.config.run_config import RunConfig
from vaelab.runs.errors import explained
from vaelab.runs.recorder import Recorder
from vaelab.runs.store import RunStore
from vaelab.sweeps.plan import Sweep
from vaelab.sweeps.results import SPLITS, Best, Result, best, criteria, result, words


def sweep_here(sweep: Sweep, store: RunStore, *, device: str | None, as_json: bool) -> int:
    """Train all runs of a sweep in this process, as one group of the store.

    Returns
    -------
    The exit status: 0 if all runs ended by themselves, diverged ones too; 1 if one could not be
    trained, which ends the sweep; 130 if Ctrl-C stopped it, and so on as of `train_here`.
    """
    end, group = End(), secrets.token_hex(16)
    axes = tuple(axis.name for axis in sweep.axes)
    shown = _Lines(axes) if as_json else _Table(axes, len(sweep.configs))
    results: list[Result] = []
    try:
        with stopped_by_signals(end), closing(shown):
            for config in sweep.configs:
                if end.status:
                    break
                results.append(_train(config, store, group, axes, device, end, shown))
    except Exception as error:
        sentence = explained(error)
        if sentence is None:
            raise
        sys.stderr.write(f"{sentence}\n")
        return 1
    measure = criteria(sweep.configs)[0]
    with stopped_when_nobody_reads(end):
        shown.end(results, measure, best(results, measure))
    return end.status


def _train(
    config: RunConfig, store: RunStore, group: str, axes: Sequence[str], device: str | None, end: End,
    shown: _Lines | _Table,
) -> Result:  # fmt: skip
    run = store.create(config, group=group, kind="sweep", axes=tuple(axes))
    recorder, last = Recorder(run, end.overrule), dict[str, Any]()
    for event in recorder.record(training_events(recorder, shown.prepare, device)):
        if isinstance(event, events.Evaluated):
            last = asdict(event)
        with stopped_when_nobody_reads(end):
            shown.show(event, config)
    made = result(run.id, config, axes, run.status().state, last)
    with stopped_when_nobody_reads(end):
        shown.ended(made)
    return made


class _Lines:
    """A line a run, and a last one for the best values."""

    def __init__(self, axes: Sequence[str]) -> None:
        self._axes = axes

    def prepare(self, fraction: float, sentence: str) -> None:
        """Nothing: every line is a result."""

    def show(self, event: events.Event, config: RunConfig) -> None:
        """Nothing, as above."""

    def ended(self, made: Result) -> None:
        on: dict[str, Any] = {split: _losses(made.losses(split)) for split in SPLITS}
        self._write({"event": "run", "values": self._named(made.values), "seed": made.seed, "run": made.run,
                     "state": made.state, **on, "seconds": made.seconds})  # fmt: skip

    def end(self, results: Sequence[Result], measure: str, leading: Best | None) -> None:
        if leading is None:
            self._write({"event": "best", "values": None})
            return
        self._write({"event": "best", "values": self._named(leading.values), "measure": leading.measure,
                     "held_out": leading.held_out.mean, "test": leading.test.mean,
                     "seeds": leading.held_out.seeds})  # fmt: skip

    def close(self) -> None:
        """Nothing: every line is whole."""

    def _named(self, values: Sequence[Any]) -> dict[str, Any]:
        return dict(zip(self._axes, values, strict=True))

    def _write(self, line: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def _losses(found: Losses) -> dict[str, float | None] | None:
    return {name: found.get(name) for name in losses()} if found else None


class _Table:
    """A bar that counts runs, then a table of all of them and a sentence on the best."""

    def __init__(self, axes: Sequence[str], count: int) -> None:
        self._axes = axes
        self._bar = tqdm(total=count, unit="run", disable=None, dynamic_ncols=True,
                         bar_format="{desc} |{bar}| {n:.1f} of {total} runs, {remaining} left")  # fmt: skip
        self._done = 0

    def prepare(self, fraction: float, sentence: str) -> None:
        """Tell what is fetched before the first run."""
        self._bar.set_description_str(sentence)

    def show(self, event: events.Event, config: RunConfig) -> None:
        """Move on within a run."""
        if isinstance(event, events.Started):
            self._bar.set_description_str(", ".join(in_words(n, getattr(config, n)) for n in self._axes))
        elif isinstance(event, events.Step):
            self._bar.update(self._done + event.epoch / config.epochs - self._bar.n)

    def ended(self, made: Result) -> None:
        """Count a run."""
        self._done += 1
        self._bar.update(self._done - self._bar.n)

    def end(self, results: Sequence[Result], measure: str, leading: Best | None) -> None:
        """Print the table, and which value is best."""
        for line in _table(self._axes, results, QUANTITIES[measure]):
            sys.stdout.write(line + "\n")
        if leading is None:
            return
        known = QUANTITIES[measure]
        sys.stdout.write(
            f"Best on held-out images: {words(self._axes, leading.values)}, {known.label} "
            f"{known.with_unit(leading.held_out.mean)}; on the test images "
            f"{known.with_unit(leading.test.mean)} (means of {leading.held_out.seeds}).\n"
        )

    def close(self) -> None:
        """Leave the terminal as it is."""
        self._bar.close()


def _table(axes: Sequence[str], results: Sequence[Result], measure: Quantity) -> list[str]:
    heads = [*axes, "seed", "state", f"held-out {measure.name}", f"test {measure.name}", "seconds", "run"]
    rows = [
        [
            *(in_words(name, value) for name, value in zip(axes, made.values, strict=True)),
            str(made.seed), made.state, *(_number(made.losses(split), measure) for split in SPLITS),
            f"{made.seconds:.1f}", made.run,
        ]
        for made in results
    ]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (heads, *rows)]  # fmt: skip


def _number(losses: Losses, measure: Quantity) -> str:
    value = losses.get(measure.name)
    return "" if value is None else measure.mean_in_words(value)
