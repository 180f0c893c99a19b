"""Traits of each kind of model and each reconstruction term, which all code asks instead of their names.

Outside of this package no code compares the name of a kind of model or of a reconstruction term. A new
kind of model is a row here, one of `vaelab.models.posteriors`, one of `vaelab.export.script.posteriors` and,
with a KL term, one of `vaelab.ui.slow_motion.words`; a new term is a row here, one of
`vaelab.models.reconstructions` and one of `vaelab.export.script.terms`.
"""

from dataclasses import dataclass

from vaelab.words import capitalized


@dataclass(frozen=True, kw_only=True)
class ModelTraits:
    """Traits of a kind of model."""

    label: str
    """Short name for titles and legends: "VAE"."""
    phrase: str
    """The label with its article within a sentence: "a VAE"."""
    noun: str
    """The name in full: "variational autoencoder"."""
    twin: str
    """Name of the kind of model that a twin has: a run that is otherwise the same."""
    is_stochastic: bool
    """Whether codes are drawn from a posterior with mean and log-variance, instead of being points."""
    has_kl: bool
    """Whether the objective has a KL term, weighted by `beta`."""
    has_prior: bool
    """Whether codes can be drawn without an image: training brings them close to the unit normal."""
    has_elbo: bool
    """Whether `recon + kl` is a bound on the density of an image, so that it has an ELBO and an NLL."""

    @property
    def subject(self) -> str:
        """The label with its article, at the start of a sentence: "A VAE"."""
        return capitalized(self.phrase)


@dataclass(frozen=True, kw_only=True)
class TermTraits:
    """Traits of a reconstruction term."""

    label: str
    """Name in forms and tables: "Cross-entropy (bce)"."""
    likelihood: str
    """What the likelihood of an image given its code is, as the end of a sentence in Markdown."""
    output: str
    """Function from the decoder's output to pixels from 0 to 1: "sigmoid", or "clamp" to that range."""
    has_sigma: bool
    """Whether it comes from a Gaussian with the standard deviation `sigma`."""
    is_normalised: bool
    """Whether it comes from a density of grey pixels; if not, ELBO and NLL are unnormalised."""
    gradient_length: float
    """Rough length of the gradient at the start of training, relative to that of cross-entropy."""


MODELS: dict[str, ModelTraits] = {
    "ae": ModelTraits(
        label="AE",
        phrase="an AE",
        noun="autoencoder",
        twin="vae",
        is_stochastic=False,
        has_kl=False,
        has_prior=False,
        has_elbo=False,
    ),
    "vae": ModelTraits(
        label="VAE",
        phrase="a VAE",
        noun="variational autoencoder",
        twin="ae",
        is_stochastic=True,
        has_kl=True,
        has_prior=True,
        has_elbo=True,
    ),
}
"""The kinds of model by the value of `RunConfig.model`."""

TERMS: dict[str, TermTraits] = {
    "bce": TermTraits(
        label="Cross-entropy (bce)",
        likelihood=r"its negative logarithm is the cross-entropy of the pixels with $\hat{x}$.",
        output="sigmoid",
        has_sigma=False,
        is_normalised=False,
        gradient_length=1,
    ),
    "mse": TermTraits(
        label="Squared error (mse)",
        likelihood=r"a Gaussian with mean $\hat{x}$ and standard deviation `sigma` for each pixel.",
        output="clamp",
        has_sigma=True,
        is_normalised=True,
        gradient_length=10,
    ),
}
"""The reconstruction terms by the value of `RunConfig.reconstruction`."""


def kinds_with(trait: str, *, has: bool = True) -> str:
    """The kinds of model that have a trait, or lack it, within a sentence: "a VAE"."""
    return " or ".join(kind.phrase for kind in MODELS.values() if getattr(kind, trait) == has)
