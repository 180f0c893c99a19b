"""pythae's VAE and trainer, with encoder and decoder of the common size."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterator

import torch
from pythae.data.datasets import BaseDataset
from pythae.models import VAE, VAEConfig
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder
from pythae.trainers import BaseTrainer, BaseTrainerConfig
from pythae.trainers.training_callbacks import TrainingCallback
from torch import Tensor, nn

from vaelab.data import load
from vaelab.models.kinds.image import to_unit


class Encoder(BaseEncoder):
    """784-400 and two heads of 20."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Sequential(nn.Flatten(), nn.Linear(784, 400), nn.ReLU())
        self.mean = nn.Linear(400, 20)
        self.logvar = nn.Linear(400, 20)

    def forward(self, x: Tensor) -> ModelOutput:
        """Mean and log-variance of the code."""
        hidden = self.hidden(x)
        return ModelOutput(embedding=self.mean(hidden), log_covariance=self.logvar(hidden))


class Decoder(BaseDecoder):
    """20-400-784."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784), nn.Sigmoid())

    def forward(self, z: Tensor) -> ModelOutput:
        """Pixels from 0 to 1."""
        return ModelOutput(reconstruction=self.layers(z).reshape(-1, 1, 28, 28))


class Losses(TrainingCallback):
    """Passes on what an epoch's test pass gave."""

    def __init__(self) -> None:
        self.said: queue.SimpleQueue[float | None] = queue.SimpleQueue()

    def on_log(self, training_config: BaseTrainerConfig, logs: dict[str, float], **_: object) -> None:
        """Take the test loss of the epoch."""
        self.said.put(logs["eval_epoch_loss"])


def epochs(count: int, seed: int) -> Iterator[float]:
    """Train and yield the test negative ELBO, nats an image, after each epoch."""
    logging.disable(logging.INFO)
    data = load("mnist")
    config = VAEConfig(input_dim=(1, 28, 28), latent_dim=20, reconstruction_loss="bce")
    torch.manual_seed(seed)
    losses = Losses()
    trainer = BaseTrainer(
        VAE(config, encoder=Encoder(), decoder=Decoder()),
        BaseDataset(to_unit(data.x_train), torch.zeros(len(data.x_train))),
        BaseDataset(to_unit(data.x_test), torch.zeros(len(data.x_test))),
        BaseTrainerConfig(
            output_dir="pythae",
            num_epochs=count,
            learning_rate=1e-3,
            per_device_train_batch_size=128,
            per_device_eval_batch_size=128,
            seed=seed,
            no_cuda=True,
        ),
        callbacks=[losses],
    )
    yield from _as_it_trains(trainer, losses)


def _as_it_trains(trainer: BaseTrainer, losses: Losses) -> Iterator[float]:
    """Its trainer is one call that returns at the end: it runs in a thread, and tells us meanwhile."""

    def fit() -> None:
        try:
            trainer.train()
        finally:
            losses.said.put(None)

    threading.Thread(target=fit, daemon=True).start()
    while (loss := losses.said.get()) is not None:
        yield float(loss)
