"""What lessons compute live: estimates tend to what they estimate, losses are those of the objective."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from vaelab.analysis.demonstrations import (
    draw_code,
    image_losses,
    kl_estimate,
    pixel_floor,
    pixel_losses,
    reach,
)
from vaelab.config import RunConfig
from vaelab.models.autoencoder import Autoencoder

POSTERIORS = [(0.0, -5.0), (1.0, -2.0), (-3.0, 0.0), (0.5, 2.0)]
ANSWERS = np.linspace(0.01, 0.99, 99)


@pytest.mark.parametrize(("mean", "logvar"), POSTERIORS)
def test_the_monte_carlo_estimate_tends_to_the_closed_form(mean: float, logvar: float):
    few, many = kl_estimate(mean, logvar, 100, seed=0), kl_estimate(mean, logvar, 100_000, seed=0)
    assert abs(many.running[-1] - many.exact) < 4 * many.standard_error
    # A thousand times as many codes, a thirtieth of the error.
    assert few.standard_error / many.standard_error == pytest.approx(np.sqrt(1000), rel=0.3)
    assert np.array_equal(many.z[:100], few.z)


def test_a_posterior_that_is_the_prior_has_no_kl():
    found = kl_estimate(0.0, 0.0, 50, seed=1)
    assert found.exact == 0
    assert np.array_equal(found.terms, np.zeros(50))


def test_single_terms_may_be_below_0():
    found = kl_estimate(0.1, 0.0, 100, seed=0)
    assert found.exact > 0
    assert 20 < (found.terms < 0).sum() < 80


def test_a_single_code_has_no_standard_error():
    assert np.isnan(kl_estimate(0.0, 1.0, 1, seed=0).standard_error)


def test_a_code_is_mean_plus_deviation_times_epsilon():
    mean, logvar = np.float32([0.5, -1.0]), np.float32([-2.0, 0.3])
    z, epsilon = draw_code(mean, logvar, seed=3)
    assert np.allclose(z, mean + np.exp(logvar / 2) * epsilon)
    other, _ = draw_code(mean, logvar, seed=4)
    assert not np.allclose(z, other)


@pytest.mark.parametrize("pixel", [0.1, 0.5, 0.8])
def test_a_pixel_costs_least_at_the_right_answer_and_never_less_than_its_floor(pixel: float):
    losses = pixel_losses(pixel, ANSWERS, sigma=0.3)
    right = int(np.abs(ANSWERS - pixel).argmin())
    for values in losses.values():
        assert values.argmin() == right
    floor = pixel_floor(np.array([pixel]))[0]
    assert losses["bce"][right] == pytest.approx(floor)
    assert (losses["bce"] >= floor - 1e-9).all()
    assert losses["mse"][right] == pytest.approx(0, abs=1e-9)
    assert np.allclose(np.diff(losses["gaussian"]), np.diff(losses["mse"]) / (2 * 0.3**2))


def test_black_and_white_pixels_have_no_floor():
    assert np.array_equal(pixel_floor(np.array([0.0, 1.0])), [0, 0])
    assert pixel_floor(np.array([0.5]))[0] == pytest.approx(np.log(2))


def test_losses_of_an_image_are_those_of_pytorch():
    model = Autoencoder(RunConfig(), (1, 28, 28)).eval().requires_grad_(False)
    image = np.random.default_rng(0).integers(0, 256, (1, 28, 28), np.uint8)
    z = np.float32([0.3, -0.7])
    output, x = model.output(torch.from_numpy(z)[None])[0].double(), torch.from_numpy(image).double() / 255
    found = image_losses(model, image, z)
    expected = functional.binary_cross_entropy_with_logits(output, x, reduction="sum")
    assert found.bce == pytest.approx(float(expected))
    assert found.mse == pytest.approx(float((output.sigmoid() - x).square().mean()))
    assert 0 < found.floor < found.bce


def test_draws_among_the_codes_are_in_no_hole_and_far_ones_are():
    noise = np.random.default_rng(0)
    codes, labels = noise.normal(size=(500, 2)), np.arange(500) % 10
    assert reach(codes[:100], codes, labels).in_holes == 0
    assert reach(codes[:100], codes, labels).classes == 10
    assert reach(codes[:100] + 50, codes, labels).in_holes == 1


def test_the_scale_of_a_latent_space_makes_no_holes():
    noise = np.random.default_rng(1)
    codes, labels, draws = noise.normal(size=(500, 2)), np.arange(500) % 10, 2 * noise.normal(size=(50, 2))
    near = reach(draws, codes, labels)
    assert 0 < near.in_holes < 1
    assert reach(30 * draws, 30 * codes, labels) == near
