"""The loss terms against `torch.distributions`, the schedules, and the corruptions."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Bernoulli, Normal, kl_divergence
from torch.nn import functional

from vaelab.config import RunConfig
from vaelab.config.traits import TERMS
from vaelab.models.objective import (
    CORRUPTIONS,
    OUTPUTS,
    RECONSTRUCTIONS,
    bce,
    beta_at,
    gaussian,
    kl_to_unit_normal,
    learning_rate_at,
    squared_error,
)

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


# Terms


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
    assert torch.equal(RECONSTRUCTIONS["mse"](output, target, sigma), gaussian(output, target, sigma))
    assert torch.equal(RECONSTRUCTIONS["bce"](output, target, None), bce(output, target))


def test_every_term_has_a_loss_and_every_output_is_known():
    assert set(RECONSTRUCTIONS) == set(TERMS)
    assert {term.output for term in TERMS.values()} == set(OUTPUTS)


@pytest.mark.parametrize("kind", list(OUTPUTS))
def test_pixels_of_an_output_lead_back_to_it(kind):
    pixels = torch.linspace(0.01, 0.99, 20)
    torch.testing.assert_close(OUTPUTS[kind].pixels(OUTPUTS[kind].inverse(pixels)), pixels)
    assert OUTPUTS[kind].inverse(torch.tensor([0.0, 1.0])).isfinite().all()


def test_kl_is_that_of_torch_distributions(numbers):
    mean, logvar = 3 * torch.randn(2, 40, 7, generator=numbers)
    expected = kl_divergence(Normal(mean, (logvar / 2).exp()), Normal(0.0, 1.0))
    torch.testing.assert_close(kl_to_unit_normal(mean, logvar), expected, rtol=1e-5, atol=1e-5)


def test_kl_of_the_prior_is_0():
    assert kl_to_unit_normal(torch.zeros(3), torch.zeros(3)).tolist() == [0, 0, 0]


# Schedules


@given(beta=st.floats(0, 1000), step=st.integers(0, 10_000), steps=st.integers(1, 500))
def test_a_warm_up_of_no_epochs_is_none(beta, step, steps):
    assert beta_at(RunConfig(beta=beta), step, steps) == beta


@given(warmup=st.floats(0.01, 500), steps=st.integers(1, 500))
def test_beta_grows_evenly_from_0_to_its_value(warmup, steps):
    config = RunConfig(beta=8, beta_warmup=warmup)
    values = [beta_at(config, step, steps) for step in range(0, 2000, 13)]
    assert values[0] == 0
    for step, value in zip(range(0, 2000, 13), values, strict=True):
        assert value == pytest.approx(8 * min(1, step / (warmup * steps)))


@given(total=st.integers(1, 5000))
def test_one_cycle_rises_for_a_tenth_and_falls_to_nothing(total):
    config = RunConfig(lr_schedule="one-cycle", learning_rate=0.5, epochs=1)
    rates = [learning_rate_at(config, step, total) for step in range(total)]
    peak = rates.index(max(rates))
    assert max(rates) == pytest.approx(0.5)
    assert peak == max(1, total // 10) - 1
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert min(rates) > 0
    assert learning_rate_at(config, total, total) == 0


def test_a_constant_rate_is_constant():
    config = RunConfig(lr_schedule="constant", learning_rate=0.5)
    assert {learning_rate_at(config, step, 100) for step in range(100)} == {0.5}


# Corruptions


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_of_strength_0_changes_no_bit(name, target, numbers):
    assert torch.equal(CORRUPTIONS[name](target, 0.0, numbers), target)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_leaves_its_input_alone(name, target, numbers):
    before = target.clone()
    corrupted = CORRUPTIONS[name](target, 0.9, numbers)
    assert torch.equal(target, before)
    assert corrupted.shape == target.shape
    assert corrupted.min() >= 0


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_mask_blackens_its_share_of_the_pixels_and_keeps_the_brightness(share, numbers):
    pixels = torch.full((1, 1, 300, 300), 0.7)
    masked = CORRUPTIONS["mask"](pixels, share, numbers)
    assert len(masked.unique()) == 2
    assert masked.mean().item() == pytest.approx(0.7, rel=0.05)
    assert (masked == 0).float().mean().item() == pytest.approx(share, abs=0.01)


def test_mask_of_strength_1_leaves_nothing(target, numbers):
    assert not CORRUPTIONS["mask"](target, 1.0, numbers).any()


def test_gaussian_noise_has_the_given_deviation(numbers):
    grey = torch.full((1, 1, 300, 300), 0.5)
    noise = CORRUPTIONS["gaussian"](grey, 0.1, numbers) - grey
    assert noise.std().item() == pytest.approx(0.1, rel=0.02)
    assert noise.mean().item() == pytest.approx(0, abs=0.002)
