"""Steps of each optimizer under a constant gradient, compared with the formulas of textbooks."""

from __future__ import annotations

import math
from itertools import accumulate

import pytest

from vaelab.config import RunConfig
from vaelab.models.autoencoder import Autoencoder
from vaelab.training.optimizers import OPTIMIZERS, make_optimizer

RATE, GRADIENT, STEPS, START = 0.01, 5.0, 4, 2.0

# Root of the averaged squares over gradient, after n steps, for RMSprop's average with weight 0.99.
RMS = [math.sqrt(1 - 0.99**n) for n in range(1, STEPS + 1)]

EXPECTED = {
    "gd": [RATE * GRADIENT] * STEPS,
    "sgd": [RATE * GRADIENT] * STEPS,
    "momentum": [RATE * GRADIENT * sum(0.9**k for k in range(n)) for n in range(1, STEPS + 1)],
    "rmsprop": [RATE / share for share in RMS],
    "adam": [RATE] * STEPS,
}


def positions(config: RunConfig, gradients: list[float]) -> list[float]:
    """The value of a weight, which starts at 2, after each step."""
    model = Autoencoder(config, (1, 4, 4))
    optimizer = make_optimizer(config, model)
    weight = model.decoder[0].weight
    weight.data.fill_(START)
    found = []
    for gradient in gradients:
        for parameter in model.parameters():
            parameter.grad = parameter.data.new_full(parameter.shape, gradient)
        optimizer.step()
        found.append(weight[0, 0].item())
    return found


@pytest.mark.parametrize("name", EXPECTED)
def test_the_way_under_a_constant_gradient(name):
    config = RunConfig(optimizer=name, learning_rate=RATE, hidden="none", lr_schedule="constant")
    way = [START - distance for distance in accumulate(EXPECTED[name])]
    assert positions(config, [GRADIENT] * STEPS) == pytest.approx(way, rel=1e-5)


def test_adamw_is_adam_with_decayed_weights():
    config = RunConfig(optimizer="adamw", learning_rate=RATE, hidden="none", lr_schedule="constant")
    way = [START]
    for _ in range(STEPS):
        way.append(way[-1] * (1 - RATE * 0.01) - RATE)
    assert positions(config, [GRADIENT] * STEPS) == pytest.approx(way[1:], rel=1e-6)
    assert set(OPTIMIZERS) == {*EXPECTED, "adamw"}


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_adam_forgets_large_gradients_sooner_under_one_cycle(name):
    """A single large gradient shortens all steps after it until its square is averaged out."""
    gradients = [100.0] + [1.0] * 60
    config = RunConfig(optimizer=name, learning_rate=RATE, hidden="none", lr_schedule="constant")
    constant, cycle = (positions(config.variant(lr_schedule=schedule), gradients)
                       for schedule in ("constant", "one-cycle"))  # fmt: skip
    assert cycle[0] == pytest.approx(constant[0])
    assert (cycle[-2] - cycle[-1]) > 2 * (constant[-2] - constant[-1])
