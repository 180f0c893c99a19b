"""What a model is worth, against the same numbers computed with `torch.distributions`."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from torch.distributions import Bernoulli, Normal, kl_divergence

from vaelab.config import RunConfig
from vaelab.data.kinds.image import IMAGE
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.evaluation import evaluate, evaluate_in_steps
from vaelab.models.kinds.image import to_unit
from vaelab.models.passes import result_of
from vaelab.models.reconstructions import baselines
from vaelab.networks.sizes import IMAGES_A_PASS
from vaelab.training import fit

VAE = RunConfig(epochs=5, hidden="32", latent_dim=4, batch_size=100, precision="fp32")
LIKELIHOODS = [{}, {"reconstruction": "mse"}, {"reconstruction": "mse", "sigma": 0.5},
               {"architecture": "conv", "hidden": "4-8/16", "epochs": 1}]  # fmt: skip


@pytest.fixture(scope="module")
def trained(tiny):
    """Models trained for a moment, by what differs from the plain VAE; each once."""
    models: dict[str, Autoencoder] = {}

    def get(changes: dict) -> Autoencoder:
        if str(changes) not in models:
            models[str(changes)] = fit(VAE.variant(**changes), data=tiny).model.requires_grad_(False)
        return models[str(changes)]

    return get


@pytest.mark.parametrize("changes", LIKELIHOODS, ids=str)
def test_the_negative_elbo_is_that_of_torch_distributions(changes, trained, tiny, negative_elbo_draws):
    """Its one draw an image has an error of Monte Carlo, known from the spread of many draws."""
    model = trained(changes)
    samples = negative_elbo_draws(model, to_unit(tiny.x_test), 30)
    error = math.sqrt(samples.var(0).sum().item() * (1 + 1 / 30)) / len(tiny.x_test)
    assert evaluate(model, tiny.x_test).neg_elbo == pytest.approx(samples.mean().item(), abs=4 * error)
    assert error < 1


@pytest.mark.parametrize("changes", LIKELIHOODS, ids=str)
def test_terms_add_up_and_kl_is_in_closed_form(changes, trained, tiny):
    model = trained(changes)
    result = evaluate(model, tiny.x_test)
    mean, logvar = model.encoder(to_unit(tiny.x_test)).chunk(2, dim=1)
    kl = kl_divergence(Normal(mean, (logvar / 2).exp()), Normal(0.0, 1.0)).mean(0)
    assert result.kl_per_dim == pytest.approx(kl.tolist(), rel=1e-4, abs=1e-5)
    assert result.kl == pytest.approx(sum(result.kl_per_dim))
    assert result.neg_elbo == pytest.approx(result.recon + result.kl)


def test_beta_has_no_part_in_the_evaluation(trained, tiny):
    model = trained({})
    other = Autoencoder(model.config.variant(beta=100), (1, 28, 28))
    other.load_state_dict(model.state_dict())
    assert evaluate(other, tiny.x_test).neg_elbo == evaluate(model, tiny.x_test).neg_elbo


@pytest.mark.parametrize("changes", LIKELIHOODS, ids=str)
def test_mse_is_a_pixel_of_the_decoded_mean(changes, trained, tiny):
    model = trained(changes)
    x = to_unit(tiny.x_test)
    images = model.decode(model.encode(x).mean)
    assert evaluate(model, tiny.x_test).mse == pytest.approx((images - x).square().mean().item(), rel=1e-5)


def test_an_ae_has_a_reconstruction_and_no_elbo(trained, tiny):
    model = trained({"model": "ae"})
    result = evaluate(model, tiny.x_test)
    assert (result.kl, result.neg_elbo, result.kl_per_dim, result.logvar) == (None, None, None, None)
    x = to_unit(tiny.x_test)
    output = model.output(model.encode(x).mean)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(output, x, reduction="sum") / len(x)
    assert result.recon == pytest.approx(loss.item(), rel=1e-5)


def test_codes_are_those_of_the_images_in_their_order(trained, tiny, monkeypatch):
    model = trained({})
    monkeypatch.setitem(IMAGES_A_PASS["evaluation"], "dense", 64)
    result = evaluate(model, tiny.x_test)
    posterior = model.encode(to_unit(tiny.x_test))
    np.testing.assert_allclose(result.mean, posterior.mean, atol=1e-5)
    np.testing.assert_allclose(result.logvar, posterior.logvar, atol=1e-5)


def test_two_evaluations_give_the_same(trained, tiny):
    model = trained({})
    first, second = (dataclasses.astuple(evaluate(model, tiny.x_test)) for _ in range(2))
    for ours, theirs in zip(first, second, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_evaluation_pauses_between_passes_with_the_callers_gradient_mode(trained, tiny, monkeypatch):
    monkeypatch.setitem(IMAGES_A_PASS["evaluation"], "dense", 200)
    steps = evaluate_in_steps(trained({}), tiny.x_test)
    assert [torch.is_grad_enabled() for _ in steps] == [True] * 3
    whole = result_of(evaluate_in_steps(trained({}), tiny.x_test))
    assert whole.neg_elbo == evaluate(trained({}), tiny.x_test).neg_elbo


# Baselines


def baseline(mnist, changes: dict, mean_image: np.ndarray | None = None):
    mean_image = IMAGE.mean(mnist.x_train) if mean_image is None else mean_image
    return baselines(VAE.variant(**changes), mean_image, mnist.x_test)


def test_baselines_of_mnist_are_the_known_ones(mnist):
    """205.8 nats for the mean image, and 45.5 nats of entropy in the grey values."""
    found = baseline(mnist, {})
    assert (round(found.mean_image, 1), round(found.floor, 1)) == (205.8, 45.5)


def test_the_floor_is_reached_by_the_image_itself(mnist):
    x = to_unit(mnist.x_test[:500]).double()
    own = -Bernoulli(probs=x.clamp(1e-9, 1 - 1e-9), validate_args=False).log_prob(x).sum((1, 2, 3)).mean()
    found = baselines(VAE, IMAGE.mean(mnist.x_train), mnist.x_test[:500])
    assert found.floor == pytest.approx(own.item(), rel=1e-4)


@pytest.mark.parametrize("sigma", [0.2, 1.0])
def test_the_mean_image_under_mse(sigma, mnist):
    x, mean = to_unit(mnist.x_test), torch.tensor(IMAGE.mean(mnist.x_train))
    expected = -Normal(mean, sigma).log_prob(x).sum((1, 2, 3)).mean()
    found = baseline(mnist, {"reconstruction": "mse", "sigma": sigma})
    assert found.floor is None
    assert found.mean_image == pytest.approx(expected.item(), rel=1e-4)


def test_the_mean_image_under_mse_with_the_best_sigma(mnist):
    auto = baseline(mnist, {"reconstruction": "mse"}).mean_image
    given = [baseline(mnist, {"reconstruction": "mse", "sigma": sigma}).mean_image
             for sigma in (0.2, 0.24, 0.25, 0.26, 0.27, 0.3)]  # fmt: skip
    assert auto <= min(given) < auto + 1


def test_the_mean_of_images(mnist):
    expected = mnist.x_train.mean(0, dtype=np.float64) / 255
    np.testing.assert_allclose(IMAGE.mean(mnist.x_train), expected, atol=1e-6)
    assert IMAGE.mean(mnist.x_train).dtype == np.float32
    np.testing.assert_allclose(IMAGE.mean(mnist.x_train, most=20_000), expected, atol=0.02)
    rows = np.array([3, 7, 8, 20, 20])
    np.testing.assert_allclose(IMAGE.mean(mnist.x_train, rows), mnist.x_train[rows].mean(0) / 255, atol=1e-6)


def test_images_as_numbers_from_0_to_1(mnist):
    """Read-only arrays too, which PyTorch may not share."""
    x = to_unit(mnist.x_test[:9])
    assert x.dtype == torch.float32
    assert (x.min(), x.max()) == (0, 1)
    assert torch.equal(x, torch.tensor(mnist.x_test[:9].astype(np.float32)) / 255)
    own = mnist.x_test[:9].copy()
    to_unit(own)
    assert np.array_equal(own, mnist.x_test[:9])
