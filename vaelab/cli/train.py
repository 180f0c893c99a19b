"""Training in a terminal: a progress bar, or one JSON object per line."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from tqdm import tqdm

from vaelab import events
from vaelab.cli.output import NOBODY_READS, JsonLines, silence_closed_output
from vaelab.config import RunConfig
from vaelab.data import load
from vaelab.runs import Recorder, RunStore
from vaelab.training import train


class End:
    """Whether a signal or a closed output ended the training; `status` is then the exit status, else 0."""

    def __init__(self) -> None:
        self.status = 0

    def overrule(self) -> events.Request | None:
        """The request to stop the training, if something has ended it."""
        return events.Request(action="stop") if self.status else None


def train_here(config: RunConfig, store: RunStore, *, device: str | None, as_json: bool) -> int:
    """Train a new run of the store in this process.

    Returns
    -------
    The exit status: 0 after training, 1 if it diverged, 128 plus the number of the signal that stopped it
    (130 for Ctrl-C), 141 if it was stopped because nobody reads the output any more.
    """
    run, end = store.create(config), End()
    recorder = Recorder(run, end.overrule)
    display = _JsonLines(run.id) if as_json else _Bars(config)
    with stopped_by_signals(end), closing(display):
        for event in recorder.record(training_events(recorder, display.prepare, device)):
            with stopped_when_nobody_reads(end):
                display.show(event)
    status = run.status()
    if not as_json:
        sys.stdout.write(f"Run {run.id} in {run.path}: {status.message}\n")
    return {"finished": 0, "diverged": 1}.get(status.state, end.status)


def training_events(
    recorder: Recorder, show: Callable[[float, str], None], device: str | None
) -> Iterator[events.Event]:
    """The events of training the recorder's run in this process.

    Parameters
    ----------
    show: called with a fraction and a sentence while data is fetched, before the first event.
    """

    def prepare(fraction: float, sentence: str) -> None:
        show(fraction, sentence)
        recorder.prepare(fraction, sentence)

    config = recorder.run.config
    data = load(config.dataset, progress=prepare)
    yield from train(config, data=data, request=recorder.request, device=device)


@contextmanager
def stopped_by_signals(end: End) -> Iterator[None]:
    """Stop the run in order after the first Ctrl-C or SIGTERM; the second one ends the program."""

    def stop(number: int, _frame: object) -> None:
        end.status = 128 + number
        restore()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        restore()


@contextmanager
def stopped_when_nobody_reads(end: End) -> Iterator[None]:
    """Stop the run in order if something is written within this context after the output was closed."""
    try:
        yield
    except BrokenPipeError:
        end.status = NOBODY_READS
        silence_closed_output()


class _JsonLines(JsonLines):
    """A line for each event."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id

    def show(self, event: events.Event) -> None:
        values = events.as_json(event)
        if isinstance(event, (events.Started, events.Finished)):
            values["run"] = self._run_id
        self.write(values)


class _Bars:
    """A bar for the download, if there is one, then one for the training."""

    def __init__(self, config: RunConfig) -> None:
        self._config = config
        self._bar: tqdm | None = None

    def prepare(self, fraction: float, sentence: str) -> None:
        if self._bar is None:  # `disable=None` hides the bar in files and pipes, which keep every state of it
            self._bar = tqdm(
                total=1.0, leave=False, disable=None, bar_format="{desc} |{bar}| {percentage:.0f} %"
            )
        self._bar.set_description_str(sentence)
        self._bar.update(fraction - self._bar.n)

    def show(self, event: events.Event) -> None:
        if isinstance(event, events.Started):
            self.close()
            total = event.steps_per_epoch * self._config.epochs
            self._bar = tqdm(total=total, initial=event.step, unit="step", dynamic_ncols=True)
        elif self._bar is not None:
            self._advance(self._bar, event)

    def _advance(self, bar: tqdm, event: events.Event) -> None:
        if isinstance(event, events.Step):
            bar.update(event.step - bar.n)
            kl = "" if event.kl is None else f" + kl {event.kl:z.2f}"
            bar.set_postfix_str(f"recon {event.recon:.2f}{kl} nats")
        elif isinstance(event, events.Evaluated):
            elbo = "" if event.neg_elbo is None else f", negative ELBO {event.neg_elbo:.2f}"
            bar.write(
                f"epoch {event.epoch:.4g}: test recon {event.recon:.2f}{elbo} nats, "
                f"squared error {event.mse:.4f}"
            )

    def close(self) -> None:
        """Close the bar, so that further output starts on a line of its own."""
        if self._bar is not None:
            self._bar.close()
