"""Images as tensors: bytes from 0 to 255 outside of a model, numbers from 0 to 1 inside."""

from __future__ import annotations

import numpy as np
import torch


def to_unit(images: np.ndarray, device: torch.device | str = "cpu") -> torch.Tensor:
    """Images (N, C, H, W) uint8 as float32 in [0, 1]."""
    own = images if images.flags.writeable else images.copy()  # PyTorch shares memory only if it may write
    return torch.from_numpy(own).to(device, torch.float32).div_(255)


def to_bytes(images: torch.Tensor) -> np.ndarray:
    """Images in [0, 1] as uint8, rounded."""
    return images.mul(255).round_().to(torch.uint8).cpu().numpy()
