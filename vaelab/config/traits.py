"""What a kind of model and a reconstruction term have: a row each, asked by everything that depends on it.

Outside of this package nothing compares the name of a model or of a reconstruction term with a text. A new
kind of model is a row here, one of `vaelab.models.posteriors`, one of `vaelab.export.script.posteriors` and,
with a KL term, one of `vaelab.ui.slow_motion.words`; a new term is a row here, one of
`vaelab.models.objective`, one of `vaelab.export.script.terms` and one of `vaelab.ui.slow_motion.words`.
"""

from __future__ import annotations

from dataclasses import dataclass

from vaelab.words import capitalized


@dataclass(frozen=True, kw_only=True)
class ModelTraits:
    """What a kind of model has."""

    label: str
    """Short, for titles and legends: "VAE"."""
    phrase: str
    """The label with its article, inside of a sentence: "a VAE"."""
    noun: str
    """Written out: "variational autoencoder"."""
    twin: str
    """Name of the kind that it is compared with when everything else stays the same."""
    is_stochastic: bool
    """Whether a code is drawn: the encoder gives mean and log-variance of a posterior, not one point."""
    has_kl: bool
    """Whether the objective has a KL term, weighted by `beta`."""
    has_prior: bool
    """Whether codes can be drawn without an image: from the unit normal, as training makes them."""
    has_elbo: bool
    """Whether `recon + kl` is a bound on the density of an image, so that it has an ELBO and an NLL."""

    @property
    def subject(self) -> str:
        """The label with its article, at the start of a sentence: "A VAE"."""
        return capitalized(self.phrase)


@dataclass(frozen=True, kw_only=True)
class TermTraits:
    """What a reconstruction term has."""

    label: str
    """As forms and tables have it: "Cross-entropy (bce)"."""
    output: str
    """What makes pixels from 0 to 1 of the decoder's output: "sigmoid", or "clamp" to that range."""
    has_sigma: bool
    """Whether a Gaussian with the standard deviation `sigma` is behind it."""
    is_normalised: bool
    """Whether it is a density of grey pixels. If not, ELBO and NLL are of an unnormalised likelihood."""
    gradient_length: float
    """About how long the gradient is at the start, that of cross-entropy as 1."""


MODELS: dict[str, ModelTraits] = {
    "ae": ModelTraits(
        label="AE", phrase="an AE", noun="autoencoder", twin="vae",
        is_stochastic=False, has_kl=False, has_prior=False, has_elbo=False,
    ),
    "vae": ModelTraits(
        label="VAE", phrase="a VAE", noun="variational autoencoder", twin="ae",
        is_stochastic=True, has_kl=True, has_prior=True, has_elbo=True,
    ),
}  # fmt: skip
"""The kinds of model by the value of `RunConfig.model`."""

TERMS: dict[str, TermTraits] = {
    "bce": TermTraits(
        label="Cross-entropy (bce)", output="sigmoid",
        has_sigma=False, is_normalised=False, gradient_length=1,
    ),
    "mse": TermTraits(
        label="Squared error (mse)", output="clamp",
        has_sigma=True, is_normalised=True, gradient_length=10,
    ),
}  # fmt: skip
"""The reconstruction terms by the value of `RunConfig.reconstruction`."""


def kinds_with(trait: str, *, has: bool = True) -> str:
    """The kinds of model that have a trait, or do not have it, inside of a sentence: "a VAE"."""
    return " or ".join(kind.phrase for kind in MODELS.values() if getattr(kind, trait) == has)
