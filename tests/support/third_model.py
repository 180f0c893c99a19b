"""A third kind of model, which only tests know: it has a KL term, but no prior to draw codes from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from torch import Tensor

from vaelab.config import RunConfig, field_spec
from vaelab.config.traits import MODELS, ModelTraits
from vaelab.export.script import posteriors
from vaelab.models.posteriors import POSTERIORS, Posterior
from vaelab.ui.slow_motion.words import KL_TERMS

NAME = "pulled"
LABEL = "Pulled"


class _Pulled(Posterior):
    """A point that pays for its distance from 0, or a Gaussian that pays for that of its mean."""

    def kl(self) -> Tensor:
        return self.mean.square() / 2


def _posterior(head: Tensor, config: RunConfig) -> Posterior:
    return _Pulled(*head.chunk(2, dim=-1)) if config.traits.is_stochastic else _Pulled(head, None)


_KL = """\
 |
 |
 | def pull(code):
 |     return 0.5 * code.square().sum(1)
"""
_GAUSSIAN = replace(
    posteriors.POSTERIORS["vae"], name="Pulled", kl=_KL, kl_call="pull(mean)", objective_words="", kl_words=""
)
_POINT = replace(
    posteriors.POSTERIORS["ae"],
    name="Pulled",
    forward=posteriors.POSTERIORS["ae"].forward.replace("self.decoder(z)", "self.decoder(z), z"),
    outputs="output, z",
    kl=_KL,
    kl_call="pull(z)",
)
"""What listings say of it."""


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
        patch.setitem(posteriors.POSTERIORS, NAME, _GAUSSIAN if is_stochastic else _POINT)
        patch.setitem(KL_TERMS, NAME, (r"\textstyle\sum_j \tfrac{1}{2} \mu_j^2", r"$j$ counts dimensions; "))
        field_spec.cache_clear()
        yield
    field_spec.cache_clear()
