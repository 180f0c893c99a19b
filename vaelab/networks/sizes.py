"""What is known of a recipe before training: sizes, compression, steps, expected time."""

import math
from dataclasses import dataclass
from typing import Literal

from vaelab.config import RunConfig
from vaelab.data import DatasetSpec
from vaelab.networks.layers import Cost, Shape, cost, network_layers

GUESSED_SPEED = {"dense": 1.2e11, "convolutional": 3e10}
"""Multiplications per second of training on a laptop: a first guess, until a run has been measured."""

IMAGES_A_PASS = {
    "evaluation": {"dense": 500, "convolutional": 100},
    "training": {"dense": 1024, "convolutional": 128},
    "script": {"dense": 1000, "convolutional": 100},
}
"""Number of images in one pass, so that the output of a layer fits the cache, and that a pass without
gradients takes well under 0.1 s. A larger training step adds up the gradients of its passes."""

FIRST_STEPS = 50
"""Number of steps in which a worker still warms up, and which are left out of its measured speed."""


@dataclass(frozen=True)
class Facts:
    """Sizes of a recipe."""

    parameters: int
    train_images: int
    steps_per_epoch: int
    numbers: int
    """Count of the numbers of an example: an image's pixels, times its channels."""
    example_bytes: int
    """Size of an example in bytes."""
    code_bytes: int
    """Size of a code of 32-bit numbers in bytes."""


def training_images(config: RunConfig, available: int) -> int:
    """How many of the available training images a run learns from; at most half can be held out."""
    return min(config.train_size, available - min(config.held_out, available // 2))


def images_a_step(config: RunConfig, images: int) -> int:
    """How many of its training images a run takes for one step."""
    return images if config.optimizer == "gd" else min(config.batch_size, images)


def facts(config: RunConfig, spec: DatasetSpec) -> Facts:
    """Sizes of a recipe on a data set."""
    encoder, decoder = _costs(config, spec.shape)
    images = training_images(config, spec.train_images)
    batch = images_a_step(config, images)
    return Facts(
        parameters=encoder.parameters + decoder.parameters,
        train_images=images,
        steps_per_epoch=math.ceil(images / batch),
        numbers=math.prod(spec.shape),
        example_bytes=math.prod(spec.shape) * spec.kind.dtype().itemsize,
        code_bytes=4 * config.latent_dim,
    )


def work(config: RunConfig, spec: DatasetSpec) -> float:
    """Multiplications of a whole training, evaluations included.

    A training step costs three forward passes; an evaluation decodes twice.
    """
    encoder, decoder = _costs(config, spec.shape)
    forward = encoder.multiplications + decoder.multiplications
    images = training_images(config, spec.train_images)
    held_out = min(config.held_out, spec.train_images // 2)
    evaluation = (spec.test_images + held_out) * (forward + decoder.multiplications)
    return config.epochs * (3 * forward * images + evaluation)


def expected_seconds(config: RunConfig, spec: DatasetSpec, speed: float | None = None) -> float:
    """Seconds of a whole training at a measured speed in multiplications per second, or at a guessed one."""
    return work(config, spec) / (speed or GUESSED_SPEED[network_type(config, spec.shape)])


def network_type(config: RunConfig, shape: Shape) -> Literal["dense", "convolutional"]:
    """The type of the network: convolutional if some weight meets many positions of an image."""
    return "dense" if max(part.positions for part in _costs(config, shape)) == 1 else "convolutional"


def images_a_pass(config: RunConfig, shape: Shape, use: Literal["evaluation", "training", "script"]) -> int:
    """How many examples of a shape the network of a config takes at once."""
    return IMAGES_A_PASS[use][network_type(config, shape)]


def _costs(config: RunConfig, shape: Shape) -> tuple[Cost, Cost]:
    encoder, decoder = network_layers(config, shape)
    return cost(encoder, shape), cost(decoder, (config.latent_dim,))
