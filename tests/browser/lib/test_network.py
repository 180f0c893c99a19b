"""The browser's own networks against PyTorch's: the same images and posteriors from the same weights."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Page

from tests.support.servers import Server
from vaelab.config import RunConfig
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.codes import decode
from vaelab.models.forward import forward_pass
from vaelab.models.kinds.image import to_unit
from vaelab.networks.cells import drawn_networks
from vaelab.networks.portable import decoder_file, encoder_file
from vaelab.ui.widgets.drawn_network import layer_values

COUNT = 16

RUN_ALL = """async ([file, inputs, length]) => {
    const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer
    const { readSafetensors } = await import("/lab/components/lib/safetensors.js")
    const { makeNetwork } = await import("/lab/components/lib/network.js")
    const network = makeNetwork(readSafetensors(bytes(file)))
    const numbers = new Float32Array(bytes(inputs))
    const results = []
    for (let start = 0; start < numbers.length; start += length) {
        const result = network(numbers.slice(start, start + length))
        results.push(result.mean ? [[...result.mean], result.logvar && [...result.logvar]] : [...result])
    }
    return results
}"""

RUN_WITH_CELLS = """async ([file, inputs, targets, layers]) => {
    const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer
    const { readSafetensors } = await import("/lab/components/lib/safetensors.js")
    const { makeNetwork } = await import("/lab/components/lib/network.js")
    const { runWithCells } = await import("/lab/components/lib/cells.js")
    const { LOSSES } = await import("/lab/components/lib/losses.js")
    const network = makeNetwork(readSafetensors(bytes(file)))
    return inputs.map((input, index) => {
        const { cells, raw } = runWithCells(network, Float32Array.from(input), layers)
        const plain = Object.entries(cells).map(([name, values]) => [name, [...values]])
        return [Object.fromEntries(plain), targets ? LOSSES.bce(raw, targets[index]) : null]
    })
}"""

MLP = {"architecture": "mlp", "hidden": "24-17"}
CONV = {"architecture": "conv", "hidden": "5-6/9/7"}
GREY, COLOUR, ODD = (1, 28, 28), (3, 32, 32), (1, 13, 10)


@pytest.fixture
def lab(page: Page, server: Server) -> Page:
    """A page of the app's own origin, from which its modules can be imported."""
    page.goto(f"{server.url}/lab/components/lib/network.js")
    return page


def model_of(shape: tuple[int, int, int], **settings: Any) -> Autoencoder:
    """A model whose weights and biases are all random, so that each of them counts."""
    model = Autoencoder(RunConfig.model_validate(settings), shape)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator) * 0.3)
    return model.eval()


def weights_of(model: Autoencoder) -> Mapping[str, np.ndarray]:
    return {name: np.ascontiguousarray(weight.numpy()) for name, weight in model.state_dict().items()}


def run_all(page: Page, file: bytes, inputs: np.ndarray) -> list[Any]:
    numbers = inputs.reshape(len(inputs), -1).astype("<f4")
    texts = [base64.b64encode(content).decode() for content in (file, numbers.tobytes())]
    return page.evaluate(RUN_ALL, [*texts, numbers.shape[1]])


ACTIVATIONS = ("relu", "leaky_relu", "gelu", "tanh", "sigmoid")
NETWORKS = [
    *((GREY, {**MLP, "activation": name}) for name in ACTIVATIONS),
    (GREY, {**MLP, "hidden": "none", "reconstruction": "mse"}),
    (GREY, {**MLP, "latent_dim": 1}),
    (GREY, CONV),
    (COLOUR, {**CONV, "hidden": "4-5-6", "reconstruction": "mse", "latent_dim": 20}),
    (ODD, {**CONV, "activation": "gelu", "latent_dim": 5}),
]


