"""Encoder and decoder networks, described as a list of layers before they are built.

A network is an ordered list of `Layer` records. PyTorch modules are made from it here, and whoever
runs the network elsewhere (the browser, a code listing) reads the same list with `describe`.

Weights start Glorot-uniform and biases at zero (Glorot and Bengio 2010). PyTorch's own default
leaves the convolutional VAE at the mean image for epochs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import torch
from torch import nn

from vaelab.config import HiddenLayers

Shape = tuple[int, int, int]

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": lambda: nn.LeakyReLU(0.01),
    "gelu": lambda: nn.GELU(approximate="tanh"),
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}


WITH_WEIGHTS = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)


@dataclass(frozen=True)
class Layer:
    """One operation of a network and its attributes; the key of `OPERATIONS` or `ACTIVATIONS`."""

    operation: str
    attributes: dict[str, Any] = field(default_factory=dict)


def _linear(inputs: int, outputs: int, parts: int = 1) -> nn.Module:
    """`parts` heads side by side in one matrix, each initialised as a layer of its own."""
    return nn.utils.skip_init(nn.Linear, inputs, outputs * parts)


def _conv(inputs: int, outputs: int, stride: int) -> nn.Module:
    return nn.utils.skip_init(nn.Conv2d, inputs, outputs, 3, stride=stride, padding=1)


def _conv_transpose(inputs: int, outputs: int, stride: int, output_padding: tuple[int, int]) -> nn.Module:
    return nn.utils.skip_init(
        nn.ConvTranspose2d, inputs, outputs, 3, stride=stride, padding=1, output_padding=output_padding
    )


OPERATIONS: dict[str, Callable[..., nn.Module]] = {
    "flatten": lambda: nn.Flatten(1),
    "reshape": lambda shape: nn.Unflatten(1, shape),
    "linear": _linear,
    "conv": _conv,
    "conv_transpose": _conv_transpose,
}


def mlp_encoder(
    shape: Shape, hidden: HiddenLayers, activation: str, latent_dim: int, parts: int
) -> list[Layer]:
    """Flattened pixels, dense layers, then `parts` heads of `latent_dim` side by side."""
    pixels = math.prod(shape)
    return [Layer("flatten"), *_dense_to_head(pixels, hidden.encoder_widths, activation, latent_dim, parts)]


def mlp_decoder(shape: Shape, hidden: HiddenLayers, activation: str, latent_dim: int) -> list[Layer]:
    """The mirror of `mlp_encoder`: dense layers from the last to the first width, then the pixels."""
    ends = (latent_dim, *hidden.decoder_widths[::-1])
    pixels = {"inputs": ends[-1], "outputs": math.prod(shape)}
    return [*_dense(ends, activation), Layer("linear", pixels), Layer("reshape", {"shape": shape})]


def conv_encoder(
    shape: Shape, hidden: HiddenLayers, activation: str, latent_dim: int, parts: int
) -> list[Layer]:
    """3x3 convolutions of stride 2, dense layers, then `parts` heads of `latent_dim` side by side."""
    ends = (shape[0], *hidden.channels)
    convolutions = [
        layer
        for inputs, outputs in pairwise(ends)
        for layer in (Layer("conv", {"inputs": inputs, "outputs": outputs, "stride": 2}), Layer(activation))
    ]
    flat = ends[-1] * math.prod(_sizes(shape, len(hidden.channels))[-1])
    dense = _dense_to_head(flat, hidden.encoder_widths, activation, latent_dim, parts)
    return [*convolutions, Layer("flatten"), *dense]


def conv_decoder(shape: Shape, hidden: HiddenLayers, activation: str, latent_dim: int) -> list[Layer]:
    """Dense to the smallest feature map, transposed convolutions of stride 2, then one of stride 1.

    As in the Keras example: the first transposed convolution keeps the number of channels, the
    last one gives the pixels.
    """
    channels = hidden.channels
    sizes = _sizes(shape, len(channels))
    feature_map = (channels[-1], *sizes[-1])
    ends = (latent_dim, *hidden.decoder_widths[::-1], math.prod(feature_map))
    layers = [*_dense(ends, activation), Layer("reshape", {"shape": feature_map})]
    inputs = channels[-1]
    for outputs, small, large in zip(channels[::-1], sizes[:0:-1], sizes[-2::-1], strict=True):
        # (n - 1) * 2 + 1 pixels come of n; one more is wanted where the larger size is even.
        padding = tuple(big - (2 * few - 1) for few, big in zip(small, large, strict=True))
        attributes = {"inputs": inputs, "outputs": outputs, "stride": 2, "output_padding": padding}
        layers += [Layer("conv_transpose", attributes), Layer(activation)]
        inputs = outputs
    last = {"inputs": inputs, "outputs": shape[0], "stride": 1, "output_padding": (0, 0)}
    return [*layers, Layer("conv_transpose", last)]


ENCODERS: dict[str, Callable[..., list[Layer]]] = {"mlp": mlp_encoder, "conv": conv_encoder}
DECODERS: dict[str, Callable[..., list[Layer]]] = {"mlp": mlp_decoder, "conv": conv_decoder}


def _sizes(shape: Shape, convolutions: int) -> list[tuple[int, int]]:
    """Heights and widths before the first and after each convolution of stride 2."""
    sizes = [shape[1:]]
    for _ in range(convolutions):
        sizes.append(((sizes[-1][0] + 1) // 2, (sizes[-1][1] + 1) // 2))
    return sizes


def _dense(ends: tuple[int, ...], activation: str) -> list[Layer]:
    return [
        layer
        for inputs, outputs in pairwise(ends)
        for layer in (Layer("linear", {"inputs": inputs, "outputs": outputs}), Layer(activation))
    ]


def _dense_to_head(
    inputs: int, widths: tuple[int, ...], activation: str, latent_dim: int, parts: int
) -> list[Layer]:
    ends = (inputs, *widths)
    head = {"inputs": ends[-1], "outputs": latent_dim, "parts": parts}
    return [*_dense(ends, activation), Layer("linear", head)]


def build(layers: list[Layer], generator: torch.Generator) -> nn.Sequential:
    """The network of a layer list, its weights drawn from `generator` alone."""
    modules = nn.Sequential()
    for layer in layers:
        module = (ACTIVATIONS.get(layer.operation) or OPERATIONS[layer.operation])(**layer.attributes)
        if isinstance(module, WITH_WEIGHTS):
            _initialise(module, layer.attributes.get("parts", 1), generator)
        modules.append(module)
    return modules


@torch.no_grad()
def _initialise(module: nn.Module, parts: int, generator: torch.Generator) -> None:
    weight, bias = module.get_parameter("weight"), module.get_parameter("bias")
    for part in weight.chunk(parts):
        nn.init.xavier_uniform_(part, generator=generator)
    nn.init.zeros_(bias)


def describe(layers: list[Layer], prefix: str) -> list[dict[str, Any]]:
    """The layer list with the names of its tensors, as JSON values.

    `prefix` is the network's name in the model ("encoder" or "decoder"): layer 3 of the decoder
    has its weights under `decoder.3.weight`.
    """
    described = []
    for index, layer in enumerate(layers):
        entry = {"operation": layer.operation, **layer.attributes}
        if layer.operation in ("linear", "conv", "conv_transpose"):
            entry |= {"weight": f"{prefix}.{index}.weight", "bias": f"{prefix}.{index}.bias"}
        described.append(entry)
    return described
