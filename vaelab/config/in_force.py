"""Which fields have an effect in a config, and why others have none."""

from typing import Any

from vaelab.config.fields import in_words
from vaelab.config.run_config import RunConfig
from vaelab.config.traits import kinds_with

_NEEDS: dict[str, tuple[Any, str]] = {
    "beta": (lambda c: c.traits.has_kl, "only {having_kl} has a KL term"),
    "beta_warmup": (lambda c: c.traits.has_kl, "only {having_kl} has a KL term"),
    "code_activation": (lambda c: not c.traits.is_stochastic, "{phrase}'s mean may be any number"),
    "activation": (lambda c: c.hidden != "none", "there is no hidden layer"),
    "sigma": (lambda c: c.term.has_sigma, "only mse has a Gaussian behind it"),
    "corruption_strength": (lambda c: c.corruption != "none", "nothing is corrupted"),
    "batch_size": (lambda c: c.optimizer != "gd", "gradient descent takes all images at once"),
}
"""By field: a test of a config for whether the field has an effect, and the reason where it has none."""


def why_not_in_force(config: RunConfig, name: str) -> str | None:
    """The reason why a field has no effect in this config; None if it has one."""
    test, reason = _NEEDS.get(name, (None, ""))
    if test is None or test(config):
        return None
    return reason.format(having_kl=kinds_with("has_kl"), phrase=config.traits.phrase)


def in_force(config: RunConfig, name: str) -> str | None:
    """A field's value in words; None where it has no effect."""
    return None if why_not_in_force(config, name) else in_words(name, getattr(config, name))
