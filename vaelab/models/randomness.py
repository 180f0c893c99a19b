"""Random numbers by purpose, so that changing one use of them leaves every other as it was."""

from __future__ import annotations

import numpy as np
import torch

# The place in this list is part of a run's identity: append only.
_PURPOSES = (
    "subset",
    "encoder",
    "decoder",
    "batches",
    "noise",
    "corruption",
    "evaluation",
    "preview",
    "held_out",
    "importance",
    "probed",
)


def generator_for(seed: int, purpose: str, epoch: int = 0) -> torch.Generator:
    """A generator fixed by (seed, purpose, epoch); PyTorch's global generator is not touched."""
    words = np.random.SeedSequence([seed, _PURPOSES.index(purpose), epoch]).generate_state(2, np.uint32)
    return torch.Generator().manual_seed(int(words[0]) << 31 ^ int(words[1]))
