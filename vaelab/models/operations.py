"""The PyTorch modules of operations and of lists of layers.

Weights start Glorot-uniform and biases at zero (Glorot and Bengio 2010). With PyTorch's
own default the convolutional VAE reconstructs only the mean image for epochs.
"""

from collections.abc import Callable

import torch
from torch import nn

from vaelab.models.convolutions import Conv2d, ConvTranspose2d
from vaelab.networks.layers import Layer


def _linear(inputs: int, outputs: int, parts: int = 1) -> nn.Module:
    """`parts` heads side by side in one matrix, each initialised as a layer of its own."""
    return nn.Linear(inputs, outputs * parts)


def _conv(inputs: int, outputs: int, stride: int) -> nn.Module:
    return Conv2d(inputs, outputs, 3, stride=stride, padding=1)


def _conv_transpose(inputs: int, outputs: int, stride: int, output_padding: tuple[int, int]) -> nn.Module:
    return ConvTranspose2d(inputs, outputs, 3, stride=stride, padding=1, output_padding=output_padding)


MODULES: dict[str, Callable[..., nn.Module]] = {
    "flatten": lambda: nn.Flatten(1),
    "reshape": lambda shape: nn.Unflatten(1, shape),
    "linear": _linear,
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "relu": nn.ReLU,
    "leaky_relu": lambda: nn.LeakyReLU(0.01),
    "gelu": nn.GELU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}
"""Functions from a layer's attributes to its module, by the names in `vaelab.networks.operations`."""


def build(layers: list[Layer], generator: torch.Generator) -> nn.Sequential:
    """The network of a layer list, its weights drawn from `generator` alone."""
    modules = nn.Sequential()
    for layer in layers:
        # PyTorch's own initialisation draws from the global generator.
        with torch.random.fork_rng(devices=[]):
            module = MODULES[layer.operation](**layer.attributes)
        _initialise(module, layer.attributes.get("parts", 1), generator)
        modules.append(module)
    return modules


@torch.no_grad()
def _initialise(module: nn.Module, parts: int, generator: torch.Generator) -> None:
    """Start matrices and kernels Glorot-uniform and biases at zero; other vectors keep PyTorch's start."""
    for kind, tensor in module.named_parameters():
        if kind == "bias":
            nn.init.zeros_(tensor)
        elif tensor.ndim > 1:
            for part in tensor.chunk(parts):
                nn.init.xavier_uniform_(part, generator=generator)
