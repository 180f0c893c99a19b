"""VAE Lab: train autoencoders and variational autoencoders, and look at what they learned.

    import torch
    from vaelab import PRESETS, fit, train

    config = PRESETS["vae-2d"].config.variant(epochs=3)
    for event in train(config):            # numbers and arrays while it trains
        print(event)

    model = fit(config).model              # or just the trained model
    posterior = model.encode(torch.rand(1, 1, 28, 28))
    images = model.decode(posterior.mean)  # (1, 1, 28, 28), pixels from 0 to 1

Names are imported on first use, so that `import vaelab` loads neither PyTorch nor the app.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "RunConfig": "vaelab.config",
    "PRESETS": "vaelab.config",
    "DATASETS": "vaelab.data",
    "RunStore": "vaelab.runs",
    "train": "vaelab.training",
    "fit": "vaelab.training",
    "load_run": "vaelab.analysis.load",
    "evaluate": "vaelab.models.evaluation",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'vaelab' has no attribute {name!r}; it has {', '.join(sorted(_HOME))}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(_HOME)
