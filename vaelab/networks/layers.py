"""Networks as ordered lists of layers: what they compute, without anything that computes it.

What an operation is stands in `vaelab.networks.operations`. PyTorch modules are made from these lists in
`vaelab.models.operations`; whoever runs a network elsewhere (the browser) reads what `describe` says.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from vaelab.config.hidden import HiddenLayers, parse_hidden
from vaelab.config.run_config import RunConfig
from vaelab.networks.operations import OPERATIONS, TensorShape

Shape = tuple[int, ...]
"""Of an example. Convolutions take images: channels, height, width."""


@dataclass(frozen=True)
class Layer:
    """One operation of a network, a key of `OPERATIONS`, and its attributes."""

    operation: str
    attributes: dict[str, Any] = field(default_factory=dict)

    def tensors(self) -> dict[str, TensorShape]:
        """Shapes of its weights by their names; empty where nothing is learned."""
        return OPERATIONS[self.operation].tensors(**self.attributes)

    def output_shape(self, shape: TensorShape) -> TensorShape:
        """Shape of its output for an input of the given shape, both without the batch."""
        return OPERATIONS[self.operation].output_shape(shape, **self.attributes)

    def code(self) -> str:
        """Its PyTorch module as an expression."""
        return OPERATIONS[self.operation].code(**self.attributes)

    @property
    def is_activation(self) -> bool:
        """Whether it is the non-linearity behind another layer."""
        return OPERATIONS[self.operation].is_activation


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
    sizes = [(shape[1], shape[2])]
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


def network_layers(config: RunConfig, shape: Shape) -> tuple[list[Layer], list[Layer]]:
    """The layer lists of encoder and decoder for examples of a shape."""
    hidden = parse_hidden(config.hidden, config.architecture)
    common = (shape, hidden, config.activation, config.latent_dim)
    encoder = ENCODERS[config.architecture](*common, parts=2 if config.traits.is_stochastic else 1)
    return encoder, DECODERS[config.architecture](*common)


def describe(layers: list[Layer], prefix: str) -> list[dict[str, Any]]:
    """The layer list with the names of its tensors, as JSON values.

    `prefix` is the network's name in the model ("encoder" or "decoder"): layer 3 of the decoder
    has its weights under `decoder.3.weight`.
    """
    return [
        {"operation": layer.operation, **layer.attributes}
        | {kind: f"{prefix}.{index}.{kind}" for kind in layer.tensors()}
        for index, layer in enumerate(layers)
    ]


def tensor_shapes(layers: list[Layer], prefix: str) -> dict[str, TensorShape]:
    """Shapes of all tensors of a layer list by the names that `describe` gives them."""
    return {
        f"{prefix}.{index}.{kind}": shape
        for index, layer in enumerate(layers)
        for kind, shape in layer.tensors().items()
    }


@dataclass(frozen=True)
class Cost:
    """What a network is made of and what one image costs."""

    parameters: int
    multiplications: int
    """Of one forward pass of one image."""
    positions: int
    """Most positions of an image, or of a map of it, that one weight meets: 1 without convolutions."""


def cost(layers: list[Layer], shape: TensorShape) -> Cost:
    """Parameters and multiplications of a layer list for an input of the given shape."""
    parameters = multiplications = 0
    positions = 1
    for layer in layers:
        before, shape = shape, layer.output_shape(shape)
        sizes = {kind: math.prod(tensor) for kind, tensor in layer.tensors().items()}
        parameters += sum(sizes.values())
        if "weight" in sizes:
            # Every weight meets every position of the smaller of the two maps.
            met = min(math.prod(before[1:]), math.prod(shape[1:]))
            multiplications += sizes["weight"] * met
            positions = max(positions, met)
    return Cost(parameters, multiplications, positions)
