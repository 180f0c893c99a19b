"""Codes of images, images of codes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vaelab.config import RunConfig
from vaelab.latent.planes import axes_plane
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.codes import decode, decode_grid, embed, embed_in_steps, reconstruct
from vaelab.models.kinds.image import to_bytes, to_unit
from vaelab.networks.sizes import IMAGES_A_PASS

VAE = RunConfig(hidden="16", latent_dim=3)
SHAPE = (1, 28, 28)


@pytest.fixture(params=["vae", "ae"])
def model(request: pytest.FixtureRequest) -> Autoencoder:
    """A model as in training: with gradients on."""
    return Autoencoder(VAE.variant(model=request.param), SHAPE)


@pytest.fixture(autouse=True)
def several_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(IMAGES_A_PASS["evaluation"], "dense", 64)


def test_codes_are_the_encoders_in_the_order_of_the_images(model, tiny):
    codes = embed(model, tiny.x_test)
    posterior = model.encode(to_unit(tiny.x_test))
    np.testing.assert_allclose(codes.mean, posterior.mean.detach(), atol=1e-5)
    assert (codes.logvar is None) == (model.config.model == "ae")
    if codes.logvar is not None:
        np.testing.assert_allclose(codes.logvar, posterior.logvar.detach(), atol=1e-5)


def test_embedding_pauses_between_passes_with_the_callers_gradient_mode(model, tiny):
    assert [torch.is_grad_enabled() for _ in embed_in_steps(model, tiny.x_test[:130])] == [True] * 3


def test_decoded_images_are_the_decoders_in_bytes(model):
    z = np.random.default_rng(0).normal(size=(150, 3))
    images = decode(model, z)
    assert images.dtype == np.uint8
    expected = model.decode(torch.tensor(z, dtype=torch.float32)).detach().numpy() * 255
    assert np.abs(images - expected).max() <= 0.5 + 1e-3


def test_a_reconstruction_is_the_image_of_the_code(model, tiny):
    images = tiny.x_test[:70]
    assert np.array_equal(reconstruct(model, images), decode(model, embed(model, images).mean))


def test_a_grid_is_read_from_left_to_right_with_the_largest_y_first(model):
    x, y, anchor = np.array([-1.0, 0.0, 2.0]), np.array([-3.0, 4.0]), np.array([9.0, 0.5, 9.0])
    images = decode_grid(model, axes_plane(3, 2, 0), x, y, anchor)
    codes = [(up, 0.5, across) for up in (4, -3) for across in (-1, 0, 2)]
    assert np.array_equal(images, decode(model, np.array(codes)))
    assert len(np.unique(images.reshape(6, -1), axis=0)) == 6


def test_bytes_are_rounded_to_the_nearest():
    levels = np.arange(256, dtype=np.uint8)
    assert np.array_equal(to_bytes(torch.tensor(levels / 255)), levels)
    assert np.array_equal(to_bytes(torch.tensor((levels[:-1] + 0.4) / 255)), levels[:-1])
    given = torch.rand(3)
    kept = given.clone()
    to_bytes(given)
    assert torch.equal(given, kept)
