"""Loading of the models of runs: with their latest weights, or as they were at a step."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from vaelab.config import RunConfig
from vaelab.data import DATASETS
from vaelab.events import Snapshot
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.codes import Codes
from vaelab.runs import Run, RunDamaged, RunStore, default_root, read_weights
from vaelab.runs.arrays import read_snapshot


@dataclass(frozen=True)
class TrainedRun:
    """A run with its model, on the CPU and in evaluation mode."""

    run: Run
    model: Autoencoder

    @property
    def config(self) -> RunConfig:
        """The config that the run was trained with."""
        return self.run.config


def load_run(run: Run | Path | str) -> TrainedRun:
    """Load a run by its folder or by the start of its id (in `$VAELAB_RUNS`, else `runs/`).

    Raises
    ------
    RunNotFound
        If no run, or more than one, has such an id.
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
    arrays = read_weights(run)
    try:
        model.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    except (RuntimeError, TypeError) as error:  # other names, shapes or types of numbers
        raise RunDamaged(f"The weights of run {run.id} do not fit its config.") from error
    return TrainedRun(run, model.eval().requires_grad_(False))


@dataclass(frozen=True)
class PastModel:
    """A run's model as it was at the step of a snapshot."""

    step: int
    model: Autoencoder
    """A model that can only decode: it has no `encoder`, because snapshots keep none."""
    codes: Codes
    """Codes of as many of the first test images as the snapshot has."""
    reconstructions: np.ndarray
    """(64, ...), reconstructions of the first 64 test examples."""


def load_snapshot(run: Run, step: int) -> PastModel:
    """Load a run's model as it was at a step.

    Raises
    ------
    RunDamaged
        If there is no such snapshot, or if it cannot be read or does not fit the run's config.
    """
    snapshot = read_snapshot(run, step)
    model = Autoencoder(run.config, DATASETS[run.config.dataset].shape)
    del model.encoder  # its weights do not belong to the decoder of this step
    try:
        weights = {name: torch.from_numpy(array).float() for name, array in snapshot.decoder.items()}
        missing, _ = model.load_state_dict(weights, strict=False)
        if set(missing) - {"sigma"} or not _fits(snapshot, run.config):
            raise TypeError("tensors are missing, or codes and reconstructions have other shapes")
    except (RuntimeError, TypeError) as error:
        raise RunDamaged(f"The snapshot of step {step} does not fit the config of run {run.id}.") from error
    logvar = None if snapshot.logvar is None else snapshot.logvar.astype(np.float32)
    codes = Codes(snapshot.mean.astype(np.float32), logvar)
    return PastModel(step, model.eval().requires_grad_(False), codes, snapshot.reconstructions)


def _fits(snapshot: Snapshot, config: RunConfig) -> bool:
    spec, mean, logvar = DATASETS[config.dataset], snapshot.mean, snapshot.logvar
    count = len(mean) if mean.ndim == 2 else 0
    return (
        mean.shape[1:] == (config.latent_dim,)
        and 0 < count <= spec.test_images
        and (logvar is not None) == config.traits.is_stochastic
        and (logvar is None or logvar.shape == mean.shape)
        and snapshot.reconstructions.shape[1:] == spec.shape
        and snapshot.reconstructions.dtype == spec.kind.dtype
    )
