"""`train` takes a config and yields events. It uses no files, no screen and no global random numbers.

for event in train(RunConfig(epochs=3)):
print(event)
"""

import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

import torch

from vaelab import events
from vaelab.config import RunConfig
from vaelab.data import Dataset, load
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.hardware import cpu_settings, settle_device
from vaelab.training.session import EARLY_SNAPSHOTS, Session
from vaelab.words import counted

PAUSE_POLL = 0.02
"""Seconds between two polls of the request while training is paused."""


def train(
    config: RunConfig,
    *,
    data: Dataset | None = None,
    resume: events.Checkpoint | None = None,
    changes: Sequence[events.Changed] = (),
    request: Callable[[], events.Request] = events.Request,
    device: str | None = None,
    threads: int | None = None,
    early_snapshots: Collection[int] = EARLY_SNAPSHOTS,
) -> Iterator[events.Event]:
    """Train a model and yield its events.

    The order is `Started`, a `Checkpoint` at step 0, then for every epoch `Step`s, `Evaluated`,
    `Snapshot` and `Checkpoint`, at last `Finished`. The same config, with the same number of
    threads on the same machine, yields the same events, but for `seconds` and `Preview`.

    Parameters
    ----------
    config: what to train.
    data: the data set; loaded by the config's name if left out.
    resume: a checkpoint of the same config (`epochs` may be larger) from which training goes on exactly.
    changes: all `Changed` events of the training that is resumed; those after the checkpoint are made again.
    request: polled at least every 0.1 s of work; see `Request`.
    device: "auto", "cpu", "cuda" or "mps"; left out, `$VAELAB_DEVICE`, else "auto".
    threads: for PyTorch; left out, the checkpoint's number, else the number that PyTorch has now.
    early_snapshots: steps of the first epoch that get a snapshot; how many they are changes no other event.

    Raises
    ------
    DatasetUnavailable
        If the data set cannot be loaded.
    ValueError
        If this machine does not have the device, or the checkpoint belongs to another model.
    """
    # Another number of threads than the checkpoint's would round differently, and so give another run.
    checkpoint_threads = int(resume.resume["threads"]) if resume else None
    processor = partial(cpu_settings, threads or checkpoint_threads or torch.get_num_threads())
    with closing(_training(config, data, resume, changes, request, device, early_snapshots)) as training:
        while True:
            # The yield stays outside, because the caller may do other work, or other training, in between.
            with processor(), torch.enable_grad():
                event = next(training, None)
            if event is None:
                return
            yield event


def _training(
    config: RunConfig,
    data: Dataset | None,
    resume: events.Checkpoint | None,
    changes: Sequence[events.Changed],
    request: Callable[[], events.Request],
    device: str | None,
    early_snapshots: Collection[int],
) -> Generator[events.Event, None, None]:
    data = data or load(config.dataset)
    session = Session(config, data, settle_device(device), resume, changes, early_snapshots)
    yield _started(session)
    if resume is None:
        yield session.checkpoint()
    yield from _run(session, request)


def _run(session: Session, request: Callable[[], events.Request]) -> Iterator[events.Event]:
    """Train in short pieces, and obey the caller's request between two of them."""
    for event in session.work():
        if event is not None:
            yield event
            continue
        current = request()
        session.steering.hear(current)
        pause = _wants_pause(session, current)
        if (pause or current.action == "release") and not _has_finite_weights(session):
            continue  # such weights are worth no checkpoint, and the step under way ends the training
        if pause:
            current = yield from _pause(session, request)
        if current.action == "stop":
            yield from _stop(session)
            return
        if current.action == "release":
            yield session.checkpoint()
            yield _finished(session, "released", "Waiting to be resumed.")
            return
    yield from _end(session)


def _has_finite_weights(session: Session) -> bool:
    """Whether no weight is infinite or NaN: a finite loss may have had a gradient that was not finite."""
    return all(bool(weight.isfinite().all()) for weight in session.model.parameters())


