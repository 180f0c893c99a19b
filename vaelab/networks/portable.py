"""Networks and codes as one file each, for whoever runs them without PyTorch: the browser.

A file is safetensors. A network's says in its metadata, as JSON under `network`, which layers its
tensors belong to (`vaelab.networks.layers.describe`) and what becomes of the output of the last one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
from safetensors.numpy import save

from vaelab.config.run_config import RunConfig
from vaelab.networks.layers import Layer, Shape, describe, network_layers, tensor_shapes


def decoder_file(config: RunConfig, shape: Shape, weights: Mapping[str, np.ndarray]) -> bytes:
    """The decoder of a config, from the code (d,) to an example of numbers from 0 to 1.

    Parameters
    ----------
    weights
        Tensors by name, among them all of the decoder; float32 or float16, kept as they are.

    Raises
    ------
    KeyError
        If a tensor of the decoder is missing.
    """
    layers = network_layers(config, shape)[1]
    # Logits under cross-entropy; under squared error the mean itself, which may leave the range of pixels.
    return _network_file("decoder", layers, {"output": config.term.output, "shape": shape}, weights)


def encoder_file(config: RunConfig, shape: Shape, weights: Mapping[str, np.ndarray]) -> bytes:
    """The encoder of a config, from an example of numbers from 0 to 1 to mean and logvar, or to an AE's code.

    Parameters and errors are those of `decoder_file`.
    """
    layers = network_layers(config, shape)[0]
    point = "relu" if config.code_activation == "relu" else "code"
    output = "posterior" if config.traits.is_stochastic else point
    return _network_file("encoder", layers, {"output": output, "shape": shape}, weights)


def _network_file(
    prefix: str, layers: list[Layer], about: dict[str, object], weights: Mapping[str, np.ndarray]
) -> bytes:
    described = json.dumps({"layers": describe(layers, prefix), **about})
    names = tensor_shapes(layers, prefix)
    tensors: dict[str, np.ndarray] = {name: np.ascontiguousarray(weights[name]) for name in names}
    return save(tensors, {"network": described})


def codes_file(mean: np.ndarray, logvar: np.ndarray | None, labels: np.ndarray) -> bytes:
    """Codes (N, d) with the classes (N,) of their images, as float32 and bytes."""
    arrays: dict[str, np.ndarray] = {"mean": np.ascontiguousarray(mean, np.float32)}
    arrays["labels"] = labels.astype(np.uint8)
    if logvar is not None:
        arrays["logvar"] = np.ascontiguousarray(logvar, np.float32)
    return save(arrays)


def images_file(images: np.ndarray) -> bytes:
    """Test examples (N, ...) for the browser."""
    pixels: np.ndarray = np.ascontiguousarray(images)
    return save({"images": pixels})
