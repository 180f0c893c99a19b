"""What the presets reach on the whole of MNIST: the floors below which something has been broken.

For comparison: the VAE of PyTorch's examples reaches a test negative ELBO of 105.6 to 105.8 nats
after ten epochs; the mean image alone gives 205.8.
"""

from __future__ import annotations

import statistics

import pytest

from vaelab import events
from vaelab.config import PRESETS
from vaelab.models.evaluation import evaluate
from vaelab.models.kinds.image import to_unit
from vaelab.training import fit
from vaelab.training.loop import Fit

pytestmark = pytest.mark.quality


def last_negative_elbo(done: Fit) -> float:
    evaluated = [event for event in done.history if isinstance(event, events.Evaluated)]
    return evaluated[-1].neg_elbo


@pytest.fixture(scope="module")
def standard_vae(mnist) -> Fit:
    return fit(PRESETS["vae-20d"].config, data=mnist)


def test_the_standard_vae_is_as_good_as_anyones(standard_vae, mnist):
    others = [fit(PRESETS["vae-20d"].config.variant(seed=seed), data=mnist) for seed in (1, 2)]
    assert statistics.mean(map(last_negative_elbo, [standard_vae, *others])) <= 106.5


@pytest.mark.parametrize("seed", range(5))
def test_the_fast_vae_is_as_good_after_three_epochs(seed, mnist):
    assert last_negative_elbo(fit(PRESETS["vae-20d-fast"].config.variant(seed=seed), data=mnist)) <= 106


def test_its_negative_elbo_is_that_of_torch_distributions(standard_vae, mnist, negative_elbo_draws):
    result = evaluate(standard_vae.model, mnist.x_test)
    assert result.neg_elbo == pytest.approx(last_negative_elbo(standard_vae), abs=0.01)
    draws = [negative_elbo_draws(standard_vae.model, to_unit(mnist.x_test[start : start + 1000]), 10)
             for start in range(0, 10_000, 1000)]  # fmt: skip
    # Of one draw an image: the evaluation's own error of Monte Carlo.
    error = sum(part.var(0).sum().item() for part in draws) ** 0.5 / 10_000
    assert error < 0.1
    assert result.neg_elbo == pytest.approx(
        statistics.mean(part.mean().item() for part in draws), abs=4 * error
    )


def test_the_maps_of_two_dimensions(mnist):
    """The map of the convolutional preset is better."""
    dense, convolutional = (
        last_negative_elbo(fit(PRESETS[name].config, data=mnist)) for name in ("vae-2d", "conv-vae")
    )
    assert convolutional < dense <= 153


def test_the_convolutional_vae_of_the_keras_example(mnist):
    """With PyTorch's own initialisation the model stays at the mean image."""
    assert last_negative_elbo(fit(PRESETS["conv-vae-keras"].config, data=mnist)) <= 170
