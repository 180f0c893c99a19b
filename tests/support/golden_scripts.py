"""What the exported scripts print when they are run as a stranger runs them, on few images."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from vaelab.config import PRESETS, RunConfig
from vaelab.data import load
from vaelab.export.script import script

TRAIN_IMAGES, TEST_IMAGES = 1_000, 500

_END = "the end of a script"
_RUN_ALL = f"""
import runpy, sys
for program in sys.argv[1:]:
    runpy.run_path(program, run_name="__main__")
    print({_END!r})
"""


def golden_scripts(names: Iterable[str] = PRESETS) -> dict[str, list[list[float]]]:
    """What the scripts of presets print, each for two epochs."""
    # Small batches, so that there are steps enough for a learning rate that rises and falls.
    short = {"train_size": TRAIN_IMAGES, "epochs": 2, "batch_size": 50, "seed": 0, "precision": "fp32"}
    return printed_losses({name: PRESETS[name].config.variant(**short) for name in names})


def printed_losses(
    configs: Mapping[str, RunConfig], images: Path | None = None
) -> dict[str, list[list[float]]]:
    """The losses that each recipe's script prints: recon, and kl where there is one, a list an epoch.

    One process runs them all, on one thread of the processor, with nothing of ours but the texts.

    Parameters
    ----------
    images: the file of images; by default one with the first `TRAIN_IMAGES` and `TEST_IMAGES` of MNIST.
    """
    with tempfile.TemporaryDirectory() as folder:
        programs = [Path(folder) / f"{number}.py" for number in range(len(configs))]
        for program, config in zip(programs, configs.values(), strict=True):
            program.write_text(script(config), encoding="utf-8")
        output = _output(programs, images or few_images(Path(folder)))
    *parts, rest = output.split(f"{_END}\n")
    if rest:
        raise ValueError(f"A script printed more than its losses: {rest}")
    return {name: _losses(part) for name, part in zip(configs, parts, strict=True)}


def few_images(folder: Path, train: int = TRAIN_IMAGES, test: int = TEST_IMAGES) -> Path:
    """Write the first images of MNIST into a file as the scripts read it."""
    mnist, file = load("mnist"), folder / "few.npz"
    np.savez(file, x_train=mnist.x_train[:train, 0], x_test=mnist.x_test[:test, 0])
    return file


def _output(programs: list[Path], images: Path) -> str:
    environment = os.environ | {
        "DATA": str(images), "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": "",
    }  # fmt: skip
    command = [sys.executable, "-c", _RUN_ALL, *map(str, programs)]
    done = subprocess.run(command, cwd=programs[0].parent, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"A script failed: {done.stderr}")
    return done.stdout


def _losses(text: str) -> list[list[float]]:
    rows = [re.findall(r"(?:recon|kl) (-?[\d.]+)", line) for line in text.splitlines()]
    return [[float(number) for number in row] for row in rows if row]
