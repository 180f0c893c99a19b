"""The one model class: an encoder, a posterior over codes, and a decoder.

Shapes: B examples in a batch, of the model's shape (...), d latent dimensions, S samples.
"""

import numpy as np
import torch
from torch import Tensor, nn

from vaelab.config import RunConfig
from vaelab.data import DATASETS
from vaelab.models.kinds import kind_of
from vaelab.models.operations import build
from vaelab.models.posteriors import POSTERIORS, Posterior
from vaelab.models.randomness import generator_for
from vaelab.models.reconstructions import OUTPUTS, RECONSTRUCTIONS
from vaelab.networks.layers import Shape, network_layers


class Autoencoder(nn.Module):
    """Encoder and decoder of a config; `config.model` chooses the posterior between them.

    Parameters
    ----------
    shape: shape of an example, without the batch.
    mean_image: (...) mean training example, numbers from 0 to 1. The decoder's last bias starts there,
        so that training does not begin with learning it. Left out, the bias starts at zero.
    """

    sigma: Tensor | None
    """Current standard deviation of the Gaussian behind mse; None for bce."""

    def __init__(self, config: RunConfig, shape: Shape, mean_image: np.ndarray | None = None) -> None:
        super().__init__()
        self.config, self.shape = config, shape
        self.kind = kind_of(DATASETS[config.dataset])
        self.encoder_layers, self.decoder_layers = network_layers(config, shape)
        # Separate generators: an AE and a VAE of one seed start with the same decoder.
        self.encoder = build(self.encoder_layers, generator_for(config.seed, "encoder"))
        self.decoder = build(self.decoder_layers, generator_for(config.seed, "decoder"))
        start = torch.tensor(1.0 if config.sigma == "auto" else config.sigma)
        self.register_buffer("sigma", start if config.term.has_sigma else None)
        # Convolutions are about twice as fast on the CPU when the channels of a pixel lie together.
        self.to(memory_format=torch.channels_last)
        if mean_image is not None:
            self._start_at(torch.as_tensor(mean_image, dtype=torch.float32))

    @torch.no_grad()
    def _start_at(self, mean_image: Tensor) -> None:
        *_, bias = (tensor for name, tensor in self.decoder.named_parameters() if name.endswith("bias"))
        mean = mean_image.flatten() if len(bias) == mean_image.numel() else mean_image.flatten(1).mean(1)
        bias.copy_(OUTPUTS[self.config.term.output].inverse(mean))

    def encode(self, x: Tensor) -> Posterior:
        """The posterior of examples (B, ...) with numbers from 0 to 1.

        Raises
        ------
        ValueError
            If the examples are not of the model's shape.
        """
        if tuple(x.shape[1:]) != self.shape:
            many = DATASETS[self.config.dataset].kind.many
            raise ValueError(f"encode needs {many} of shape (B, {self.shape}), not {tuple(x.shape)}.")
        return POSTERIORS[self.config.model](self.encoder(x).float(), self.config)

    def output(self, z: Tensor) -> Tensor:
        """The decoder's raw output for codes (..., d): logits for bce, unbounded means for mse.

        Returns
        -------
        Tensor (..., *shape) float32, with the leading dimensions of the codes.
        """
        raw = self.decoder(z.reshape(-1, z.shape[-1])).float()
        return raw.reshape(*z.shape[:-1], *self.shape)

    def reconstruction(self, output: Tensor, target: Tensor) -> Tensor:
        """The reconstruction term of raw outputs (S, B, ...) for examples (B, ...), in nats: (S, B)."""
        return RECONSTRUCTIONS[self.config.reconstruction].loss(output, target, self.sigma)

    def decode(self, z: Tensor) -> Tensor:
        """Means of p(x given z) in [0, 1], in the shape of `output`, for codes (..., d).

        Under mse the Gaussian's mean is clamped to that range.
        """
        return OUTPUTS[self.config.term.output].pixels(self.output(z))
