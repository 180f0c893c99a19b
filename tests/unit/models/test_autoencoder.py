"""The autoencoder: posteriors, decoding, and initial weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from vaelab.config import RunConfig
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.posteriors import Posterior

VAE = RunConfig(hidden="16", latent_dim=3)
AE = VAE.variant(model="ae")
GREY, COLOUR = (1, 28, 28), (3, 32, 32)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def posterior() -> Posterior:
    mean, logvar = torch.randn(2, 4, 3, generator=generator())
    return Posterior(mean, logvar)


# Posteriors


def test_samples_have_the_posteriors_mean_and_variance(posterior):
    z = posterior.sample(generator(), 20_000)
    assert z.shape == (20_000, 4, 3)
    error = (posterior.logvar / 2).exp() / 20_000**0.5
    assert ((z.mean(0) - posterior.mean).abs() < 5 * error).all()
    torch.testing.assert_close(z.var(0), posterior.logvar.exp(), rtol=0.05, atol=0)


def test_samples_come_from_the_given_generator_alone(posterior):
    before = torch.get_rng_state()
    assert torch.equal(posterior.sample(generator(1)), posterior.sample(generator(1)))
    assert not torch.equal(posterior.sample(generator(1)), posterior.sample(generator(2)))
    assert torch.equal(torch.get_rng_state(), before)


def test_samples_carry_the_gradient_of_mean_and_variance():
    mean, logvar = torch.zeros(1, 1, requires_grad=True), torch.zeros(1, 1, requires_grad=True)
    z = Posterior(mean, logvar).sample(generator())
    z.backward()
    assert mean.grad.item() == 1
    assert logvar.grad.item() == pytest.approx(z.item() / 2)


def test_kl_keeps_the_shape_of_the_codes(posterior):
    q = Normal(posterior.mean, (posterior.logvar / 2).exp())
    torch.testing.assert_close(posterior.kl(), kl_divergence(q, Normal(0.0, 1.0)))


def test_a_point_is_its_own_sample_draws_nothing_and_has_no_kl():
    point = Posterior(torch.randn(4, 3, generator=generator()), None)
    numbers = generator()
    z = point.sample(numbers, 5)
    assert z.shape == (5, 4, 3)
    assert all(torch.equal(sample, point.mean) for sample in z)
    assert torch.equal(numbers.get_state(), generator().get_state())
    assert point.kl() is None


# Encoding and decoding


@pytest.mark.parametrize("shape", [GREY, COLOUR])
@pytest.mark.parametrize("architecture", ["mlp", "conv"])
def test_shapes_of_codes_and_images(architecture, shape):
    config = VAE.variant(architecture=architecture)
    model = Autoencoder(config, shape)
    encoded = model.encode(torch.rand(4, *shape, generator=generator()))
    assert encoded.mean.shape == encoded.logvar.shape == (4, 3)
    assert model.output(encoded.sample(generator(), 2)).shape == (2, 4, *shape)
    assert model.decode(encoded.mean).shape == (4, *shape)


def test_an_ae_encodes_a_point():
    assert Autoencoder(AE, GREY).encode(torch.zeros(2, *GREY)).logvar is None


@pytest.mark.parametrize(("config", "least"), [(AE.variant(code_activation="relu"), 0.0), (AE, -np.inf),
                                               (VAE.variant(code_activation="relu"), -np.inf)])  # fmt: skip
def test_relu_codes_are_not_negative_and_only_an_ae_has_them(config, least):
    mean = Autoencoder(config, GREY).encode(torch.rand(50, *GREY, generator=generator())).mean
    assert mean.min() >= least
    assert (mean.min() < 0) == (least < 0)


@pytest.mark.parametrize("reconstruction", ["bce", "mse"])
def test_decoded_pixels_are_in_range_and_follow_the_output(reconstruction):
    model = Autoencoder(AE.variant(reconstruction=reconstruction), GREY)
    z = 30 * torch.randn(9, 3, generator=generator())
    raw, images = model.output(z), model.decode(z)
    assert raw.min() < 0
    assert raw.max() > 1
    assert 0 <= images.min() <= images.max() <= 1
    assert torch.equal(images, raw.sigmoid() if reconstruction == "bce" else raw.clamp(0, 1))


@pytest.mark.parametrize("shape", [(2, 1, 28, 27), (2, 3, 28, 28), (1, 28, 28)])
def test_images_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"encode needs images of shape \(B, \(1, 28, 28\)\), not "):
        Autoencoder(VAE, GREY).encode(torch.zeros(shape))


# Where it starts


@pytest.mark.parametrize("architecture", ["mlp", "conv"])
@pytest.mark.parametrize("reconstruction", ["bce", "mse"])
def test_the_decoder_starts_at_the_mean_image(reconstruction, architecture):
    config = VAE.variant(architecture=architecture, reconstruction=reconstruction, activation="relu")
    mean_image = np.linspace(0.1, 0.9, 3 * 32 * 32, dtype=np.float32).reshape(COLOUR)
    image = Autoencoder(config, COLOUR, mean_image).decode(torch.zeros(1, 3))[0].detach().numpy()
    if architecture == "conv":  # one bias a channel
        mean_image = np.broadcast_to(mean_image.mean((1, 2), keepdims=True), COLOUR)
    np.testing.assert_allclose(image, mean_image, atol=1e-5)


def test_pixels_that_are_always_black_or_white_start_at_finite_weights():
    mean_image = np.zeros(GREY, np.float32)
    mean_image[0, 0] = 1
    model = Autoencoder(VAE, GREY, mean_image)
    assert all(weight.isfinite().all() for weight in model.parameters())


def test_weights_are_fixed_by_the_seed_and_not_by_the_global_generator():
    first = Autoencoder(VAE, GREY).state_dict()
    before = torch.get_rng_state()
    torch.manual_seed(123)
    again = Autoencoder(VAE, GREY).state_dict()
    torch.set_rng_state(before)
    other = Autoencoder(VAE.variant(seed=1), GREY).state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first if name.endswith("weight"))


@pytest.mark.parametrize(
    ("changes", "sigma"),
    [({}, None), ({"reconstruction": "mse"}, 1.0), ({"reconstruction": "mse", "sigma": 0.25}, 0.25)],
)
def test_sigma_belongs_to_mse_and_to_the_saved_weights(changes, sigma):
    model = Autoencoder(VAE.variant(**changes), GREY)
    assert (model.sigma if sigma is None else float(model.sigma)) == sigma
    assert ("sigma" in model.state_dict()) == (sigma is not None)
