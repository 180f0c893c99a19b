"""Train the shipped runs and the shipped sweep anew: `make examples`. Runs are recorded as every run is.

The state of the optimizer is left out, which is twice as large as the model: nothing trains on from a
shipped run. Of the snapshots some are kept, packed, so that Rewind works on them. Of the sweep only its
numbers are kept.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
import tempfile
from itertools import pairwise
from math import sqrt
from pathlib import Path

import numpy as np

from vaelab.analysis.load import load_snapshot
from vaelab.analysis.measure import measure_run
from vaelab.config import PRESETS, RunConfig
from vaelab.data import DATASETS
from vaelab.events import Evaluated, Snapshot
from vaelab.models.codes import decode
from vaelab.networks.sizes import facts
from vaelab.runs import Recorder, Run, RunStore
from vaelab.runs.arrays import read_snapshot, snapshot_arrays
from vaelab.runs.eight_bits import LARGEST
from vaelab.runs.measures import FILE as MEASURES_FILE
from vaelab.runs.measures import write_measures
from vaelab.sweeps.plan import HELD_OUT, plan, read_values, suggested_values
from vaelab.sweeps.results import result, row
from vaelab.training import train

HERE = Path(__file__).resolve().parent

EXAMPLES = {name: preset.config for name, preset in PRESETS.items()} | {
    "vae-2d-fashion": PRESETS["vae-2d"].config.variant(dataset="fashion-mnist"),
}

SWEEP = HERE.parent / "sweeps" / "vae-2d-beta.json"
"""What the page Sweep shows before its first sweep: what it is set to at first."""

KEPT = (
    "config.json", "meta.json", "status.json", "events.jsonl", "preview.npz", "model.safetensors",
    MEASURES_FILE,
)  # fmt: skip

MOMENTS = 12
"""Smallest number of snapshots of an example."""

CODES = 400_000
"""Largest count of numbers in the codes that are kept of a snapshot, means and log-variances together."""

COARSE_TO_FINE = (7, 15, 31, 63, LARGEST)
"""Largest whole numbers of a decoder's weights, of which a snapshot gets the first that is fine enough."""

MOST_OFF = 0.25
"""What is fine enough: how far images may be off, in levels of grey of 255, averaged over pixels."""


def main() -> None:
    """Train the examples named on the command line, else all, each into its folder."""
    for name in sys.argv[1:] or [*EXAMPLES, SWEEP.stem]:
        if name == SWEEP.stem:
            make_sweep()
            continue
        config = EXAMPLES[name]
        with tempfile.TemporaryDirectory() as folder:
            run = RunStore(Path(folder)).create(config)
            for event in Recorder(run).record(train(config, early_snapshots=moments(config))):
                if type(event).__name__ == "Evaluated":
                    losses = f"recon {event.recon:.2f}, kl {event.kl}, mse {event.mse:.4f}"
                    sys.stdout.write(f"{name} epoch {event.epoch:g}: {losses}\n")
            write_measures(run, measure_run(run, run.status().step))
            ship(run, HERE / name)


def moments(config: RunConfig) -> list[int]:
    """Steps of the snapshots that are kept of an example.

    Each is about twice as late as the one before: in steps up to the end of the first epoch, then in epochs.
    Where these are too few, others halve the widest gaps of the first epoch.
    """
    per_epoch = facts(config, DATASETS[config.dataset]).steps_per_epoch
    early = [2**n for n in range(per_epoch.bit_length()) if 2**n < per_epoch]
    late = [per_epoch * 2**n for n in range(config.epochs.bit_length()) if 2**n <= config.epochs / 1.5]
    late.append(per_epoch * config.epochs)
    while len(early) + len(late) < MOMENTS:
        before, after = max(pairwise(early), key=lambda gap: (gap[1] / gap[0], gap[1]))
        early.insert(early.index(after), round(sqrt(before * after)))
    return early + late


def make_sweep() -> None:
    """Train the sweep of beta, and write its numbers."""
    base = PRESETS["vae-2d"].config.variant(epochs=3)
    sweep = plan(base, [("beta", read_values(suggested_values(base, "beta")))])
    axes = [axis.name for axis in sweep.axes]
    rows = []
    for config in sweep.configs:
        *_, last = (event for event in train(config, threads=1) if isinstance(event, Evaluated))
        said = dataclasses.asdict(last) | {"seconds": 0.0}  # those of this machine are of no use elsewhere
        rows.append(row(axes, result("", config, axes, "finished", said)))
        sys.stdout.write(f"{SWEEP.stem} {rows[-1]}\n")
    SWEEP.parent.mkdir(exist_ok=True)
    sheet = {"config": base.variant(held_out=HELD_OUT).model_dump(), "axes": axes, "rows": rows}
    SWEEP.write_text(json.dumps(sheet, indent=1) + "\n", encoding="utf-8")


def ship(run: Run, target: Path) -> None:
    """Copy what is shipped of a run into the place of what was shipped before."""
    shutil.rmtree(target, ignore_errors=True)
    (target / "snapshots").mkdir(parents=True)
    for file in KEPT:
        shutil.copyfile(run.path / file, target / file)
    for step in moments(run.config):
        pack(read_snapshot(run, step), Run(target))


def pack(snapshot: Snapshot, target: Run) -> None:
    """Write a snapshot compressed, with a decoder as coarse as its images allow and codes as `CODES` does."""
    mean, logvar = snapshot.mean, snapshot.logvar
    kept = CODES // (mean.shape[1] * (1 if logvar is None else 2))
    fewer = dataclasses.replace(snapshot, mean=mean[:kept], logvar=None if logvar is None else logvar[:kept])
    for largest in COARSE_TO_FINE:
        np.savez_compressed(target.snapshot_file(snapshot.step), **snapshot_arrays(fewer, largest))
        past = load_snapshot(target, snapshot.step)
        images = decode(past.model, past.codes.mean[: len(past.reconstructions)])
        if np.abs(images.astype(int) - past.reconstructions).mean() <= MOST_OFF:
            break


if __name__ == "__main__":
    main()
