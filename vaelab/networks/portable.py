"""Networks, codes and images as safetensors files, which the browser reads.

The metadata of a network's file describes, as JSON under `network`, the layers that its tensors belong to
(`vaelab.networks.layers.describe`) and how the output of the last layer is used.
"""

import json
from collections.abc import Mapping

import numpy as np
from safetensors.numpy import save

from vaelab.config import RunConfig
from vaelab.networks.layers import Layer, Shape, describe, network_layers, tensor_shapes


def decoder_file(config: RunConfig, shape: Shape, weights: Mapping[str, np.ndarray]) -> bytes:
    """A file of the decoder of a config, which maps a code (d,) to an example of numbers from 0 to 1.

    Parameters
    ----------
    weights
        Tensors by name, all of the decoder among them, float32 or float16; they keep their type.

    Raises
    ------
    KeyError
        If a tensor of the decoder is missing.
    """
    layers = network_layers(config, shape)[1]
    return _network_file("decoder", layers, {"output": config.term.output, "shape": shape}, weights)


def encoder_file(config: RunConfig, shape: Shape, weights: Mapping[str, np.ndarray]) -> bytes:
    """A file of the encoder of a config.

    It maps an example of numbers from 0 to 1 to mean and logvar, or to the code of an AE. Parameters
    and errors are those of `decoder_file`.
    """
    layers = network_layers(config, shape)[0]
    point = "relu" if config.code_activation == "relu" else "code"
    output = "posterior" if config.traits.is_stochastic else point
    return _network_file("encoder", layers, {"output": output, "shape": shape}, weights)


def _network_file(
    prefix: str, layers: list[Layer], about: dict[str, object], weights: Mapping[str, np.ndarray]
) -> bytes:
    names = tensor_shapes(layers, prefix)
    tensors: dict[str, np.ndarray] = {name: np.ascontiguousarray(weights[name]) for name in names}
    return save(tensors, {"network": json.dumps({"layers": describe(layers, prefix), **about})})


def codes_file(mean: np.ndarray, logvar: np.ndarray | None, labels: np.ndarray) -> bytes:
    """A file of codes (N, d) float32 and the classes (N,) of their images as bytes."""
    arrays: dict[str, np.ndarray] = {"mean": np.ascontiguousarray(mean, np.float32)}
    arrays["labels"] = labels.astype(np.uint8)
    if logvar is not None:
        arrays["logvar"] = np.ascontiguousarray(logvar, np.float32)
    return save(arrays)


def images_file(images: np.ndarray) -> bytes:
    """A file of test examples (N, ...) for the browser."""
    pixels: np.ndarray = np.ascontiguousarray(images)
    return save({"images": pixels})


def forward_file(image: np.ndarray, reconstruction: np.ndarray, values: Mapping[str, np.ndarray]) -> bytes:
    """A file of one example (...), its reconstruction, and what came between them.

    Parameters
    ----------
    values
        Codes, loss and cells by name, as `vaelab.models.forward.ForwardPass` has them of several examples.
    """
    arrays = {"image": image, "reconstruction": reconstruction, **values}
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()})
