"""Train the shipped runs anew: `make examples`. They are recorded as every run is.

Only snapshots and the state of the optimizer are left out, which are many times as large as the model:
nothing trains on from a shipped run.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from vaelab.presets import PRESETS
from vaelab.recording import Recorder
from vaelab.runs import RunStore
from vaelab.training import train

HERE = Path(__file__).resolve().parent

EXAMPLES = {name: preset.config for name, preset in PRESETS.items()} | {
    "vae-2d-fashion": PRESETS["vae-2d"].config.variant(dataset="fashion-mnist"),
}

KEPT = ("config.json", "meta.json", "status.json", "events.jsonl", "preview.npz", "model.safetensors")


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
            target = HERE / name
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir()
            for file in KEPT:
                shutil.copyfile(run.path / file, target / file)


if __name__ == "__main__":
    main()
