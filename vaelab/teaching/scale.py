"""Why the codes of a model without a prior lie as far out as they do."""

import numpy as np

from vaelab.config import kinds_with
from vaelab.config.traits import ModelTraits
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
