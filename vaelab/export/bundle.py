"""Runs as zip files: taken from one VAE Lab, imported into another.

    README.txt config.json model.safetensors losses.csv events.jsonl

`losses.csv` is for people and their tools; an import draws its curves from `events.jsonl`. A zip
comes from a stranger, so every part of it is checked before anything is written. Measures are left out:
nobody could check them but by taking them anew, which an imported run has done as every run has.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import asdict, replace
from typing import Any

import safetensors.numpy

from vaelab import events
from vaelab.config.quantities import QUANTITIES
from vaelab.config.run_config import RunConfig
from vaelab.data.catalogue import DATASETS
from vaelab.export.bundle_checks import parse_events, parse_recipe, parse_weights
from vaelab.export.unzip import MEGABYTE, ImportRefused, unpack
from vaelab.networks.sizes import facts
from vaelab.runs.arrays import read_weights
from vaelab.runs.history import History
from vaelab.runs.run import Run
from vaelab.runs.status import Status
from vaelab.runs.store import RunStore

__all__ = ["LARGEST_ZIP", "ImportRefused", "bundle", "import_bundle", "losses_csv", "too_large"]

LARGEST_WEIGHTS = 64 * MEGABYTE
"""Bytes of weights: 16 million numbers. The presets have at most 4.2 MB; the largest network that a
config can describe has 3 GB, which no server should take from a visitor."""
LARGEST_EVENTS = 32 * MEGABYTE
"""Bytes of events: 500 epochs of a VAE with 256 dimensions have 16 MB."""
LARGEST_ZIP = LARGEST_WEIGHTS + 16 * MEGABYTE
"""Bytes of a zip: the weights, which do not pack well, and everything else, which does."""

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
    """Why a run cannot be taken along as a zip that can be imported again, None if it can."""
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
        If its files cannot be read.
    ValueError
        If it is too large: see `too_large`.
    """
    reason = too_large(run)
    if reason:
        raise ValueError(reason)
    said = History(run)
    contents = {
        "README.txt": README.encode(),
        "config.json": json.dumps(run.config.model_dump(), indent=1).encode(),
        "model.safetensors": safetensors.numpy.save(read_weights(run)),
        "losses.csv": losses_csv(said).encode(),
        "events.jsonl": _lines(_said_again(said)),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in contents.items():
            # Weights hardly shrink, and would take long.
            method = zipfile.ZIP_STORED if name.endswith(".safetensors") else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return packed.getvalue()


def losses_csv(said: History) -> str:
    """Training steps and test epochs in one table, by step; `README` says what the columns are."""
    total = QUANTITIES["neg_elbo"]
    rows = [{"split": "train", **row, total.name: total.of(row)} for row in said.steps.rows()]
    rows += [{"split": "test", **row} for row in said.evaluated.rows()]
    table = io.StringIO()
    writer = csv.DictWriter(table, LOSS_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: row["step"]))
    return table.getvalue()


def _said_again(said: History) -> list[dict[str, Any]]:
    """The events of a history, without what a power cut may have torn."""
    placed = [{"event": "step", **row} for row in said.steps.rows()]
    placed += [{"event": "evaluated", **row} for row in said.evaluated.rows()]
    started = [{"event": "started", **said.started}] if said.started else []
    finished = [{"event": "finished", **said.finished}] if said.finished else []
    return [*started, *sorted(placed, key=lambda event: event["step"]), *finished]


def _lines(values: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(value, allow_nan=False).encode() + b"\n" for value in values)


def import_bundle(content: bytes, store: RunStore, owner: str = "") -> Run:
    """A finished run of a store, made of a zip as `bundle` makes them.

    `config.json` and `model.safetensors` must be there, `events.jsonl` may be: without it the run
    has no curves. What is stored is written anew from what was read.

    Raises
    ------
    ImportRefused
        If it is anything else; the text says what is allowed. Nothing is left behind.
    OSError
        If the run cannot be written; nothing is left behind.
    """
    if len(content) > LARGEST_ZIP:
        raise ImportRefused(
            f"The zip has {len(content) / MEGABYTE:,.0f} MB; allowed are {LARGEST_ZIP / MEGABYTE:g} MB."
        )
    parts = unpack(content, _WANTED, _IGNORED)
    for name in ("config.json", "model.safetensors"):
        if name not in parts:
            raise ImportRefused(f"The zip lacks {name}; it must have config.json and model.safetensors.")
    config = parse_recipe(parts["config.json"])
    weights = parse_weights(parts["model.safetensors"], config)
    said = parse_events(parts.get("events.jsonl", b""), config)
    status = _status(said, config)
    kept = [replace(event, message=status.message) if isinstance(event, events.Finished) else event
            for event in said]  # fmt: skip
    files = {
        "model.safetensors": safetensors.numpy.save(weights),
        "events.jsonl": _lines([events.as_json(event) for event in kept]),
        "status.json": json.dumps(asdict(status), indent=1).encode(),
    }
    return store.create(config, owner=owner, files=files)


def _status(said: list[events.Event], config: RunConfig) -> Status:
    steps_per_epoch = facts(config, DATASETS[config.dataset]).steps_per_epoch
    status = Status(
        state="finished",
        step=steps_per_epoch * config.epochs,
        epoch=config.epochs,
        steps_per_epoch=steps_per_epoch,
        message="Imported. It came without its losses.",
    )
    for event in said:
        if isinstance(event, events.Started):
            status = replace(
                status, threads=event.threads, precision=event.precision, device=event.device,
                steps_per_epoch=event.steps_per_epoch,
            )  # fmt: skip
        elif isinstance(event, (events.Evaluated, events.Finished)):
            status = replace(status, seconds=event.seconds)
    placed = [event for event in said if not isinstance(event, events.Started)]
    if not placed:
        return status
    last = max(placed, key=lambda event: event.step)
    message = f"Imported. It was trained elsewhere, for {last.epoch:.4g} of {config.epochs} epochs."
    return replace(status, step=last.step, epoch=last.epoch, message=message)
