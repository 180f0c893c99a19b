"""Runs as zip files, exported from one VAE Lab and imported into another.

    README.txt config.json model.safetensors losses.csv events.jsonl

`losses.csv` is for people and their tools; an import takes its curves from `events.jsonl`. An imported zip is
not trusted, so every part of it is checked before anything is written. Measures are left out, because they
could only be checked by computing them again; an imported run is measured like every other run.
"""

import csv
import io
import json
import zipfile
from dataclasses import asdict, replace
from typing import Any, BinaryIO

import safetensors.numpy

from vaelab import events
from vaelab.config import QUANTITIES, RunConfig
from vaelab.data import DATASETS
from vaelab.export.bundle_checks import parse_events, parse_recipe, parse_weights
from vaelab.export.unzip import MEGABYTE, ImportRefused, unpack
from vaelab.networks.sizes import facts
from vaelab.runs import History, Run, RunStore, Status, read_weights
from vaelab.words import counted

__all__ = ["LARGEST_ZIP", "ImportRefused", "bundle", "import_bundle", "losses_csv", "too_large"]

LARGEST_WEIGHTS = 64 * MEGABYTE
"""Largest size of weights in bytes: 16 million numbers. The presets have at most 4.2 MB. The largest network
that a config can describe has 3 GB, which no server should accept from a visitor."""
LARGEST_EVENTS = 32 * MEGABYTE
"""Largest size of events in bytes: 500 epochs of a VAE with 256 dimensions have 16 MB."""
LARGEST_ZIP = LARGEST_WEIGHTS + 16 * MEGABYTE
"""Largest size of a zip in bytes: the weights, which hardly shrink, and everything else, packed."""

_WANTED = {
    "config.json": 20_000,
    "model.safetensors": LARGEST_WEIGHTS + 100_000,
    "events.jsonl": LARGEST_EVENTS,
}
_IGNORED = frozenset({"README.txt", "losses.csv"})

LOSS_COLUMNS = (
    "split", "step", "epoch", "objective", "recon", "kl", "neg_elbo", "mse", "beta", "learning_rate",
    "sigma", "seconds",
)  # fmt: skip

README = """\
A run of VAE Lab.

config.json        every setting, and the version of their list
model.safetensors  the weights of encoder and decoder, float32
losses.csv         what was measured while it trained, for a spreadsheet or pandas
events.jsonl       the same as VAE Lab itself reads it, one JSON object a line

Columns of losses.csv, empty where a value is not defined (an AE has no KL and no ELBO):
split          train: means over the training images since the row before; test: all test images
step, epoch    optimizer steps, and epochs, done so far
objective      what is minimised, beta included: nats per image
recon, kl      reconstruction term and KL term: nats per image
neg_elbo       recon + kl, the negative ELBO: nats per image
mse            squared error: per pixel, for pixels from 0 to 1
beta           weight of the KL term
learning_rate  size of a step
sigma          standard deviation of the Gaussian behind mse
seconds        time spent training

To go on with it: import this zip on the page Runs of VAE Lab, or, in Python, unpack it and
    from vaelab import load_run
    model = load_run("the folder with config.json").model
"""


def too_large(run: Run) -> str | None:
    """A sentence that says why a run cannot become a zip that can be imported again; None if it can."""
    try:
        size = (run.path / "model.safetensors").stat().st_size
    except OSError:
        return "It has no weights yet."
    if size <= _WANTED["model.safetensors"]:
        return None
    return (
        f"Its weights have {size / MEGABYTE:,.0f} MB, and a zip may have {LARGEST_WEIGHTS / MEGABYTE:g} MB. "
        f"Where VAE Lab runs, python -m vaelab export copies weights of any size."
    )


