"""Files for the browser: what they hold, and that nothing of it is lost."""

from __future__ import annotations

import json

import numpy as np
import pytest
from safetensors.numpy import load

from vaelab.config import RunConfig
from vaelab.models.autoencoder import Autoencoder
from vaelab.networks.layers import describe, network_layers
from vaelab.networks.portable import codes_file, decoder_file, encoder_file, images_file

SHAPE = (1, 28, 28)


def metadata(content: bytes) -> dict[str, str]:
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length])["__metadata__"]


def weights(config: RunConfig) -> dict[str, np.ndarray]:
    return {name: weight.numpy() for name, weight in Autoencoder(config, SHAPE).state_dict().items()}


@pytest.mark.parametrize("settings", [{}, {"architecture": "conv", "hidden": "4-8"}])
def test_a_network_s_file_has_its_layers_and_exactly_their_tensors(settings: dict[str, str]) -> None:
    config = RunConfig.model_validate(settings)
    everything = weights(config)
    for make, prefix, index in ((encoder_file, "encoder", 0), (decoder_file, "decoder", 1)):
        content = make(config, SHAPE, everything)
        tensors = load(content)
        assert set(tensors) == {name for name in everything if name.startswith(prefix)}
        for name, tensor in tensors.items():
            np.testing.assert_array_equal(tensor, everything[name])
        layers = json.loads(metadata(content)["network"])["layers"]
        expected = describe(network_layers(config, SHAPE)[index], prefix)
        assert layers == json.loads(json.dumps(expected))


@pytest.mark.parametrize(
    ("settings", "encoder", "decoder"),
    [
        ({}, "posterior", "sigmoid"),
        ({"model": "ae"}, "code", "sigmoid"),
        ({"model": "ae", "code_activation": "relu", "reconstruction": "mse"}, "relu", "clamp"),
        ({"model": "vae", "code_activation": "relu"}, "posterior", "sigmoid"),
    ],
)
def test_a_network_s_file_says_what_becomes_of_its_output(
    settings: dict[str, str], encoder: str, decoder: str
) -> None:
    config = RunConfig.model_validate(settings)
    for make, output in ((encoder_file, encoder), (decoder_file, decoder)):
        content = make(config, SHAPE, weights(config))
        assert json.loads(metadata(content)["network"])["output"] == output


def test_a_missing_tensor_is_an_error() -> None:
    config = RunConfig()
    everything = weights(config)
    everything.pop("decoder.0.weight")
    with pytest.raises(KeyError, match=r"decoder\.0\.weight"):
        decoder_file(config, SHAPE, everything)


def test_codes_and_images_come_back_as_they_were() -> None:
    random = np.random.default_rng(0)
    mean, logvar = random.normal(size=(2, 7, 3)).astype(np.float16)
    labels = random.integers(0, 26, 7)
    images = random.integers(0, 256, (7, *SHAPE), dtype=np.uint8)
    codes = load(codes_file(mean, logvar, labels))
    for name, values in (("mean", mean), ("logvar", logvar), ("labels", labels)):
        np.testing.assert_array_equal(codes[name], values)
    assert set(load(codes_file(mean, None, labels))) == {"mean", "labels"}
    np.testing.assert_array_equal(load(images_file(images))["images"], images)
