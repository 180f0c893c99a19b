"""The scale of codes in words: by the prior, why they lie so far out without one, or that all are one."""

import numpy as np

from vaelab.config import RunConfig, kinds_with
from vaelab.config.traits import ModelTraits
from vaelab.latent.units import active_units
from vaelab.latent.view import PRIOR_CIRCLES, PRIOR_INTERVALS
from vaelab.words import capitalized, listed


def prior_in_words(config: RunConfig) -> str:
    """Explain what is drawn of the prior on a plane; empty for a model without one."""
    if not config.traits.has_prior:
        return ""
    is_line = config.latent_dim == 1
    shares = [text.split(" %")[0] for _, text in (PRIOR_INTERVALS if is_line else PRIOR_CIRCLES)]
    where = "between the dashed lines" if is_line else "within the dashed circles"
    return (
        f"Of codes drawn from the prior, to which training pulls these codes, {listed(shares)} % lie {where},"
        " from the inner to the outer ones."
    )


def scale_in_words(traits: ModelTraits, codes: np.ndarray) -> str:
    """Explain the scale of codes (N, d) in their own numbers; empty for a model with a prior.

    Coordinates that are no numbers are left out.
    """
    distances = np.abs(codes[np.isfinite(codes)])
    if traits.has_prior or len(distances) == 0:
        return ""
    return (
        f"The coordinates of these codes reach {distances.max():.2g} from 0, and half of them lie beyond"
        f" {np.median(distances):.2g}: nothing in the loss of {traits.phrase} pulls codes towards 0, for it"
        " has no prior. Training spreads them until the decoder can tell them apart: their distances from"
        " each other matter, the scale does not."
        f" {capitalized(kinds_with('has_prior'))} keeps nearly all within 3."
    )


def collapse_in_words(traits: ModelTraits, codes: np.ndarray) -> str:
    """Say that the codes (N, d) of a model with a KL have collapsed to one point; empty if they have not."""
    if not traits.has_kl or len(codes) < 2 or not np.isfinite(codes).all() or active_units(codes).any():
        return ""
    return (
        f"Collapsed: all {len(codes):,} codes lie at nearly the same point. They say nothing of the images,"
        " so that every image comes back as nearly the same one."
    )
