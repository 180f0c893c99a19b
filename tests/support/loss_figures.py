"""The chart of the losses of a run that falls as runs do."""

from __future__ import annotations

from typing import Any

import numpy as np
from plotly.graph_objects import Figure

from vaelab.config import RunConfig
from vaelab.events import Columns
from vaelab.figures.losses import losses

STARTED = {"mean_image_loss": 205.8, "floor_loss": 45.5}
VAE, AE = RunConfig(), RunConfig(model="ae")

Lists = dict[str, list[Any]]


def run(points: int, *, vae: bool = True) -> tuple[Lists, Lists]:
    """Step and Evaluated columns of a run of 10 epochs that falls from 206 towards 100 nats."""
    epoch = (np.linspace(0, 10, points + 1)[1:]).tolist()
    recon = [100 + 106 / (1 + 3 * time) for time in epoch]
    kl = [3 + 0.1 * time if vae else None for time in epoch]
    objective = [one + (other or 0) for one, other in zip(recon, kl, strict=True)]
    steps = {"epoch": epoch, "recon": recon, "kl": kl, "objective": objective}
    every = slice(points // 10 - 1, None, max(1, points // 10)) if points >= 10 else slice(0, 0)
    evaluated = {name: steps[name][every] for name in ("epoch", "recon", "kl")}
    return steps, evaluated


def loss_figure(points: int = 200, *, config: RunConfig = VAE, **kwargs: Any) -> Figure:
    steps, evaluated = run(points, vae=config.model == "vae")
    return losses(Columns(steps), Columns(evaluated), config=config, **{"started": STARTED, **kwargs})
