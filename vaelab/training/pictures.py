"""Pictures of a model in training: snapshots that are kept, and the preview that is not."""

from __future__ import annotations

import time

import numpy as np
import torch

from vaelab import events
from vaelab.data.loading import Dataset
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.codes import Codes, decode, embed, reconstruct
from vaelab.models.randomness import generator_for

CODES = 2000
"""Test images whose codes a preview shows."""
SAMPLES = 16
"""Draws from the prior that a preview shows."""
KEPT_RECONSTRUCTIONS = 64
KEPT_NUMBERS = 500_000
"""Most numbers that the codes of a snapshot have, means and log-variances together: about 1 MB."""
SHARE = 0.03
"""Most of the training time that previews may take."""
SHORTEST_INTERVAL = 0.25
"""Seconds between two previews at least: a live view looks twice a second."""


def snapshot(model: Autoencoder, data: Dataset, step: int, epoch: float, codes: Codes) -> events.Snapshot:
    """What the model is now, with its codes of as many of the first test images as are kept."""
    kept = kept_codes(codes)
    return events.Snapshot(
        step=step,
        epoch=epoch,
        decoder=_decoder(model),
        mean=_half(codes.mean[:kept]),
        logvar=None if codes.logvar is None else _half(codes.logvar[:kept]),
        reconstructions=reconstruct(model, data.x_test[:KEPT_RECONSTRUCTIONS]),
    )


def kept_codes(codes: Codes) -> int:
    """Images whose codes a snapshot keeps: 10,000 up to 25 dimensions of a VAE, 976 of its 256."""
    numbers = codes.mean.shape[1] * (1 if codes.logvar is None else 2)
    return min(len(codes.mean), KEPT_NUMBERS // numbers)


def _decoder(model: Autoencoder) -> events.Arrays:
    weights = model.decoder.state_dict()
    return {f"decoder.{name}": _half(weight.cpu().numpy()) for name, weight in weights.items()}


def _half(values: np.ndarray) -> np.ndarray:
    """As float16; what is finite stays finite."""
    largest = np.finfo(np.float16).max
    return values.clip(-largest, largest).astype(np.float16)


class Previewer:
    """Makes previews of one model, as often as they take little of the training time."""

    def __init__(self, model: Autoencoder, data: Dataset) -> None:
        self.model = model
        self.shown = data.x_test[data.first_of_each_class()]
        self.coded = data.x_test[:CODES]
        draws = (SAMPLES, model.config.latent_dim)
        self.draws = torch.randn(draws, generator=generator_for(model.config.seed, "preview")).numpy()
        self.next_at = 0.0

    def due(self, seconds: float) -> bool:
        """Whether a preview may be made at this time of the training's clock."""
        return seconds >= self.next_at

    def preview(self, step: int, epoch: float, images_per_second: float, seconds: float) -> events.Preview:
        """A preview of the model as it is."""
        begun = time.perf_counter()
        made = events.Preview(
            step=step,
            epoch=epoch,
            images_per_second=images_per_second,
            mean=embed(self.model, self.coded).mean,
            reconstructions=reconstruct(self.model, self.shown),
            samples=decode(self.model, self.draws) if self.model.config.traits.has_prior else None,
            decoder=_decoder(self.model),
        )
        cost = time.perf_counter() - begun
        self.next_at = seconds + max(SHORTEST_INTERVAL, cost / SHARE)
        return made
