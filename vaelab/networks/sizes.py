"""What can be said of a recipe before it is trained: sizes, compression, steps, expected time."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vaelab.config.run_config import RunConfig
from vaelab.data.catalogue import DatasetSpec
from vaelab.networks.layers import Cost, cost, network_layers

GUESSED_SPEED = {"mlp": 1.2e11, "conv": 3e10}
"""Multiplications a second in training on a laptop: a first guess, until a run has been measured."""


FIRST_STEPS = 50
"""Steps in which a worker still warms up: the speed until then says nothing of the rest."""


@dataclass(frozen=True)
class Facts:
    """Sizes of a recipe."""

    parameters: int
    train_images: int
    steps_per_epoch: int
    pixels: int
    """Numbers, and bytes, of an image."""
    code_bytes: int
    """Bytes of a code of 32-bit numbers."""


def training_images(config: RunConfig, available: int) -> int:
    """How many of the available training images a run learns from; at most half can be held out."""
    return min(config.train_size, available - min(config.held_out, available // 2))


def facts(config: RunConfig, spec: DatasetSpec) -> Facts:
    """Sizes of a recipe on a data set."""
    encoder, decoder = _costs(config, spec)
    images = training_images(config, spec.train_images)
    batch = images if config.optimizer == "gd" else min(config.batch_size, images)
    return Facts(
        parameters=encoder.parameters + decoder.parameters,
        train_images=images,
        steps_per_epoch=math.ceil(images / batch),
        pixels=math.prod(spec.shape),
        code_bytes=4 * config.latent_dim,
    )


def work(config: RunConfig, spec: DatasetSpec) -> float:
    """Multiplications of a whole training, evaluations included.

    A training step costs three forward passes; an evaluation decodes twice.
    """
    encoder, decoder = _costs(config, spec)
    forward = encoder.multiplications + decoder.multiplications
    images = training_images(config, spec.train_images)
    held_out = min(config.held_out, spec.train_images // 2)
    evaluation = (spec.test_images + held_out) * (forward + decoder.multiplications)
    return config.epochs * (3 * forward * images + evaluation)


def expected_seconds(config: RunConfig, spec: DatasetSpec, speed: float | None = None) -> float:
    """Time of a whole training at a measured speed in multiplications a second, or at a guessed one."""
    return work(config, spec) / (speed or GUESSED_SPEED[config.architecture])


def _costs(config: RunConfig, spec: DatasetSpec) -> tuple[Cost, Cost]:
    encoder, decoder = network_layers(config, spec.shape)
    return cost(encoder, spec.shape), cost(decoder, (config.latent_dim,))
