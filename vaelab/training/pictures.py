"""Pictures of a model in training: snapshots, which a run keeps, and previews, which it replaces."""

import time

import torch

from vaelab import events
from vaelab.data import Dataset
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.codes import Codes, decode, embed, reconstruct
from vaelab.models.forward import forward_pass, to_half
from vaelab.models.randomness import generator_for

CODES = 2000
"""Number of test images whose codes a preview shows."""
SAMPLES = 16
"""Number of draws from the prior that a preview shows."""
KEPT_RECONSTRUCTIONS = 64
KEPT_NUMBERS = 500_000
"""Largest count of numbers in a snapshot's codes, means and log-variances together: about half a MB."""
SHARE = 0.03
"""Largest share of the training time that previews may take."""
SHORTEST_INTERVAL = 0.25
"""Least number of seconds between two previews: a live view reads them twice a second."""


def snapshot(model: Autoencoder, data: Dataset, step: int, epoch: float, codes: Codes) -> events.Snapshot:
    """A snapshot of the model at a step; `codes` are those of all test images."""
    kept = kept_codes(codes)
    return events.Snapshot(
        step=step,
        epoch=epoch,
        decoder=_decoder(model),
        mean=to_half(codes.mean[:kept]),
        logvar=None if codes.logvar is None else to_half(codes.logvar[:kept]),
        reconstructions=reconstruct(model, data.x_test[:KEPT_RECONSTRUCTIONS]),
    )


def kept_codes(codes: Codes) -> int:
    """How many images' codes a snapshot keeps: for a VAE 10,000 up to 25 dimensions, 976 with 256."""
    numbers = codes.mean.shape[1] * (1 if codes.logvar is None else 2)
    return min(len(codes.mean), KEPT_NUMBERS // numbers)


def _decoder(model: Autoencoder) -> events.Arrays:
    weights = model.decoder.state_dict()
    return {f"decoder.{name}": to_half(weight.cpu().numpy()) for name, weight in weights.items()}


class Previewer:
    """Makes previews of one model, at intervals that keep their cost below `SHARE` of the training time."""

    def __init__(self, model: Autoencoder, data: Dataset) -> None:
        self.model = model
        self.images_by_class = data.x_test[data.first_of_each_class()]
        self.coded_images = data.x_test[:CODES]
        draws = (SAMPLES, model.config.latent_dim)
        self.draws = torch.randn(draws, generator=generator_for(model.config.seed, "preview")).numpy()
        self.next_at = 0.0

    def due(self, seconds: float) -> bool:
        """Whether a preview may be made now, at this many seconds of training."""
        return seconds >= self.next_at

    def preview(self, step: int, epoch: float, images_per_second: float, seconds: float) -> events.Preview:
        """A preview of the model in its current state."""
        begun = time.perf_counter()
        forward = forward_pass(self.model, self.images_by_class)
        preview = events.Preview(
            step=step,
            epoch=epoch,
            images_per_second=images_per_second,
            mean=embed(self.model, self.coded_images).mean,
            reconstructions=forward.reconstructions,
            samples=decode(self.model, self.draws) if self.model.config.traits.has_prior else None,
            decoder=_decoder(self.model),
            forward=forward.values,
        )
        cost = time.perf_counter() - begun
        self.next_at = seconds + max(SHORTEST_INTERVAL, cost / SHARE)
        return preview
