"""The reconstruction terms against `torch.distributions`."""

from __future__ import annotations

import pytest
import torch
from torch.distributions import Bernoulli, Normal
from torch.nn import functional

from vaelab.config.traits import TERMS
from vaelab.models.reconstructions import OUTPUTS, RECONSTRUCTIONS, bce, gaussian, squared_error

SAMPLES, BATCH, SHAPE = 3, 5, (2, 4, 6)


@pytest.fixture
def numbers() -> torch.Generator:
    return torch.Generator().manual_seed(0)


@pytest.fixture
def target(numbers: torch.Generator) -> torch.Tensor:
    """Grey pixels in [0, 1], black and white ones among them."""
    return torch.rand(BATCH, *SHAPE, generator=numbers).mul(1.2).sub(0.1).clamp(0, 1)


@pytest.fixture
def output(numbers: torch.Generator) -> torch.Tensor:
    return 3 * torch.randn(SAMPLES, BATCH, *SHAPE, generator=numbers)


def per_image(terms: torch.Tensor) -> torch.Tensor:
    """Sum over the pixels: (samples, batch)."""
    return terms.sum((-3, -2, -1))


def test_bce_is_the_bernoulli_log_probability(output, target):
    expected = per_image(-Bernoulli(logits=output, validate_args=False).log_prob(target))
    assert bce(output, target).shape == (SAMPLES, BATCH)
    torch.testing.assert_close(bce(output, target), expected)


def plain_bce(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return per_image(
        functional.binary_cross_entropy_with_logits(output, target.expand_as(output), reduction="none")
    )


@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_bce_and_its_gradient_are_those_of_pytorchs_own(scale, output, target):
    logits, weights = scale * output, torch.arange(1.0, 1 + SAMPLES * BATCH).reshape(SAMPLES, BATCH)
    found, expected = logits.clone().requires_grad_(), logits.clone().requires_grad_()
    (weights * bce(found, target)).sum().backward()
    (weights * plain_bce(expected, target)).sum().backward()
    torch.testing.assert_close(bce(logits, target), plain_bce(logits, target))
    torch.testing.assert_close(found.grad, expected.grad)


def test_the_gradient_of_bce_is_its_derivative(output, target):
    logits = output[:, :2, :, :2, :2].double().requires_grad_()
    assert torch.autograd.gradcheck(bce, (logits, target[:2, :, :2, :2].double()))


@pytest.mark.parametrize("sigma", [0.05, 1.0, 3.0])
def test_gaussian_is_the_normal_log_density_with_its_constant(output, target, sigma):
    expected = per_image(-Normal(output, sigma).log_prob(target))
    term = gaussian(output, target, torch.tensor(sigma))
    assert term.shape == (SAMPLES, BATCH)
    torch.testing.assert_close(term, expected, rtol=1e-5, atol=1e-3)


def test_a_density_may_be_above_1(target):
    assert (gaussian(target[None], target, torch.tensor(0.01)) < 0).all()


def test_squared_error_is_summed_over_the_pixels(output, target):
    expected = torch.stack([torch.stack([(o - t).square().sum() for o, t in zip(sample, target, strict=True)])
                            for sample in output])  # fmt: skip
    torch.testing.assert_close(squared_error(output, target), expected)


def test_reconstruction_is_gaussian_with_a_sigma_and_bce_without(output, target):
    sigma = torch.tensor(0.7)
    assert torch.equal(RECONSTRUCTIONS["mse"].loss(output, target, sigma), gaussian(output, target, sigma))
    assert torch.equal(RECONSTRUCTIONS["bce"].loss(output, target, None), bce(output, target))


def test_every_term_has_a_loss_and_every_output_is_known():
    assert set(RECONSTRUCTIONS) == set(TERMS)
    assert {term.output for term in TERMS.values()} == set(OUTPUTS)


@pytest.mark.parametrize("kind", list(OUTPUTS))
def test_pixels_of_an_output_lead_back_to_it(kind):
    pixels = torch.linspace(0.01, 0.99, 20)
    torch.testing.assert_close(OUTPUTS[kind].pixels(OUTPUTS[kind].inverse(pixels)), pixels)
    assert OUTPUTS[kind].inverse(torch.tensor([0.0, 1.0])).isfinite().all()
