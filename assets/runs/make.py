"""Train the shipped runs and the shipped sweep anew: `make examples`. Runs are recorded as every run is.

The state of the optimizer is left out, which is twice as large as the model: nothing trains on from a
shipped run. Of the snapshots a few are kept, so that Rewind works on them. Of the sweep only its numbers
are kept.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
import tempfile
from pathlib import Path

from vaelab.analysis.measure import measure_run
from vaelab.config import PRESETS
from vaelab.events import Evaluated
from vaelab.runs import Recorder, Run, RunStore
from vaelab.runs.arrays import evenly
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

EARLY_SNAPSHOTS, EPOCHS = (1, 64), 3
"""Which snapshots of the first epoch are kept, and at most how many epochs: together some 70 MB."""


def main() -> None:
    """Train the examples named on the command line, else all, each into its folder."""
    for name in sys.argv[1:] or [*EXAMPLES, SWEEP.stem]:
        if name == SWEEP.stem:
            make_sweep()
            continue
        config = EXAMPLES[name]
        with tempfile.TemporaryDirectory() as folder:
            run = RunStore(Path(folder)).create(config)
            for event in Recorder(run).record(train(config)):
                if type(event).__name__ == "Evaluated":
                    losses = f"recon {event.recon:.2f}, kl {event.kl}, mse {event.mse:.4f}"
                    sys.stdout.write(f"{name} epoch {event.epoch:g}: {losses}\n")
            write_measures(run, measure_run(run, run.status().step))
            ship(run, HERE / name)


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
    steps, per_epoch = run.snapshot_steps(), run.status().steps_per_epoch
    early = [step for step in steps if step in EARLY_SNAPSHOTS and step < per_epoch]
    for step in early + evenly([step for step in steps if step >= per_epoch], EPOCHS):
        shutil.copy(run.snapshot_file(step), target / "snapshots")


if __name__ == "__main__":
    main()