def bundle(run: Run) -> bytes:
    """A run as a zip; the same run always gives the same bytes.

    Raises
    ------
    RunDamaged
        If the run's files cannot be read.
    ValueError
        If the run is too large: see `too_large`.
    """
    if reason := too_large(run):
        raise ValueError(reason)
    history = History(run)
    contents = {
        "README.txt": README.encode(),
        "config.json": json.dumps(run.config.model_dump(), indent=1).encode(),
        "model.safetensors": safetensors.numpy.save(read_weights(run)),
        "losses.csv": losses_csv(history).encode(),
        "events.jsonl": _json_lines(_events(history)),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in contents.items():
            # Packing weights takes long and hardly shrinks them.
            method = zipfile.ZIP_STORED if name.endswith(".safetensors") else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return packed.getvalue()


def losses_csv(history: History) -> str:
    """Training steps and test evaluations in one table, by step; `README` explains the columns."""
    total = QUANTITIES["neg_elbo"]
    rows = [{"split": "train", **row, total.name: total.of(row)} for row in history.steps.rows()]
    rows += [{"split": "test", **row} for row in history.evaluated.rows()]
    table = io.StringIO()
    writer = csv.DictWriter(table, LOSS_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: row["step"]))
    return table.getvalue()


def _events(history: History) -> list[dict[str, Any]]:
    """The complete events of a history, without lines that a power cut may have torn."""
    measured = [{"event": "step", **row} for row in history.steps.rows()]
    measured += [{"event": "evaluated", **row} for row in history.evaluated.rows()]
    measured += [{"event": "changed", **row} for row in history.changed.rows()]
    started = [{"event": "started", **history.started}] if history.started else []
    finished = [{"event": "finished", **history.finished}] if history.finished else []
    return [*started, *sorted(measured, key=lambda event: event["step"]), *finished]


def _json_lines(values: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(value, allow_nan=False).encode() + b"\n" for value in values)


def import_bundle(file: BinaryIO, store: RunStore, owner: str = "") -> Run:
    """Create a finished run in a store from a zip that `bundle` has made, open for reading.

    The zip must have `config.json` and `model.safetensors`, and may have `events.jsonl`, without which the
    run has no curves. The run's files are written from the checked values, not copied from the zip.

    Raises
    ------
    ImportRefused
        If the file is anything else; the text says what is allowed. The store is left unchanged.
    OSError
        If the run cannot be written. The store is left unchanged.
    """
    size = file.seek(0, io.SEEK_END)
    if size > LARGEST_ZIP:
        raise ImportRefused(
            f"The zip has {size / MEGABYTE:,.0f} MB; allowed are {LARGEST_ZIP / MEGABYTE:g} MB."
        )
    parts = unpack(file, _WANTED, _IGNORED)
    for name in ("config.json", "model.safetensors"):
        if name not in parts:
            raise ImportRefused(f"The zip lacks {name}; it must have config.json and model.safetensors.")
    config = parse_recipe(parts["config.json"])
    # A part is let go once it is read: together with what was read from them, large ones take much memory.
    weights = parse_weights(parts.pop("model.safetensors"), config)
    parsed = parse_events(parts.pop("events.jsonl", b""), config)
    status = _status(parsed, config)
    lines = [
        events.as_json(
            replace(event, message=status.message) if isinstance(event, events.Finished) else event
        )
        for event in parsed
    ]
    files = {
        "model.safetensors": safetensors.numpy.save(weights),
        "events.jsonl": _json_lines(lines),
        "status.json": json.dumps(asdict(status), indent=1).encode(),
    }
    return store.create(config, owner=owner, files=files)


def _status(parsed: list[events.Event], config: RunConfig) -> Status:
    """The status of an imported run, from its events."""
    steps_per_epoch = facts(config, DATASETS[config.dataset]).steps_per_epoch
    status = Status(
        state="finished",
        changes=sum(isinstance(event, events.Changed) for event in parsed),
        step=steps_per_epoch * config.epochs,
        epoch=config.epochs,
        steps_per_epoch=steps_per_epoch,
        message="Imported. It came without its losses.",
    )
    for event in parsed:
        if isinstance(event, events.Started):
            status = replace(
                status,
                threads=event.threads,
                precision=event.precision,
                device=event.device,
                steps_per_epoch=event.steps_per_epoch,
            )
        elif isinstance(event, (events.Evaluated, events.Finished)):
            status = replace(status, seconds=event.seconds)
    measured = [event for event in parsed if not isinstance(event, events.Started)]
    if not measured:
        return status
    last = max(measured, key=lambda event: event.step)
    message = f"Imported. It was trained for {round(last.epoch, 1):g} of {counted(config.epochs, 'epoch')}."
    return replace(status, step=last.step, epoch=last.epoch, message=message)
