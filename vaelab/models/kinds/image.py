"""Images as tensors: bytes from 0 to 255 outside a model, numbers from 0 to 1 inside it."""

import numpy as np
import torch

from vaelab.models.kinds.base import Tensors


def to_unit(images: np.ndarray, device: torch.device | str = "cpu") -> torch.Tensor:
    """Images (N, C, H, W) uint8 as float32 in [0, 1]."""
    writeable = images if images.flags.writeable else images.copy()  # PyTorch shares only such memory
    return torch.from_numpy(writeable).to(device, torch.float32).div_(255)


def to_bytes(images: torch.Tensor) -> np.ndarray:
    """Images in [0, 1] as uint8, rounded."""
    return images.mul(255).round_().to(torch.uint8).cpu().numpy()


def least_bce(images: np.ndarray) -> float:
    """Entropy of the grey values of images uint8, nats per image."""
    # bincount copies its argument to 64 bits, which takes little memory only for small parts.
    parts = (images[start : start + 1000].reshape(-1) for start in range(0, len(images), 1000))
    counts = np.sum([np.bincount(part, minlength=256) for part in parts], axis=0)
    grey = np.arange(256) / 255
    entropy = -sum(np.where(p > 0, p * np.log(np.maximum(p, 1e-12)), 0) for p in (grey, 1 - grey))
    return float(counts @ entropy) / len(images)


IMAGE = Tensors("image", to_unit, to_bytes, least_bce)
