"""Training in a terminal: a progress bar, or one JSON object a line."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

from vaelab import events
from vaelab.config import RunConfig
from vaelab.datasets import DatasetUnavailable
from vaelab.recording import Recorder
from vaelab.runs import RunStore
from vaelab.training import train

Show = Callable[[events.Event], None]


def train_here(config: RunConfig, store: RunStore, as_json: bool) -> int:
    """Train a new run of the store in this process; Ctrl-C stops it. Returns the exit status."""
    run = store.create(config)
    recorder = Recorder(run)
    training = train(config, request=recorder.request)
    try:
        with _stop_on_interrupt(recorder), _json_lines(run.id) if as_json else _bar(config) as show:
            for event in recorder.record(training):
                show(event)
    except (DatasetUnavailable, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if not as_json:
        sys.stdout.write(f"Run {run.id} in {run.path}: {run.status().message}\n")
    return 1 if run.status().state == "diverged" else 0


@contextmanager
def _stop_on_interrupt(recorder: Recorder) -> Iterator[None]:
    """The first Ctrl-C stops the run in order; a second one ends the program at once."""

    def stop(*_: object) -> None:
        recorder.asked = events.Request(action="stop")
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _json_lines(run_id: str) -> Iterator[Show]:
    def show(event: events.Event) -> None:
        values = events.as_json(event)
        if isinstance(event, (events.Started, events.Finished)):
            values["run"] = run_id
        sys.stdout.write(json.dumps(values) + "\n")
        sys.stdout.flush()

    yield show


@contextmanager
def _bar(config: RunConfig) -> Iterator[Show]:
    with tqdm(unit="step", dynamic_ncols=True) as bar:

        def show(event: events.Event) -> None:
            if isinstance(event, events.Started):
                bar.reset(event.steps_per_epoch * config.epochs)
                bar.update(event.step)
            elif isinstance(event, events.Step):
                bar.update(event.step - bar.n)
                kl = "" if event.kl is None else f" + kl {event.kl:.2f}"
                bar.set_postfix_str(f"recon {event.recon:.2f}{kl} nats")
            elif isinstance(event, events.Evaluated):
                elbo = "" if event.neg_elbo is None else f", negative ELBO {event.neg_elbo:.2f}"
                bar.write(
                    f"epoch {event.epoch:.4g}: test recon {event.recon:.2f}{elbo} nats, mse {event.mse:.4f}"
                )

        yield show
