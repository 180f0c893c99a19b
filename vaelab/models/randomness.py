"""Random generators by purpose, so that a change in one use of random numbers leaves all others the same."""

import numpy as np
import torch

# The index in this list enters the seed, so that new purposes must be appended at the end.
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
    """A generator fixed by (seed, purpose, epoch); PyTorch's global generator is not used."""
    words = np.random.SeedSequence([seed, _PURPOSES.index(purpose), epoch]).generate_state(2, np.uint32)
    return torch.Generator().manual_seed(int(words[0]) << 31 ^ int(words[1]))