def _pause(
    session: Session, request: Callable[[], events.Request]
) -> Generator[events.Event, None, events.Request]:
    """Wait until the caller requests something else than a pause, and return that request."""
    session.progress.clock.stop()
    yield session.checkpoint()
    yield events.Paused(step=session.progress.step, epoch=session.epochs_done())
    yield session.preview()  # so that a visitor looks at the paused model, not at an earlier one
    while _wants_pause(session, current := request()):
        time.sleep(PAUSE_POLL)
    session.progress.clock.go()
    session.steering.hear(current)
    if current.action == "run":
        yield events.Continued(step=session.progress.step, epoch=session.epochs_done())
    return current


def _wants_pause(session: Session, current: events.Request) -> bool:
    reached = current.until_epoch is not None and session.progress.epoch >= current.until_epoch
    return current.action == "pause" or (current.action == "run" and reached)


def _stop(session: Session) -> Iterator[events.Event]:
    """Evaluate the model a last time, unless it was evaluated at this very step, and finish."""
    if session.progress.evaluated_step != session.progress.step:
        yield from (event for event in session.evaluate() if event is not None)
    if session.finite:
        yield session.preview()
        yield _finished(
            session, "stopped", f"Stopped after {counted(round(session.epochs_done(), 1), 'epoch')}."
        )
    else:
        yield _diverged(session)


def _end(session: Session) -> Iterator[events.Event]:
    if not session.finite:
        yield _diverged(session)
        return
    yield session.preview()
    if session.reached_stop_loss():
        message = (
            f"Stopped after epoch {session.progress.epoch}: the training objective of "
            f"{session.progress.train_objective:.2f} nats reached {session.config.stop_loss:g}."
        )
        yield _finished(session, "stop_loss", message)
    else:
        done = "The epoch is" if session.progress.epoch == 1 else f"All {session.progress.epoch} epochs are"
        yield _finished(session, "epochs", f"{done} done.")


def _diverged(session: Session) -> events.Finished:
    return _finished(
        session,
        "diverged",
        f"The loss stopped being a finite number after step {session.progress.step}. A smaller learning rate "
        f"(now {session.config.learning_rate:g}) or Adam usually helps; the last good weights are kept.",
    )


def _started(session: Session) -> events.Started:
    return events.Started(
        train_images=len(session.subset),
        test_images=len(session.data.x_test),
        steps_per_epoch=session.steps_per_epoch,
        parameters=sum(weight.numel() for weight in session.model.parameters()),
        threads=torch.get_num_threads(),
        precision="bf16" if session.progress.bf16 else "fp32",
        device=str(session.device),
        step=session.progress.step,
        mean_image_loss=session.baselines.mean_image,
        floor_loss=session.baselines.floor,
    )


def _finished(session: Session, reason: events.Reason, message: str) -> events.Finished:
    return events.Finished(
        step=session.progress.step,
        epoch=session.epochs_done(),
        reason=reason,
        message=message,
        seconds=session.progress.clock.seconds(),
    )


@dataclass(frozen=True)
class Fit:
    """What `fit` returns: the trained model and the events of its training."""

    model: Autoencoder
    history: list[events.Event]
    """All events but `Checkpoint`, `Snapshot` and `Preview`."""


def fit(config: RunConfig, *, data: Dataset | None = None, device: str | None = None) -> Fit:
    """Train to the end and return the model, on the CPU; raises as `train` does."""
    history: list[events.Event] = []
    data = data or load(config.dataset)
    model = Autoencoder(config, data.spec.shape)
    for event in train(config, data=data, device=device):
        if isinstance(event, events.Checkpoint):
            model.load_state_dict({name: torch.tensor(array) for name, array in event.model.items()})
        elif not isinstance(event, (events.Snapshot, events.Preview)):
            history.append(event)
    return Fit(model, history)
