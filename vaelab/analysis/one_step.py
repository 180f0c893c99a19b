"""One training step on one image, taken apart: every number between the image and the gradient.

The names are those of the formulas, and of the program that `vaelab.export.script` writes for the same
config.
"""

import copy
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from vaelab.data import DATASETS, DatasetSpec
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.objective import CORRUPTIONS
from vaelab.models.reconstructions import OUTPUTS
from vaelab.networks.layers import Layer, hidden_layers


@dataclass(frozen=True)
class Activation:
    """The output of a hidden layer."""

    name: str
    """The name in the listing: `encoder[2]`."""
    values: np.ndarray
    """(width,) of a dense layer, maps of a convolution."""


@dataclass(frozen=True)
class Gradient:
    """The size of the objective's gradient in one layer."""

    name: str
    """The name in the listing: `encoder[1]`, `mean`, `logvar`, `decoder[0]`."""
    size: float
    """Euclidean length of the gradient of the layer's weights and biases together."""
    parameters: int


@dataclass(frozen=True)
class Explained:
    """The numbers of one step. Losses are in nats; what an AE does not have is None."""

    spec: DatasetSpec
    """The data set of the example."""
    x: np.ndarray
    """(...), the example as numbers from 0 to 1: the target of the reconstruction."""
    seen: np.ndarray
    """The example as the encoder sees it: corrupted, if the config has a corruption."""
    hidden: tuple[Activation, ...]
    """Hidden layers of the encoder, the first one first."""
    mean: np.ndarray | None
    """(d,), like `logvar` and `epsilon`."""
    logvar: np.ndarray | None
    epsilon: np.ndarray | None
    z: np.ndarray
    """(d,), the code that is decoded."""
    output: np.ndarray
    """(...), the raw output of the decoder: logits for bce, means for mse."""
    x_hat: np.ndarray
    """(...), the reconstruction as numbers from 0 to 1."""
    sigma: float | None
    """Standard deviation of the Gaussian behind mse; None for bce."""
    recon: float
    kl_per_dim: np.ndarray | None
    """(d,)"""
    kl: float | None
    beta: float | None
    objective: float
    """`recon + beta * kl`; for an AE `recon`."""
    gradients: tuple[Gradient, ...]
    """Gradients of all layers with weights, the first layer first."""


def explain_step(
    model: Autoencoder,
    image: np.ndarray,
    *,
    noise: torch.Generator,
    corruption: torch.Generator,
    beta: float | None = None,
) -> Explained:
    """Take apart the step that training would make with this image as its batch. The model does not change.

    Parameters
    ----------
    model: the model before the step.
    image: (...) an example of the model's data set.
    noise, corruption: generators of epsilon and of the corruption; both advance.
    beta: weight of the KL term; left out, the config's.
    """
    model = copy.deepcopy(model).requires_grad_(True)
    weight = model.config.beta if beta is None else beta
    with torch.enable_grad():
        x = model.kind.to_tensor(image[None], "cpu")
        seen = CORRUPTIONS[model.config.corruption](x, model.config.corruption_strength, corruption)
        hidden = _recorded_activations("encoder", model.encoder, model.encoder_layers)
        posterior = model.encode(seen)
        draws = noise.clone_state()
        z = posterior.sample(noise)
        output = model.output(z)
        recon, kl = model.reconstruction(output, x).sum(), posterior.kl()
        objective = recon if kl is None else recon + weight * kl.sum()
        objective.backward()
    traits = model.config.traits
    return Explained(
        spec=DATASETS[model.config.dataset],
        x=_array(x[0]),
        seen=_array(seen[0]),
        hidden=tuple(hidden),
        mean=_array(posterior.mean[0]) if traits.is_stochastic else None,
        logvar=None if posterior.logvar is None else _array(posterior.logvar[0]),
        epsilon=_array(torch.randn(z.shape, generator=draws)[0, 0]) if traits.is_stochastic else None,
        z=_array(z[0, 0]),
        output=_array(output[0, 0]),
        x_hat=_array(OUTPUTS[model.config.term.output].pixels(output)[0, 0]),
        sigma=None if model.sigma is None else float(model.sigma),
        recon=recon.item(),
        kl_per_dim=None if kl is None else _array(kl[0]),
        kl=None if kl is None else kl.sum().item(),
        beta=weight if traits.has_kl else None,
        objective=objective.item(),
        gradients=(
            *_gradients("encoder", model.encoder, heads=traits.is_stochastic),
            *_gradients("decoder", model.decoder),
        ),
    )


def _recorded_activations(name: str, network: nn.Sequential, layers: list[Layer]) -> list[Activation]:
    """Have each hidden layer add its output for the first image to the returned list when it runs."""
    activations: list[Activation] = []

    def record(index: int, module: nn.Module, inputs: Any, output: Tensor) -> None:
        activations.append(Activation(f"{name}[{index}]", _array(output[0])))

    for index in hidden_layers(layers):
        network[index].register_forward_hook(partial(record, index))
    return activations


def _gradients(name: str, network: nn.Sequential, heads: bool = False) -> list[Gradient]:
    """Gradients by layer; with `heads`, the two halves of the last layer are apart."""
    gradients = []
    for index, layer in enumerate(network):
        slopes = [tensor.grad for tensor in layer.parameters() if tensor.grad is not None]
        if heads and index == len(network) - 1:
            halves = zip(*(slope.chunk(2) for slope in slopes), strict=True)
            gradients += [
                _gradient(head, half) for head, half in zip(("mean", "logvar"), halves, strict=True)
            ]
        elif slopes:
            gradients.append(_gradient(f"{name}[{index}]", slopes))
    return gradients


def _gradient(name: str, slopes: list[Tensor] | tuple[Tensor, ...]) -> Gradient:
    size = torch.stack([slope.square().sum() for slope in slopes]).sum().sqrt()
    return Gradient(name, size.item(), sum(slope.numel() for slope in slopes))


def _array(values: Tensor) -> np.ndarray:
    return values.detach().float().contiguous().numpy().copy()
