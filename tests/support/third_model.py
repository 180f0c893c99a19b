"""A third kind of model, which only tests know: it has a KL term, but no prior to draw codes from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from torch import Tensor

from vaelab.config.fields import field_spec
from vaelab.config.run_config import RunConfig
from vaelab.config.traits import MODELS, ModelTraits
from vaelab.models.posteriors import POSTERIORS, Posterior

NAME = "pulled"
LABEL = "Pulled"


class _Pulled(Posterior):
    """A point that pays for its distance from 0, or a Gaussian that pays for that of its mean."""

    def kl(self) -> Tensor:
        return self.mean.square() / 2


def _posterior(head: Tensor, config: RunConfig) -> Posterior:
    return _Pulled(*head.chunk(2, dim=-1)) if config.traits.is_stochastic else _Pulled(head, None)


@contextmanager
def third_model(*, is_stochastic: bool) -> Iterator[None]:
    """The kind is registered, by a row a layer as any other kind of model is."""
    traits = ModelTraits(
        label=LABEL, phrase="a Pulled", noun="pulled autoencoder", twin="ae", is_stochastic=is_stochastic,
        has_kl=True, has_prior=False, has_elbo=False,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, NAME, traits)
        patch.setitem(POSTERIORS, NAME, _posterior)
        field_spec.cache_clear()
        yield
    field_spec.cache_clear()
