"""What training makes small, and the number that runs are judged by, as all pages name them."""

from collections.abc import Collection

from vaelab.config.quantities import QUANTITIES
from vaelab.config.run_config import RunConfig


def minimises_another_sum(config: RunConfig, moved: Collection[str] = ()) -> bool:
    """Whether training makes another sum small than the reconstruction and KL terms together.

    Parameters
    ----------
    moved: the fields whose dials were moved while it trained.
    """
    return config.traits.has_kl and (config.beta != 1 or config.beta_warmup > 0 or "beta" in moved)


def total_in_words(config: RunConfig) -> str:
    """The name of the reconstruction and KL terms together, of a model that has both."""
    return QUANTITIES["neg_elbo"].label if config.traits.has_elbo else "reconstruction + KL"


def objective_in_words(
    config: RunConfig, *, moving: bool = False, reconstruction: str = "reconstruction"
) -> str:
    """What training makes small, of a model with a KL: "reconstruction + 4·KL".

    Parameters
    ----------
    moving: whether beta has no single value, by its warm-up or by hand, and stands there as a word.
    reconstruction: the name of the first part.
    """
    return f"{reconstruction} + {'beta' if moving else f'{config.beta:g}'}·KL"
