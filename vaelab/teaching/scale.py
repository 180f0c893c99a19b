"""The scale of codes in words: why those of a model without a prior lie so far out, or that all are one."""

import numpy as np

from vaelab.config import kinds_with
from vaelab.config.traits import ModelTraits
from vaelab.latent.units import active_units
from vaelab.words import capitalized


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
