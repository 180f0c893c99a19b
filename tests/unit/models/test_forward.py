"""The forward pass that live views show is the model's own: activations, codes, pixels, losses."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch

from vaelab.config import RunConfig
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.codes import embed, reconstruct
from vaelab.models.forward import forward_pass
from vaelab.networks.cells import drawn_networks, forward_shapes
from vaelab.networks.operations import OPERATIONS

SHAPES = [(1, 28, 28), (3, 13, 10)]
MLP = {"hidden": "100-20", "latent_dim": 3}
CONV = {"architecture": "conv", "hidden": "5-6/40/9", "latent_dim": 3}
NETWORKS = [
    *({**MLP, "activation": name} for name, row in OPERATIONS.items() if row.is_activation),
    {**MLP, "hidden": "none"},
    {**MLP, "model": "ae", "code_activation": "relu"},
    CONV,
    {**CONV, "model": "ae", "reconstruction": "mse", "sigma": 0.3},
]


@pytest.fixture(params=list(product(NETWORKS, SHAPES)), ids=str)
def model(request: pytest.FixtureRequest) -> Autoencoder:
    settings, shape = request.param
    made = Autoencoder(RunConfig.model_validate(settings), shape)
    numbers = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in made.parameters():  # biases start at 0, where a wrong one would not show
            weight.add_(0.1 * torch.randn(weight.shape, generator=numbers))
    return made


@pytest.fixture
def images(model: Autoencoder) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (5, *model.shape), dtype=np.uint8)


@torch.no_grad()
def test_cells_are_the_means_of_what_the_modules_output(model: Autoencoder, images: np.ndarray) -> None:
    outputs: dict[str, torch.Tensor] = {}
    for name, module in model.named_modules():
        module.register_forward_hook(lambda _, __, output, name=name: outputs.__setitem__(name, output))
    model.output(model.encode(model.kind.to_tensor(images, "cpu")).mean)
    values = forward_pass(model, images).values
    assert {name: array.shape for name, array in values.items()} == forward_shapes(
        model.config, model.shape, len(images)
    )
    for layer in drawn_networks(model.config, model.shape):
        expected = layer.cells(outputs[layer.name].numpy())
        np.testing.assert_array_equal(values[layer.name], expected.astype(np.float16))
        assert expected.std() > 0


@torch.no_grad()
def test_codes_reconstructions_and_losses_are_those_of_the_model(
    model: Autoencoder, images: np.ndarray
) -> None:
    found, codes = forward_pass(model, images), embed(model, images)
    np.testing.assert_array_equal(found.values["mean"], codes.mean)
    assert ("logvar" in found.values) == (codes.logvar is not None)
    if codes.logvar is not None:
        np.testing.assert_array_equal(found.values["logvar"], codes.logvar)
    np.testing.assert_array_equal(found.reconstructions, reconstruct(model, images))
    x = model.kind.to_tensor(images, "cpu")
    recon = model.reconstruction(model.output(torch.tensor(codes.mean))[None], x)[0]
    np.testing.assert_allclose(found.values["recon"], recon, rtol=1e-6)