@pytest.mark.parametrize(("shape", "settings"), NETWORKS)
def test_images_of_random_codes_are_those_of_the_servers_decoder(
    lab: Page, shape: tuple[int, int, int], settings: dict[str, Any]
) -> None:
    model = model_of(shape, **settings)
    z = np.random.default_rng(0).normal(size=(COUNT, model.config.latent_dim)) * 2
    pixels = np.array(run_all(lab, decoder_file(model.config, shape, weights_of(model)), z))
    expected = decode(model, z).reshape(COUNT, -1)
    assert expected.std() > 0
    # The server's are rounded to bytes; before that the two agree far better than asked, 1/255.
    assert np.abs(pixels - expected / 255).max() < 0.51 / 255


@pytest.mark.parametrize(("shape", "settings"), NETWORKS)
def test_posteriors_are_those_of_the_servers_encoder(
    lab: Page, shape: tuple[int, int, int], settings: dict[str, Any]
) -> None:
    model = model_of(shape, **settings)
    images = np.random.default_rng(0).integers(0, 256, (COUNT, *shape), dtype=np.uint8)
    found = run_all(lab, encoder_file(model.config, shape, weights_of(model)), images / 255)
    with torch.no_grad():
        posterior = model.encode(to_unit(images))
    means, logvars = (np.array(part) for part in zip(*found, strict=True))
    np.testing.assert_allclose(means, posterior.mean, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(logvars, posterior.logvar, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("code_activation", ["none", "relu"])
def test_an_autoencoder_gives_a_code_without_a_variance(lab: Page, code_activation: str) -> None:
    model = model_of(GREY, **MLP, model="ae", code_activation=code_activation)
    images = np.random.default_rng(0).integers(0, 256, (COUNT, *GREY), dtype=np.uint8)
    found = run_all(lab, encoder_file(model.config, GREY, weights_of(model)), images / 255)
    with torch.no_grad():
        expected = model.encode(to_unit(images)).mean.numpy()
    assert {logvar for _, logvar in found} == {None}
    np.testing.assert_allclose(np.array([mean for mean, _ in found]), expected, rtol=1e-4, atol=1e-3)


def test_half_precision_weights_are_read_as_numpy_reads_them(lab: Page) -> None:
    model = model_of(GREY, **MLP)
    halves = {name: weight.astype(np.float16) for name, weight in weights_of(model).items()}
    model.load_state_dict({name: torch.tensor(weight.astype(np.float32)) for name, weight in halves.items()})
    z = np.random.default_rng(0).normal(size=(COUNT, model.config.latent_dim))
    pixels = np.array(run_all(lab, decoder_file(model.config, GREY, halves), z))
    assert np.abs(pixels - decode(model, z).reshape(COUNT, -1) / 255).max() < 0.51 / 255


@pytest.mark.parametrize(("shape", "settings"), [*NETWORKS, (GREY, {**MLP, "hidden": "100-33"})])
def test_cells_of_hidden_layers_and_losses_are_those_of_the_servers_forward_pass(
    lab: Page, shape: tuple[int, int, int], settings: dict[str, Any]
) -> None:
    model = model_of(shape, **settings)
    images = np.random.default_rng(0).integers(0, 256, (COUNT, *shape), dtype=np.uint8)
    expected = forward_pass(model, images).values
    x = (images / 255).reshape(COUNT, -1)
    layers = [layer_values(layer) for layer in drawn_networks(model.config, shape)]
    found: dict[str, list[Any]] = {}
    for make, inputs, targets in ((encoder_file, x, None), (decoder_file, expected["mean"], x)):
        file = base64.b64encode(make(model.config, shape, weights_of(model))).decode()
        goal = None if targets is None else targets.tolist()
        for cells, recon in lab.evaluate(RUN_WITH_CELLS, [file, inputs.tolist(), goal, layers]):
            for name, values in {**cells, "recon": recon}.items():
                found.setdefault(name, []).append(values)
    assert {layer["name"] for layer in layers} == {name for name in found if "." in name}
    for name in (layer["name"] for layer in layers):
        cells = np.array(found[name]).reshape(expected[name].shape)
        np.testing.assert_allclose(cells, expected[name], rtol=2e-3, atol=2e-3, err_msg=name)
    if model.config.reconstruction == "bce":
        np.testing.assert_allclose(found["recon"][COUNT:], expected["recon"], rtol=1e-4)
