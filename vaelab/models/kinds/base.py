"""The interface between a model and a kind of data."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Tensors:
    """The conversion of one kind of examples to tensors and back."""

    name: str
    to_tensor: Callable[[np.ndarray, torch.device | str], Tensor]
    """Examples (N, ...) as float32 from 0 to 1, of the same shape, on a device."""
    from_tensor: Callable[[Tensor], np.ndarray]
    """Examples (N, ...) from such a tensor."""
    least_bce: Callable[[np.ndarray], float]
    """Cross-entropy of examples with themselves, in nats per example: no reconstruction can cost less."""
