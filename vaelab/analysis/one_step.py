"""One training step on one image, taken apart: every number between the image and the gradient.

Names are those of the mathematics, and of the program that `vaelab.export.script` writes for the same config.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from vaelab.data.catalogue import DATASETS, DatasetSpec
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.objective import CORRUPTIONS
from vaelab.networks.layers import Layer


@dataclass(frozen=True)
class Activation:
    """What a hidden layer gives."""

    name: str
    """As in the listing: `encoder[2]`."""
    values: np.ndarray
    """(width,) of a dense layer, maps of a convolution."""


@dataclass(frozen=True)
class Gradient:
    """How large the objective's gradient is in one layer."""

    name: str
    """As in the listing: `encoder[1]`, `mean`, `logvar`, `decoder[0]`."""
    size: float
    """Euclidean length of the gradient of the layer's weights and biases together."""
    parameters: int


@dataclass(frozen=True)
class Explained:
    """The numbers of one step. Losses are in nats; what an AE does not have is None."""

    spec: DatasetSpec
    """Of the data set whose example it is."""
    x: np.ndarray
    """(...) of the shape of an example, numbers from 0 to 1: the target."""
    seen: np.ndarray
    """The same as the encoder sees it: spoilt, if the config has a corruption."""
    hidden: tuple[Activation, ...]
    """Of the encoder, from the image on."""
    mean: np.ndarray | None
    """(d,), as `logvar` and `epsilon`."""
    logvar: np.ndarray | None
    epsilon: np.ndarray | None
    z: np.ndarray
    """(d,) the code that is decoded."""
    decoder_hidden: tuple[Activation, ...]
    output: np.ndarray
    """(...) as the decoder gives it: logits for bce, means for mse."""
    x_hat: np.ndarray
    """(...) the reconstruction, numbers from 0 to 1."""
    sigma: float | None
    """Of the Gaussian behind mse; None for bce."""
    recon: float
    kl_per_dim: np.ndarray | None
    """(d,)"""
    kl: float | None
    beta: float | None
    objective: float
    """`recon + beta * kl`; for an AE `recon`."""
    gradients: tuple[Gradient, ...]
    """Of every layer with weights, from the image on."""


def explain_step(
    model: Autoencoder,
    image: np.ndarray,
    *,
    noise: torch.Generator,
    corruption: torch.Generator,
    beta: float | None = None,
) -> Explained:
    """Take apart the step that training would make with a batch of this one image. The model stays as it is.

    Parameters
    ----------
    model: as it is before the step.
    image: (...) an example of the model's data set.
    noise, corruption: where epsilon and the spoilt pixels are drawn from; both go on.
    beta: weight of the KL term; left out, the config's.
    """
    model = copy.deepcopy(model).requires_grad_(True)
    weight = model.config.beta if beta is None else beta
    with torch.enable_grad():
        x = model.kind.to_tensor(image[None], "cpu")
        seen = CORRUPTIONS[model.config.corruption](x, model.config.corruption_strength, corruption)
        hidden = _Listener("encoder", model.encoder, model.encoder_layers)
        posterior = model.encode(seen)
        draws = noise.clone_state()
        z = posterior.sample(noise)
        decoder_hidden = _Listener("decoder", model.decoder, model.decoder_layers)
        output = model.output(z)
        recon, kl = model.reconstruction(output, x).sum(), posterior.kl()
        objective = recon if kl is None else recon + weight * kl.sum()
        objective.backward()
    traits = model.config.traits
    return Explained(
        spec=DATASETS[model.config.dataset],
        x=_array(x[0]),
        seen=_array(seen[0]),
        hidden=hidden.heard(),
        mean=_array(posterior.mean[0]) if traits.is_stochastic else None,
        logvar=None if posterior.logvar is None else _array(posterior.logvar[0]),
        epsilon=_array(torch.randn(z.shape, generator=draws)[0, 0]) if traits.is_stochastic else None,
        z=_array(z[0, 0]),
        decoder_hidden=decoder_hidden.heard(),
        output=_array(output[0, 0]),
        x_hat=_array(model.decode(z)[0, 0]),
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


class _Listener:
    """Keeps what comes out of a network's hidden layers: of all activations between its layers."""

    def __init__(self, name: str, network: nn.Sequential, layers: list[Layer]) -> None:
        self.name, self.kept = name, dict[int, np.ndarray]()
        last = max(place for place, layer in enumerate(layers) if layer.tensors())
        for place, layer in enumerate(layers[:last]):
            if layer.is_activation:
                network[place].register_forward_hook(self._keeping(place))

    def _keeping(self, place: int) -> Callable[[nn.Module, Any, Tensor], None]:
        def keep(layer: nn.Module, given: Any, result: Tensor) -> None:
            self.kept.setdefault(place, _array(result[0]))

        return keep

    def heard(self) -> tuple[Activation, ...]:
        """What the first image that passed gave."""
        return tuple(Activation(f"{self.name}[{place}]", values) for place, values in self.kept.items())


def _gradients(name: str, network: nn.Sequential, heads: bool = False) -> list[Gradient]:
    """Gradients by layer; with `heads`, the two halves of the last layer apart."""
    found = []
    for place, layer in enumerate(network):
        slopes = [tensor.grad for tensor in layer.parameters() if tensor.grad is not None]
        if not slopes:
            continue
        if heads and place == len(network) - 1:
            halves = zip(*(slope.chunk(2) for slope in slopes), strict=True)
            found += [_gradient(head, half) for head, half in zip(("mean", "logvar"), halves, strict=True)]
        else:
            found.append(_gradient(f"{name}[{place}]", slopes))
    return found


def _gradient(name: str, slopes: list[Tensor] | tuple[Tensor, ...]) -> Gradient:
    size = torch.stack([slope.square().sum() for slope in slopes]).sum().sqrt()
    return Gradient(name, size.item(), sum(slope.numel() for slope in slopes))


def _array(values: Tensor) -> np.ndarray:
    return values.detach().float().contiguous().numpy().copy()
