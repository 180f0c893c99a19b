"""How weights follow the gradient: the optimizers by name."""

from __future__ import annotations

from collections.abc import Callable

import torch

from vaelab.config.run_config import RunConfig
from vaelab.models.autoencoder import Autoencoder

Optimizer = torch.optim.Optimizer
OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "gd": torch.optim.SGD,
    "sgd": torch.optim.SGD,
    "momentum": lambda parameters, **kw: torch.optim.SGD(parameters, momentum=0.9, **kw),
    "rmsprop": torch.optim.RMSprop,
    "adam": lambda parameters, **kw: torch.optim.Adam(parameters, fused=True, **kw),
    "adamw": lambda parameters, **kw: torch.optim.AdamW(parameters, fused=True, **kw),
}


def make_optimizer(config: RunConfig, model: Autoencoder) -> Optimizer:
    """The config's optimizer over the model's weights.

    Under one-cycle, Adam averages squared gradients over about 20 steps instead of 1,000: a
    schedule of a few hundred steps is over before the long average has settled.
    """
    settings = {"lr": config.learning_rate}
    if config.optimizer in ("adam", "adamw") and config.lr_schedule == "one-cycle":
        return OPTIMIZERS[config.optimizer](model.parameters(), betas=(0.9, 0.95), **settings)
    return OPTIMIZERS[config.optimizer](model.parameters(), **settings)
