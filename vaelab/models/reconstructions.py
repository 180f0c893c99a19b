"""The reconstruction terms, the outputs that they belong to, and what answers without a model cost.

All functions are pure. Losses are in nats per example, summed over the numbers of an example (an image's
pixels). Shapes: S samples, B examples of some shape (...).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from vaelab.config import RunConfig
from vaelab.data import DATASETS
from vaelab.models.kinds import kind_of


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


@dataclass(frozen=True)
class Baselines:
    """Reconstruction losses of answers that need no model, in nats per example."""

    mean_image: float
    """Loss of answering every test image with the mean training image."""
    floor: float | None
    """Loss of answering with the image itself, for terms that cost something even then."""


def _bce_baselines(config: RunConfig, mean: Tensor, images: np.ndarray) -> Baselines:
    spec = DATASETS[config.dataset]
    # Cross-entropy is linear in its target, so the mean target is enough.
    target = torch.from_numpy(spec.kind.mean(images))[None].double()
    answer = torch.logit(mean.double(), eps=1e-6)[None, None]
    # The floor is the entropy of the grey values.
    return Baselines(float(bce(answer, target).mean()), kind_of(spec).least_bce(images))


def _gaussian_baselines(config: RunConfig, mean: Tensor, images: np.ndarray) -> Baselines:
    """Baselines in which a `sigma` that is learned fits the mean image best."""
    x = kind_of(DATASETS[config.dataset]).to_tensor(images, "cpu")
    answer = mean.expand_as(x)[None]
    best = torch.sqrt(squared_error(answer, x).mean() / mean.numel())
    sigma = best if config.sigma == "auto" else torch.tensor(float(config.sigma))
    return Baselines(float(gaussian(answer, x, sigma).mean()), None)


@dataclass(frozen=True)
class Reconstruction:
    """A reconstruction term."""

    loss: Callable[[Tensor, Tensor, Any], Tensor]
    """The term (S, B) of outputs (S, B, ...), targets (B, ...) and sigma; terms without one ignore it."""
    baselines: Callable[[RunConfig, Tensor, np.ndarray], Baselines]
    """The baselines of a config, a mean image (...) with numbers from 0 to 1, and images (N, ...)."""


RECONSTRUCTIONS = {
    "bce": Reconstruction(lambda output, target, sigma: bce(output, target), _bce_baselines),
    "mse": Reconstruction(gaussian, _gaussian_baselines),
}
"""The reconstruction terms by the value of `RunConfig.reconstruction`."""


def baselines(config: RunConfig, mean_image: np.ndarray, images: np.ndarray) -> Baselines:
    """Baselines on images (N, ...), for the reconstruction term of a config.

    `mean_image` is the mean training image (...), numbers from 0 to 1.
    """
    mean = torch.as_tensor(mean_image, dtype=torch.float32)
    return RECONSTRUCTIONS[config.reconstruction].baselines(config, mean, images)
