"""Layer lists: what they describe is what the modules compute, for whoever runs them elsewhere."""

from __future__ import annotations

import json
import math
import re
from itertools import product
from typing import Any

import pytest
import torch
from torch.nn import functional

from vaelab.config import RunConfig
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.operations import MODULES
from vaelab.networks.layers import describe
from vaelab.networks.operations import OPERATIONS
from vaelab.paths import COMPONENTS

MLP, CONV = (
    RunConfig(hidden="20-10", latent_dim=3),
    RunConfig(architecture="conv", hidden="3-4-5/7/6", latent_dim=3),
)
SHAPES = [(1, 28, 28), (3, 32, 32), (2, 13, 6), (1, 1, 9)]

ACTIVATIONS = [name for name, row in OPERATIONS.items() if row.is_activation]
FORMULAS = {
    "relu": lambda x: x.clamp(min=0),
    "leaky_relu": lambda x: torch.where(x > 0, x, 0.01 * x),
    "gelu": lambda x: 0.5 * x * (1 + torch.erf(x / math.sqrt(2))),
    "tanh": torch.tanh,
    "sigmoid": lambda x: 1 / (1 + torch.exp(-x)),
}


def run_described(
    layers: list[dict[str, Any]], weights: dict[str, torch.Tensor], x: torch.Tensor
) -> torch.Tensor:
    """Compute a described network with nothing but its description and its weights."""
    for layer in layers:
        match layer["operation"]:
            case "flatten":
                x = x.reshape(len(x), -1)
            case "reshape":
                x = x.reshape(len(x), *layer["shape"])
            case "linear":
                x = x @ weights[layer["weight"]].T + weights[layer["bias"]]
            case "conv":
                x = functional.conv2d(
                    x, weights[layer["weight"]], weights[layer["bias"]], stride=layer["stride"], padding=1
                )
            case "conv_transpose":
                x = functional.conv_transpose2d(
                    x, weights[layer["weight"]], weights[layer["bias"]], stride=layer["stride"], padding=1,
                    output_padding=layer["output_padding"],
                )  # fmt: skip
            case activation:
                x = FORMULAS[activation](x)
    return x


def described(model: Autoencoder) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Both descriptions, as they arrive in a browser."""
    lists = describe(model.encoder_layers, "encoder"), describe(model.decoder_layers, "decoder")
    return json.loads(json.dumps(lists, allow_nan=False))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("config", [MLP, CONV, MLP.variant(hidden="none")], ids=["mlp", "conv", "linear"])
@torch.no_grad()
def test_the_description_computes_what_the_module_computes(config, activation, shape):
    model = Autoencoder(config.variant(activation=activation), shape)
    numbers = torch.Generator().manual_seed(0)
    for weight in model.parameters():  # biases start at 0, where a wrong one would not show
        weight.add_(0.1 * torch.randn(weight.shape, generator=numbers))
    weights = model.state_dict()
    encoder, decoder = described(model)
    x, z = torch.rand(4, *shape, generator=numbers), torch.randn(4, 3, generator=numbers)
    torch.testing.assert_close(run_described(encoder, weights, x), model.encoder(x), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(run_described(decoder, weights, z), model.output(z), rtol=1e-4, atol=1e-5)


def test_the_three_tables_have_the_same_operations():
    browser = (COMPONENTS / "lib" / "operations.js").read_text()
    table = re.search(r"export const OPERATIONS = {\n(.*?)\n}", browser, re.DOTALL)
    assert table is not None
    in_browser = re.findall(r"^  (\w+)[:,]", table[1], re.MULTILINE)
    assert in_browser == [*MODULES] == [*OPERATIONS]


def test_every_operation_and_activation_is_in_some_description():
    lists = [
        layer
        for config in (MLP, CONV)
        for part in described(Autoencoder(config, (1, 9, 9)))
        for layer in part
    ]
    assert {layer["operation"] for layer in lists} == {*OPERATIONS} - {*ACTIVATIONS} | {"relu"}
    assert set(FORMULAS) == set(ACTIVATIONS)


@pytest.mark.parametrize("config", [MLP, CONV], ids=["mlp", "conv"])
def test_the_description_names_every_tensor_once(config):
    model = Autoencoder(config, (1, 28, 28))
    named = [layer[kind] for part in described(model) for layer in part for kind in ("weight", "bias")
             if kind in layer]  # fmt: skip
    assert sorted(named) == sorted(name for name, _ in model.named_parameters())


@pytest.mark.parametrize(("architecture", "hidden"), [("mlp", "30-20-10"), ("conv", "4-8-9/30-20/7")])
def test_the_decoder_mirrors_the_encoder(architecture, hidden):
    """Layer for layer the same sizes, read backwards; the dense ones of conv have their own."""
    model = Autoencoder(RunConfig(architecture=architecture, hidden=hidden, model="ae"), (1, 28, 28))
    encoder, decoder = ([(layer["inputs"], layer["outputs"]) for layer in part if "inputs" in layer]
                        for part in described(model))  # fmt: skip
    if architecture == "mlp":
        assert encoder == [(784, 30), (30, 20), (20, 10), (10, 2)]
        assert decoder == [(outputs, inputs) for inputs, outputs in reversed(encoder)]
    else:
        assert encoder == [(1, 4), (4, 8), (8, 9), (9 * 4 * 4, 30), (30, 20), (20, 2)]
        assert decoder == [(2, 7), (7, 9 * 4 * 4), (9, 9), (9, 8), (8, 4), (4, 1)]


@pytest.mark.parametrize(
    "config",
    [MLP.variant(hidden="400", latent_dim=50), CONV.variant(hidden="64-64/90")],
    ids=["mlp", "conv"],
)
def test_weights_start_glorot_uniform_and_biases_at_zero(config):
    model = Autoencoder(config, (1, 28, 28))
    checked = 0
    for module in model.modules():
        if not isinstance(module, (torch.nn.Linear, torch.nn.Conv2d, torch.nn.ConvTranspose2d)):
            continue
        assert not module.bias.any()
        # A head of mean and log-variance is two layers side by side.
        is_head = module is model.encoder[-1]
        for weight in module.weight.chunk(2 if is_head else 1):
            field = weight[0, 0].numel()
            bound = math.sqrt(6 / (field * (weight.shape[0] + weight.shape[1])))
            assert weight.abs().max() <= bound
            if weight.numel() > 500:
                checked += 1
                assert weight.abs().max() > 0.98 * bound
                assert weight.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.05)
    assert checked >= 4


@pytest.mark.parametrize(("hidden", "size"), list(product(["2", "2-3-4-5"], [1, 2, 7, 16, 28, 31, 32, 33])))
def test_convolutions_give_back_any_size(hidden, size):
    model = Autoencoder(CONV.variant(hidden=hidden), (2, size, 34 - size))
    assert model.decode(torch.zeros(1, 3)).shape == (1, 2, size, 34 - size)
    assert model.encode(torch.zeros(1, 2, size, 34 - size)).mean.shape == (1, 3)
