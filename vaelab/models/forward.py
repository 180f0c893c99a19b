"""The whole way of a few images through a model: hidden layers, posterior, reconstruction."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from vaelab.events import Arrays
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.posteriors import POSTERIORS
from vaelab.models.reconstructions import OUTPUTS
from vaelab.networks.cells import DrawnLayer, drawn_networks


@dataclass(frozen=True)
class ForwardPass:
    """The results of a forward pass of N images (...), each decoded at its posterior mean."""

    reconstructions: np.ndarray
    """(N, ...)"""
    values: Arrays
    """`mean` and, where codes are drawn, `logvar` (N, d); `recon` (N,), the reconstruction term in nats; and
    for each hidden layer, by its module's name such as `encoder.1`, the cells of its activations."""


@torch.no_grad()
def forward_pass(model: Autoencoder, images: np.ndarray) -> ForwardPass:
    """The forward pass of images (N, ...), all at once: they are to be few."""
    x = model.kind.to_tensor(images, next(model.parameters()).device)
    drawn = {layer.name: layer for layer in drawn_networks(model.config, model.shape)}
    head, encoded = _run(model.encoder, "encoder", x, drawn)
    posterior = POSTERIORS[model.config.model](head.float(), model.config)
    raw, decoded = _run(model.decoder, "decoder", posterior.mean, drawn)
    output = raw.float().reshape(x.shape)
    values = {"mean": posterior.mean, "recon": model.reconstruction(output[None], x)[0]}
    if posterior.logvar is not None:
        values["logvar"] = posterior.logvar
    return ForwardPass(
        model.kind.from_tensor(OUTPUTS[model.config.term.output].pixels(output)),
        {name: value.cpu().numpy() for name, value in values.items()} | encoded | decoded,
    )


def _run(
    network: nn.Sequential, prefix: str, state: Tensor, drawn: Mapping[str, DrawnLayer]
) -> tuple[Tensor, Arrays]:
    """The output of a network, and the cells of those of its layers that are drawn, by name, float16."""
    cells: Arrays = {}
    for index, module in enumerate(network):
        state = module(state)
        if layer := drawn.get(f"{prefix}.{index}"):
            cells[layer.name] = to_half(layer.cells(state.float().cpu().numpy()))
    return state, cells


def to_half(values: np.ndarray) -> np.ndarray:
    """Values as float16; finite ones stay finite."""
    largest = np.finfo(np.float16).max
    return values.clip(-largest, largest).astype(np.float16)
