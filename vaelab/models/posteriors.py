"""The posterior over codes of each kind of model, from the encoder's output.

Shapes: B examples, d latent dimensions, S samples.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from vaelab.config import RunConfig
from vaelab.models.objective import kl_to_unit_normal


@dataclass(frozen=True)
class Posterior:
    """q(z given x): a diagonal Gaussian, or a single point (`logvar` None)."""

    mean: Tensor
    """(B, d)"""
    logvar: Tensor | None
    """(B, d) natural logarithm of the variance, or None."""

    def sample(self, generator: torch.Generator, count: int = 1) -> Tensor:
        """`count` codes per example, shape (S, B, d), reparameterised: z = mean + exp(logvar / 2) epsilon.

        Kingma and Welling 2014, section 2.4. A point is returned as it is, without drawing random numbers.
        """
        if self.logvar is None:
            return self.mean.expand(count, *self.mean.shape)
        epsilon = torch.randn(count, *self.mean.shape, generator=generator).to(self.mean)
        return self.mean + torch.exp(0.5 * self.logvar) * epsilon

    def kl(self) -> Tensor | None:
        """KL from the posterior to the unit normal, in nats, (B, d); None for a point."""
        return None if self.logvar is None else kl_to_unit_normal(self.mean, self.logvar)


def _point(head: Tensor, config: RunConfig) -> Posterior:
    return Posterior(head.relu() if config.code_activation == "relu" else head, None)


def _gaussian(head: Tensor, config: RunConfig) -> Posterior:
    return Posterior(*head.chunk(2, dim=-1))


POSTERIORS: dict[str, Callable[[Tensor, RunConfig], Posterior]] = {"ae": _point, "vae": _gaussian}
"""Functions, by the kind of model, that turn an encoder's output into a posterior: (B, d), or (B, 2 d) where
codes are drawn."""
