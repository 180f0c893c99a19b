"""A sweep in a terminal: a progress bar over the runs and then a table, or one JSON object per line."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from typing import Any

from tqdm import tqdm

from vaelab import events
from vaelab.cli.output import JsonLines
from vaelab.cli.train import End, stopped_by_signals, stopped_when_nobody_reads, training_events
from vaelab.config import QUANTITIES, Losses, Quantity, RunConfig, in_words, losses
from vaelab.runs import Recorder, RunStore
from vaelab.sweeps.plan import Sweep
from vaelab.sweeps.results import SPLITS, Best, Result, best, criteria, result, words
from vaelab.words import counted


def sweep_here(sweep: Sweep, store: RunStore, *, device: str | None, as_json: bool) -> int:
    """Train all runs of a sweep in this process, as one group of the store.

    A run that cannot be trained ends the sweep with its error.

    Returns
    -------
    The exit status: 0 if all runs ended by themselves, also if some diverged; else that of `train_here`.
    """
    end, group = End(), secrets.token_hex(16)
    axes = tuple(axis.name for axis in sweep.axes)
    display = _Lines(axes) if as_json else _Table(axes, len(sweep.configs))
    results: list[Result] = []
    with stopped_by_signals(end), closing(display):
        for config in sweep.configs:
            if end.status:
                break
            recorder = Recorder(store.create(config, group=group, kind="sweep", axes=axes), end.overrule)
            results.append(_train(recorder, axes, device, end, display))
    measure = criteria(sweep.configs)[0]
    with stopped_when_nobody_reads(end):
        display.end(results, measure, best(results, measure))
    return end.status


def _train(
    recorder: Recorder, axes: Sequence[str], device: str | None, end: End, display: _Lines | _Table
) -> Result:
    run, last = recorder.run, dict[str, Any]()
    for event in recorder.record(training_events(recorder, display.prepare, device)):
        if isinstance(event, events.Evaluated):
            last = asdict(event)
        with stopped_when_nobody_reads(end):
            display.show(event, run.config)
    outcome = result(run.id, run.config, axes, run.status().state, last)
    with stopped_when_nobody_reads(end):
        display.end_run(outcome)
    return outcome


class _Lines(JsonLines):
    """A line for each run, and a last one for the best values."""

    def __init__(self, axes: Sequence[str]) -> None:
        self._axes = axes

    def show(self, event: events.Event, config: RunConfig) -> None:
        """Show nothing of a run before its end."""

    def end_run(self, outcome: Result) -> None:
        losses_of_splits: dict[str, Any] = {split: _losses(outcome.losses(split)) for split in SPLITS}
        self.write({
            "event": "run", "values": self._by_axis(outcome.values), "seed": outcome.seed,
            "run": outcome.run, "state": outcome.state, **losses_of_splits, "seconds": outcome.seconds,
        })  # fmt: skip

    def end(self, results: Sequence[Result], measure: str, best: Best | None) -> None:
        if best is None:
            self.write({"event": "best", "values": None})
            return
        self.write({
            "event": "best", "values": self._by_axis(best.values), "measure": best.measure,
            "held_out": best.held_out.mean, "test": best.test.mean, "seeds": best.held_out.seeds,
        })  # fmt: skip

    def _by_axis(self, values: Sequence[Any]) -> dict[str, Any]:
        return dict(zip(self._axes, values, strict=True))


def _losses(values: Losses) -> dict[str, float | None] | None:
    return {name: values.get(name) for name in losses()} if values else None


class _Table:
    """A bar that counts runs, then a table of all of them and a sentence on the best."""

    def __init__(self, axes: Sequence[str], count: int) -> None:
        self._axes = axes
        bar_format = "{desc} |{bar}| {n:.1f} of " + counted(count, "run") + ", {remaining} left"
        self._bar = tqdm(total=count, unit="run", disable=None, dynamic_ncols=True, bar_format=bar_format)
        self._done = 0

    def prepare(self, fraction: float, sentence: str) -> None:
        """Say what is being fetched before the first run."""
        self._bar.set_description_str(sentence)

    def show(self, event: events.Event, config: RunConfig) -> None:
        """Advance the bar within a run."""
        if isinstance(event, events.Started):
            self._bar.set_description_str(", ".join(in_words(n, getattr(config, n)) for n in self._axes))
        elif isinstance(event, events.Step):
            self._bar.update(self._done + event.epoch / config.epochs - self._bar.n)

    def end_run(self, outcome: Result) -> None:
        """Count a run."""
        self._done += 1
        self._bar.update(self._done - self._bar.n)

    def end(self, results: Sequence[Result], measure: str, best: Best | None) -> None:
        """Print the table and the best values."""
        quantity = QUANTITIES[measure]
        for line in _table(self._axes, results, quantity):
            sys.stdout.write(line + "\n")
        if best is not None:
            sys.stdout.write(
                f"Best on held-out images: {words(self._axes, best.values)}, {quantity.label} "
                f"{quantity.with_unit(best.held_out.mean)}; on the test images "
                f"{quantity.with_unit(best.test.mean)} (means of {best.held_out.seeds}).\n"
            )

    def close(self) -> None:
        """Close the bar, so that further output starts on a line of its own."""
        self._bar.close()


def _table(axes: Sequence[str], results: Sequence[Result], quantity: Quantity) -> list[str]:
    heads = [*axes, "seed", "state", f"held-out {quantity.name}", f"test {quantity.name}", "seconds", "run"]
    rows = [
        [
            *(in_words(name, value) for name, value in zip(axes, outcome.values, strict=True)),
            str(outcome.seed),
            outcome.state,
            *(_number(outcome.losses(split), quantity) for split in SPLITS),
            f"{outcome.seconds:.1f}",
            outcome.run,
        ]
        for outcome in results
    ]
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (heads, *rows)
    ]


def _number(losses: Losses, quantity: Quantity) -> str:
    value = losses.get(quantity.name)
    return "" if value is None else quantity.mean_in_words(value)
