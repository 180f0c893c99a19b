"""An operation that only these tests know works everywhere: it is a row of the two tables in Python."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from safetensors.numpy import load, save

from vaelab.analysis.one_step import explain_step
from vaelab.config import RunConfig
from vaelab.data import Dataset
from vaelab.export.bundle_checks import parse_weights
from vaelab.export.script import script, sections
from vaelab.export.unzip import ImportRefused
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.forward import forward_pass
from vaelab.models.operations import MODULES
from vaelab.networks import layers, operations
from vaelab.networks.cells import forward_shapes
from vaelab.networks.layers import Layer, cost, describe, network_layers
from vaelab.networks.operations import Operation
from vaelab.networks.portable import encoder_file
from vaelab.training.session import Session

SHAPE = (1, 28, 28)
CONFIG = RunConfig(architecture="conv", hidden="4-8/16", precision="fp32")
NORM = Operation(
    code=lambda channels: f"nn.GroupNorm(1, {channels})",
    tensors=lambda channels: {"weight": (channels,), "bias": (channels,)},
)


@pytest.fixture(autouse=True)
def norm(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operation `norm`: mean 0 and variance 1 over a map, then a factor and an offset a channel."""
    conv_encoder = layers.ENCODERS["conv"]

    def with_norm(*about: object, **more: object) -> list[Layer]:
        plain = conv_encoder(*about, **more)
        norms = {index: Layer("norm", {"channels": layer.attributes["outputs"]})
                 for index, layer in enumerate(plain) if layer.operation == "conv"}  # fmt: skip
        return [one for index, layer in enumerate(plain) for one in (layer, norms.get(index)) if one]

    monkeypatch.setitem(operations.OPERATIONS, "norm", NORM)
    monkeypatch.setitem(MODULES, "norm", lambda channels: torch.nn.GroupNorm(1, channels))
    monkeypatch.setitem(layers.ENCODERS, "conv", with_norm)


def weights() -> dict[str, np.ndarray]:
    return {name: tensor.numpy() for name, tensor in Autoencoder(CONFIG, SHAPE).state_dict().items()}


def test_it_is_built_and_a_step_moves_its_weights(tiny: Dataset) -> None:
    session = Session(CONFIG, tiny, torch.device("cpu"))
    found = [module for module in session.model.encoder if isinstance(module, torch.nn.GroupNorm)]
    assert [module.num_channels for module in found] == [4, 8]
    assert all((module.weight == 1).all() and (module.bias == 0).all() for module in found)
    training = session.work()
    while session.progress.step == 0:
        next(training)
    assert session.finite
    assert all((module.weight != 1).any() and (module.bias != 0).any() for module in found)


def test_its_shapes_and_its_cost_follow_from_the_row() -> None:
    encoder, _ = network_layers(CONFIG, SHAPE)
    model = Autoencoder(CONFIG, SHAPE)
    found = cost(encoder, SHAPE)
    assert found.parameters == sum(tensor.numel() for tensor in model.encoder.parameters())
    without = cost([layer for layer in encoder if layer.operation != "norm"], SHAPE)
    assert found.multiplications - without.multiplications == 4 * 14 * 14 + 8 * 7 * 7
    assert describe(encoder, "encoder")[1] == {
        "operation": "norm", "channels": 4, "weight": "encoder.1.weight", "bias": "encoder.1.bias",
    }  # fmt: skip
    assert set(load(encoder_file(CONFIG, SHAPE, weights()))) == {
        name for name in weights() if name.startswith("encoder.")
    }


def test_its_weights_from_a_stranger_are_checked() -> None:
    assert set(parse_weights(save(weights()), CONFIG)) == set(weights())
    wrong = weights()
    wrong["encoder.1.weight"], wrong["encoder.1.bias"] = wrong["encoder.1.weight"][:3], np.zeros(5, "f4")
    with pytest.raises(ImportRefused, match=r"encoder\.1\."):
        parse_weights(save(wrong), CONFIG)


def test_a_script_has_its_line_and_computes_the_same() -> None:
    assert "nn.Conv2d(1, 4, 3, stride=2, padding=1),\n            nn.GroupNorm(1, 4), nn.ReLU()," in script(
        CONFIG
    )
    setup, _, listed, *_ = sections(CONFIG.variant(model="ae"))
    program = {"x_train": torch.rand(3, *SHAPE), "device": "cpu"}
    model = Autoencoder(CONFIG.variant(model="ae"), SHAPE)
    with torch.random.fork_rng(), torch.no_grad():
        exec(setup.code, program)
        exec(listed.code, program)
        program["model"].load_state_dict(model.state_dict())
        x = torch.rand(2, *SHAPE)
        torch.testing.assert_close(program["model"](x), model.output(model.encode(x).mean))


def test_slow_motion_shows_its_gradient(tiny: Dataset) -> None:
    data = dataclasses.replace(tiny, x_train=tiny.x_train[:1], y_train=tiny.y_train[:1])
    model = Autoencoder(CONFIG, tiny.spec.shape)
    noise, corruption = (torch.Generator().manual_seed(seed) for seed in range(2))
    step = explain_step(model, data.x_train[0], noise=noise, corruption=corruption)
    sizes = {gradient.name: gradient for gradient in step.gradients}
    assert sizes["encoder[1]"].parameters == 8
    assert sizes["encoder[1]"].size > 0
    assert [hidden.name for hidden in step.hidden] == ["encoder[2]", "encoder[5]", "encoder[8]"]


def test_the_hidden_layers_that_are_drawn_come_after_it(tiny: Dataset) -> None:
    values = forward_pass(Autoencoder(CONFIG, SHAPE), tiny.x_test[:2]).values
    assert [name for name in values if name.startswith("encoder.")] == ["encoder.2", "encoder.5", "encoder.8"]
    assert {name: array.shape for name, array in values.items()} == forward_shapes(CONFIG, SHAPE, 2)
