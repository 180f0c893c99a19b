"""Networks as ordered lists of layers, which describe a computation without running it.

A layer is one operation of `vaelab.networks.operations` with its attributes. `vaelab.models.operations` makes
PyTorch modules from these lists; the browser runs a network from what `describe` returns.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from vaelab.config import RunConfig
from vaelab.config.hidden import HiddenLayers, parse_hidden
from vaelab.networks.operations import OPERATIONS, TensorShape

Shape = tuple[int, ...]
"""Shape of an example; convolutions take images, (channels, height, width)."""


@dataclass(frozen=True)
class Layer:
    """One operation of a network, a key of `OPERATIONS`, and its attributes."""

    operation: str
    attributes: dict[str, Any] = field(default_factory=dict)

    def tensors(self) -> dict[str, TensorShape]:
        """Shapes of its weights by name; empty if it learns nothing."""
        return OPERATIONS[self.operation].tensors(**self.attributes)

    def output_shape(self, shape: TensorShape) -> TensorShape:
        """Shape of its output for an input of the given shape, both without the batch."""
        return OPERATIONS[self.operation].output_shape(shape, **self.attributes)

    def code(self) -> str:
        """Its PyTorch module as an expression."""
        return OPERATIONS[self.operation].code(**self.attributes)

    @property
    def is_activation(self) -> bool:
        """Whether it is the non-linearity after another layer."""
        return OPERATIONS[self.operation].is_activation


def encoder(shape: Shape, hidden: HiddenLayers, activation: str, latent_dim: int, parts: int) -> list[Layer]:
    """3x3 convolutions of stride 2 (none for mlp), dense layers, then `parts` heads of size `latent_dim`."""
    convolutions: list[Layer] = []
    for channels in hidden.channels:
        layer = Layer("conv", {"inputs": shape[0], "outputs": channels, "stride": 2})
        convolutions += [layer, Layer(activation)]
        shape = layer.output_shape(shape)
    ends = (math.prod(shape), *hidden.encoder_widths)
    head = Layer("linear", {"inputs": ends[-1], "outputs": latent_dim, "parts": parts})
    return [*convolutions, Layer("flatten"), *_dense(ends, activation), head]


def mlp_decoder(shape: Shape, hidden: HiddenLayers, activation: str, latent_dim: int) -> list[Layer]:
    """The mirror of `encoder` without convolutions: dense layers, the last width first, then the pixels."""
    ends = (latent_dim, *hidden.decoder_widths[::-1])
    pixels = {"inputs": ends[-1], "outputs": math.prod(shape)}
    return [*_dense(ends, activation), Layer("linear", pixels), Layer("reshape", {"shape": shape})]


def conv_decoder(shape: Shape, hidden: HiddenLayers, activation: str, latent_dim: int) -> list[Layer]:
    """Dense layers to the smallest feature map, transposed convolutions of stride 2, then one of stride 1.

    As in the Keras example, the first transposed convolution keeps the number of channels, and the last one
    outputs the pixels.
    """
    channels = hidden.channels
    sizes = _sizes(shape, len(channels))
    feature_map = (channels[-1], *sizes[-1])
    ends = (latent_dim, *hidden.decoder_widths[::-1], math.prod(feature_map))
    layers = [*_dense(ends, activation), Layer("reshape", {"shape": feature_map})]
    inputs = channels[-1]
    for outputs, small, large in zip(channels[::-1], sizes[:0:-1], sizes[-2::-1], strict=True):
        # n pixels become (n - 1) * 2 + 1; padding adds one more where the larger size is even.
        padding = tuple(big - (2 * few - 1) for few, big in zip(small, large, strict=True))
        attributes = {"inputs": inputs, "outputs": outputs, "stride": 2, "output_padding": padding}
        layers += [Layer("conv_transpose", attributes), Layer(activation)]
        inputs = outputs
    last = {"inputs": inputs, "outputs": shape[0], "stride": 1, "output_padding": (0, 0)}
    return [*layers, Layer("conv_transpose", last)]


ENCODERS: dict[str, Callable[..., list[Layer]]] = {"mlp": encoder, "conv": encoder}
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


def network_layers(config: RunConfig, shape: Shape) -> tuple[list[Layer], list[Layer]]:
    """The layer lists of encoder and decoder for examples of a shape."""
    hidden = parse_hidden(config.hidden, config.architecture)
    common = (shape, hidden, config.activation, config.latent_dim)
    parts = 2 if config.traits.is_stochastic else 1
    return ENCODERS[config.architecture](*common, parts=parts), DECODERS[config.architecture](*common)


def hidden_layers(layers: list[Layer]) -> list[int]:
    """Indices of the outputs of the hidden layers: those of the activations before the last weights."""
    last = max(index for index, layer in enumerate(layers) if layer.tensors())
    return [index for index, layer in enumerate(layers[:last]) if layer.is_activation]


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
    """Size of a network and the cost of one example."""

    parameters: int
    multiplications: int
    """Multiplications of one forward pass of one example."""
    positions: int
    """Largest number of positions of a feature map that one weight meets: 1 without convolutions."""


def cost(layers: list[Layer], shape: TensorShape) -> Cost:
    """Parameters and multiplications of a layer list for an input of the given shape."""
    parameters = multiplications = 0
    positions = 1
    for layer in layers:
        before, shape = shape, layer.output_shape(shape)
        sizes = {kind: math.prod(tensor) for kind, tensor in layer.tensors().items()}
        parameters += sum(sizes.values())
        if "weight" in sizes:
            # Every weight meets every position of the smaller one of input and output.
            met = min(math.prod(before[1:]), math.prod(shape[1:]))
            multiplications += sizes["weight"] * met
            positions = max(positions, met)
    return Cost(parameters, multiplications, positions)
