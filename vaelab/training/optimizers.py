"""The optimizers by name, and their state as named arrays."""

from collections.abc import Callable

import numpy as np
import torch

from vaelab.config import RunConfig
from vaelab.events import Arrays
from vaelab.models.autoencoder import Autoencoder

Optimizer = torch.optim.Optimizer
OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "gd": torch.optim.SGD,
    "sgd": torch.optim.SGD,
    "momentum": lambda parameters, **kw: torch.optim.SGD(parameters, momentum=0.9, **kw),
    "rmsprop": torch.optim.RMSprop,
    "adam": lambda parameters, **kw: torch.optim.Adam(parameters, fused=True, **kw),
    "adamw": lambda parameters, **kw: torch.optim.AdamW(parameters, fused=True, **kw),
}


def make_optimizer(config: RunConfig, model: Autoencoder) -> Optimizer:
    """The config's optimizer over the model's weights.

    Under one-cycle, Adam averages squared gradients over about 20 steps instead of 1,000: a
    schedule of a few hundred steps is over before the long average has settled.
    """
    is_short = config.optimizer in ("adam", "adamw") and config.lr_schedule == "one-cycle"
    averages = {"betas": (0.9, 0.95)} if is_short else {}
    return OPTIMIZERS[config.optimizer](model.parameters(), lr=config.learning_rate, **averages)


def array_of(tensor: torch.Tensor) -> np.ndarray:
    """Copy a tensor in C order, whatever its order in memory."""
    return np.array(tensor.detach().cpu().numpy(), order="C")


def optimizer_arrays(optimizer: Optimizer) -> Arrays:
    """Copy the state that an optimizer has for each weight, as `optimizer.<index of the weight>.<name>`."""
    return {
        f"optimizer.{index}.{name}": array_of(torch.as_tensor(value))
        for index, values in optimizer.state_dict()["state"].items()
        for name, value in values.items()
        if value is not None
    }


def restore_optimizer(optimizer: Optimizer, arrays: Arrays) -> None:
    """Set the state that `optimizer_arrays` returned.

    Averages get the memory layout of their weights, which a fused step relies on.
    """
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    state: dict[int, dict[str, torch.Tensor]] = {}
    for key, array in arrays.items():
        kind, _, rest = key.partition(".")
        if kind == "optimizer":
            index, _, name = rest.partition(".")
            value, weight = torch.tensor(array), weights[int(index)]
            if value.shape == weight.shape:
                value = torch.empty_like(weight, requires_grad=False).copy_(value)
            state.setdefault(int(index), {})[name] = value
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
