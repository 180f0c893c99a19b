"""Train the shipped runs anew: `make examples`. They are recorded as every run is.

The state of the optimizer is left out, which is twice as large as the model: nothing trains on from a
shipped run. Of the snapshots a few are kept, so that Rewind works on them.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from vaelab.presets import PRESETS
from vaelab.recording import Recorder
from vaelab.runs import Run, RunStore
from vaelab.thinning import evenly
from vaelab.training import train

HERE = Path(__file__).resolve().parent

EXAMPLES = {name: preset.config for name, preset in PRESETS.items()} | {
    "vae-2d-fashion": PRESETS["vae-2d"].config.variant(dataset="fashion-mnist"),
}

KEPT = ("config.json", "meta.json", "status.json", "events.jsonl", "preview.npz", "model.safetensors")

EARLY_SNAPSHOTS, EPOCHS = (1, 64), 3
"""Which snapshots of the first epoch are kept, and at most how many epochs: together some 70 MB."""


def main() -> None:
    """Train the examples named on the command line, else all, each into its folder."""
    for name in sys.argv[1:] or EXAMPLES:
        config = EXAMPLES[name]
        with tempfile.TemporaryDirectory() as folder:
            run = RunStore(Path(folder)).create(config)
            for event in Recorder(run).record(train(config)):
                if type(event).__name__ == "Evaluated":
                    losses = f"recon {event.recon:.2f}, kl {event.kl}, mse {event.mse:.4f}"
                    sys.stdout.write(f"{name} epoch {event.epoch:g}: {losses}\n")
            ship(run, HERE / name)


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
