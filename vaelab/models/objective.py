"""The KL term, its weight, the learning rate, and the corruption of inputs: all pure functions."""

from collections.abc import Callable

import torch
from torch import Tensor

from vaelab.config import RunConfig


def kl_to_unit_normal(mean: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mean, exp(logvar)) || N(0, 1)) of each dimension, in nats; shape as the arguments.

    Kingma and Welling 2014, appendix B: (mean^2 + variance - 1 - log variance) / 2.
    """
    return 0.5 * (mean.square() + logvar.exp() - 1.0 - logvar)


def beta_at(config: RunConfig, step: int, steps_per_epoch: int) -> float:
    """Weight of the KL term at a step, counted from 0: it rises linearly from 0 over the warm-up."""
    warmup = config.beta_warmup * steps_per_epoch
    return config.beta if step >= warmup else config.beta * step / warmup


def learning_rate_at(config: RunConfig, step: int, steps_per_epoch: int) -> float:
    """Learning rate at a step, counted from 0.

    One-cycle rises linearly over the first tenth of all steps, then falls linearly to 0 at the end.
    """
    if config.lr_schedule == "constant":
        return config.learning_rate
    total_steps = config.epochs * steps_per_epoch
    warmup = max(1, total_steps // 10)
    rising = (step + 1) / warmup
    falling = (total_steps - step) / max(1, total_steps - warmup)
    return config.learning_rate * min(rising, falling, 1.0)


def _gaussian_noise(x: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    noise = torch.randn(x.shape, generator=generator).to(x)
    return (x + strength * noise).clamp(0, 1)


def _mask(x: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    kept = (torch.rand(x.shape, generator=generator) >= strength).to(x)
    # Division, as in dropout, keeps the mean brightness that the network was trained on.
    return x * kept / max(1 - strength, 1e-6)


CORRUPTIONS: dict[str, Callable[[Tensor, float, torch.Generator], Tensor]] = {
    "none": lambda x, strength, generator: x,
    "gaussian": _gaussian_noise,
    "mask": _mask,
}
"""Corruptions of inputs (B, ...) in [0, 1] (Vincent et al. 2010); strength 0 changes nothing."""
