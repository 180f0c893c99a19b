"""How a model goes through many images: in short passes, between which the caller can do something else."""

from collections.abc import Generator
from typing import TypeVar

from vaelab.models.autoencoder import Autoencoder
from vaelab.networks.sizes import images_a_pass

T = TypeVar("T")


def pass_size(model: Autoencoder) -> int:
    """How many examples a model encodes, or codes it decodes, at once."""
    return images_a_pass(model.config, model.shape, "evaluation")


def result_of(steps: Generator[None, None, T]) -> T:
    """Run a generator to its end and return its value."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
