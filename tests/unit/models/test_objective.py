"""The KL term against `torch.distributions`, the schedules, and the corruptions."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Normal, kl_divergence

from vaelab.config import RunConfig
from vaelab.models.objective import (
    CORRUPTIONS,
    beta_at,
    kl_to_unit_normal,
    learning_rate_at,
)

BATCH, SHAPE = 5, (2, 4, 6)


@pytest.fixture
def numbers() -> torch.Generator:
    return torch.Generator().manual_seed(0)


@pytest.fixture
def target(numbers: torch.Generator) -> torch.Tensor:
    """Grey pixels in [0, 1], black and white ones among them."""
    return torch.rand(BATCH, *SHAPE, generator=numbers).mul(1.2).sub(0.1).clamp(0, 1)


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
