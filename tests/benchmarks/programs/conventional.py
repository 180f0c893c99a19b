"""The loop of every tutorial, after the VAE of the PyTorch examples."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from vaelab.config import PRESETS
from vaelab.data import load
from vaelab.data.kinds.image import IMAGE
from vaelab.models.autoencoder import Autoencoder


class VAE(nn.Module):
    """784-400-20-400-784."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 400)
        self.fc21 = nn.Linear(400, 20)
        self.fc22 = nn.Linear(400, 20)
        self.fc3 = nn.Linear(20, 400)
        self.fc4 = nn.Linear(400, 784)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of the code."""
        hidden = functional.relu(self.fc1(x))
        return self.fc21(hidden), self.fc22(hidden)

    def reparameterize(self, mean: Tensor, logvar: Tensor) -> Tensor:
        """One draw of the code."""
        std = torch.exp(0.5 * logvar)
        return mean + torch.randn_like(std) * std

    def decode(self, z: Tensor) -> Tensor:
        """Pixels from 0 to 1."""
        return torch.sigmoid(self.fc4(functional.relu(self.fc3(z))))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Reconstruction, mean and log-variance."""
        mean, logvar = self.encode(x.view(-1, 784))
        return self.decode(self.reparameterize(mean, logvar)), mean, logvar


def loss_function(reconstruction: Tensor, x: Tensor, mean: Tensor, logvar: Tensor) -> Tensor:
    """Cross-entropy and KL, summed over pixels, latents and images."""
    bce = functional.binary_cross_entropy(reconstruction, x.view(-1, 784), reduction="sum")
    return bce - 0.5 * torch.sum(1 + logvar - mean.pow(2) - logvar.exp())


def epochs(count: int, seed: int, start: str = "PyTorch") -> Iterator[float]:
    """Train and yield the test negative ELBO, nats an image, after each epoch.

    `start` is whose first weights it has: PyTorch's own, or those of "vaelab", which begins at the
    mean image and so gets ahead by some nats in the first epochs.
    """
    torch.manual_seed(seed)
    folder = _as_torchvision_keeps_it(Path(os.environ["BENCH_FOLDER"]))
    to_tensor = transforms.ToTensor()
    train_loader = DataLoader(datasets.MNIST(folder, train=True, transform=to_tensor), 128, shuffle=True)
    test_loader = DataLoader(datasets.MNIST(folder, train=False, transform=to_tensor), 128)
    model = VAE()
    if start == "vaelab":
        _start_as_ours(model, seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(count):
        model.train()
        train_loss = 0.0
        for x, _ in train_loader:
            optimizer.zero_grad()
            loss = loss_function(*_with_input(model, x))
            loss.backward()
            train_loss += loss.item()
            optimizer.step()
        model.eval()
        test_loss = 0.0
        with torch.no_grad():
            for x, _ in test_loader:
                test_loss += loss_function(*_with_input(model, x)).item()
        yield test_loss / len(test_loader.dataset)


def _with_input(model: VAE, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    reconstruction, mean, logvar = model(x)
    return reconstruction, x, mean, logvar


def _start_as_ours(model: VAE, seed: int) -> None:
    """Take over the weights with which the same recipe starts in vaelab."""
    data = load("mnist")
    ours = Autoencoder(PRESETS["vae-20d"].config.variant(seed=seed), (1, 28, 28), IMAGE.mean(data.x_train))
    first, heads, third, last = (
        part for part in (*ours.encoder, *ours.decoder) if isinstance(part, nn.Linear)
    )
    for own, theirs in ((model.fc1, first), (model.fc3, third), (model.fc4, last)):
        own.load_state_dict(theirs.state_dict())
    with torch.no_grad():
        for index, own in enumerate((model.fc21, model.fc22)):
            own.weight.copy_(heads.weight.chunk(2)[index])
            own.bias.copy_(heads.bias.chunk(2)[index])


def _as_torchvision_keeps_it(folder: Path) -> Path:
    """Write our MNIST in the files that torchvision downloads: magic number, sizes, bytes."""
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    data = load("mnist")
    for split, images, labels in (("train", data.x_train, data.y_train), ("t10k", data.x_test, data.y_test)):
        _write_idx(raw / f"{split}-images-idx3-ubyte", images[:, 0])
        _write_idx(raw / f"{split}-labels-idx1-ubyte", labels.astype(np.uint8))
    return folder


def _write_idx(path: Path, array: np.ndarray) -> None:
    magic = np.array([0x0800 + array.ndim, *array.shape], dtype=">i4")
    path.write_bytes(magic.tobytes() + np.ascontiguousarray(array).tobytes())
