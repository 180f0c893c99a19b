"""A run whose model is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from vaelab.arrays import read_weights
from vaelab.config import RunConfig
from vaelab.datasets import DATASETS
from vaelab.model import Autoencoder
from vaelab.run_folder import Run, RunDamaged
from vaelab.runs import RunStore, default_root


@dataclass(frozen=True)
class TrainedRun:
    """A run with its model, on the CPU and in evaluation mode."""

    run: Run
    model: Autoencoder

    @property
    def config(self) -> RunConfig:
        """The settings that it was trained with."""
        return self.run.config


def load_run(run: Run | Path | str) -> TrainedRun:
    """Load a run by its folder or by the start of its id (in `$VAELAB_RUNS`, else `runs/`).

    Raises
    ------
    RunNotFound
        If no run, or more than one, fits.
    RunDamaged
        If its files cannot be read or do not fit its config.
    """
    if not isinstance(run, Run):
        folder = Path(run)
        run = (
            Run(folder.resolve())
            if (folder / "config.json").exists()
            else RunStore(default_root()).find(str(run))
        )
    model = Autoencoder(run.config, DATASETS[run.config.dataset].shape)
    weights = {name: torch.from_numpy(array) for name, array in read_weights(run).items()}
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise RunDamaged(f"The weights of run {run.id} do not fit its config.") from error
    return TrainedRun(run, model.eval().requires_grad_(False))
