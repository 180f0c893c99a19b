"""The objective: reconstruction terms, the KL term, their weights, and input corruption.

All functions are pure. Losses are in nats per example, summed over the numbers of an example (an image's
pixels) and over latent dimensions. Shapes: S samples, B examples of some shape (...), d latent dimensions.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from vaelab.config import RunConfig


def bce(output: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy of logits (S, B, ...) with numbers (B, ...) in [0, 1], summed: (S, B).

    For binary pixels it is the negative log-likelihood of Bernoulli draws. Grey pixels are not
    Bernoulli draws: the number is then a convenient objective, not a likelihood, and cannot go
    below the entropy of the pixels themselves (Loaiza-Ganem and Cunningham 2019).
    """
    return _CrossEntropy.apply(output, target)


class _CrossEntropy(torch.autograd.Function):
    """`functional.binary_cross_entropy_with_logits`, summed, with its gradient written out.

    PyTorch's own function calls log1p for each pixel, which is ten times as slow on the CPU as the equal form
    used here: with p = sigmoid(x), log(1 + exp(-abs(x))) = -log(max(p, 1 - p)).
    """

    @staticmethod
    def forward(ctx: Any, output: Tensor, target: Tensor) -> Tensor:
        """max(x, 0) - x t + log(1 + exp(-abs(x))) for logits x and targets t."""
        p = output.sigmoid()
        ctx.save_for_backward(p, target)
        surer = (p - 0.5).abs_().add_(0.5)  # max(p, 1 - p)
        return (output.clamp(min=0) - output * target).sub_(surer.log_()).flatten(2).sum(-1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        """The gradient of the logits is p - t."""
        p, target = ctx.saved_tensors
        return (p - target).mul_(gradient.reshape(*gradient.shape, *[1] * (target.ndim - 1))), None


def gaussian(output: Tensor, target: Tensor, sigma: Tensor) -> Tensor:
    """Negative log-density of numbers under N(output, sigma^2), its constant included: (S, B).

    A density may exceed 1, so this may be negative.
    """
    squared = squared_error(output, target)
    count = target[0].numel()
    return squared / (2 * sigma**2) + count * (torch.log(sigma) + 0.5 * math.log(2 * math.pi))


def squared_error(output: Tensor, target: Tensor) -> Tensor:
    """Squared error summed over the numbers of an example: (S, B)."""
    return (output - target).square().flatten(2).sum(-1)


@dataclass(frozen=True)
class Output:
    """How the decoder's raw output becomes pixels from 0 to 1, and back."""

    pixels: Callable[[Tensor], Tensor]
    inverse: Callable[[Tensor], Tensor]
    """The raw output that gives certain pixels; it is finite even for black and white ones."""


OUTPUTS = {
    "sigmoid": Output(torch.sigmoid, lambda pixels: torch.logit(pixels, eps=1e-3)),
    "clamp": Output(lambda raw: raw.clamp(0, 1), lambda pixels: pixels),
}
"""The outputs by the value of `TermTraits.output`."""

RECONSTRUCTIONS: dict[str, Callable[[Tensor, Tensor, Any], Tensor]] = {
    "bce": lambda output, target, sigma: bce(output, target),
    "mse": gaussian,
}
"""The reconstruction terms by name: functions of output, target and sigma (None for terms without one)."""


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
