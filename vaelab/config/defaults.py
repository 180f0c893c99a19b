"""Defaults that depend on other fields: hidden layers and learning rate."""

from vaelab.config.traits import TERMS

DEFAULT_HIDDEN = {"mlp": "512-256", "conv": "8-16/256-256/256-256"}

FOLLOWS = {"hidden": ("architecture",), "learning_rate": ("optimizer", "lr_schedule", "reconstruction")}
"""Fields whose default depends on others, and those others."""

_LEARNING_RATES = {
    "gd": {"constant": 3e-2, "one-cycle": 1e-1},
    "sgd": {"constant": 3e-2, "one-cycle": 3e-2},
    "momentum": {"constant": 1e-2, "one-cycle": 1e-2},
    "rmsprop": {"constant": 1e-3, "one-cycle": 1e-3},
    "adam": {"constant": 1e-3, "one-cycle": 1e-2},
    "adamw": {"constant": 1e-3, "one-cycle": 1e-2},
}
"""The best rates that did not diverge, among rates that differ by factors of about 3, on MNIST with the
default network as AE and VAE. Adam's constant rate is the usual 0.001."""


def default_learning_rate(optimizer: str, lr_schedule: str, reconstruction: str) -> float:
    """The tested learning rate of an optimizer; 0.001 for unknown names.

    Under mse the gradient is about ten times as long, so that plain gradient steps need a smaller rate.
    """
    rate = _LEARNING_RATES.get(optimizer, {}).get(lr_schedule, 1e-3)
    term = TERMS.get(reconstruction)
    return rate / term.gradient_length if term and optimizer in ("gd", "sgd", "momentum") else rate
