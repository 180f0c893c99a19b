"""How hidden layers are drawn: as a few cells, each the mean of neighbouring units, or as a few small maps.

A cell can be seen and a unit of 512 cannot, and a live view that sends cells costs little.
"""

import math
from dataclasses import dataclass

import numpy as np

from vaelab.config import RunConfig
from vaelab.networks.layers import Layer, Shape, hidden_layers, network_layers
from vaelab.networks.operations import TensorShape

CELLS = 32
"""Largest number of cells of a dense layer."""

MAPS = 4
"""Number of maps of a convolution that are drawn: its first ones."""

SIDE = 16
"""Largest number of cells in a row or a column of a map."""


@dataclass(frozen=True)
class DrawnLayer:
    """A hidden layer as it is drawn."""

    name: str
    """The module that outputs it: `encoder.1`."""
    shape: TensorShape
    """(units,) of a dense layer, (channels, height, width) of a convolution."""

    @property
    def group(self) -> int:
        """How many neighbouring units make a cell; on maps, how many pixels along each side."""
        wide, most = (self.shape[0], CELLS) if len(self.shape) == 1 else (max(self.shape[1:]), SIDE)
        return math.ceil(wide / most)

    @property
    def cell_shape(self) -> TensorShape:
        """(cells,), or (maps, rows, columns)."""
        if len(self.shape) == 1:
            return (math.ceil(self.shape[0] / self.group),)
        return (min(MAPS, self.shape[0]), *(math.ceil(size / self.group) for size in self.shape[1:]))

    def cells(self, activations: np.ndarray) -> np.ndarray:
        """The cells of N examples' activations (N, *shape): (N, cells), or (N, maps, rows, columns).

        The last group along an axis may have fewer units than the others.
        """
        if len(self.shape) == 1:
            return _grouped(activations, self.group, axis=1)
        return _grouped(_grouped(activations[:, :MAPS], self.group, axis=2), self.group, axis=3)


def _grouped(values: np.ndarray, group: int, axis: int) -> np.ndarray:
    """Means of neighbouring values along an axis."""
    starts = np.arange(0, values.shape[axis], group)
    counts = np.diff(starts, append=values.shape[axis])
    sums = np.add.reduceat(values, starts, axis)
    return sums / counts.reshape(-1, *[1] * (values.ndim - 1 - axis)).astype(values.dtype)


def drawn_networks(config: RunConfig, shape: Shape) -> list[DrawnLayer]:
    """The hidden layers of encoder and decoder of a config for examples of a shape, in their order."""
    encoder, decoder = network_layers(config, shape)
    return [
        *drawn_layers(encoder, shape, "encoder"),
        *drawn_layers(decoder, (config.latent_dim,), "decoder"),
    ]


def drawn_layers(layers: list[Layer], shape: TensorShape, prefix: str) -> list[DrawnLayer]:
    """The hidden layers of a layer list for an input of the given shape, the first one first.

    `prefix` is the network's name in the model, as in `vaelab.networks.layers.describe`.
    """
    drawn, hidden = [], hidden_layers(layers)
    for index, layer in enumerate(layers):
        shape = layer.output_shape(shape)
        if index in hidden:
            drawn.append(DrawnLayer(f"{prefix}.{index}", tuple(shape)))
    return drawn


def forward_shapes(config: RunConfig, shape: Shape, images: int) -> dict[str, TensorShape]:
    """Shapes of the arrays of `vaelab.models.forward.ForwardPass.values` for so many images."""
    codes = ("mean", "logvar") if config.traits.is_stochastic else ("mean",)
    return {
        **dict.fromkeys(codes, (images, config.latent_dim)),
        "recon": (images,),
        **{layer.name: (images, *layer.cell_shape) for layer in drawn_networks(config, shape)},
    }
