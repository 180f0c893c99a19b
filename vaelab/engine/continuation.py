"""The config of a new run that goes on from the end of another."""

import math
from typing import Any

from vaelab.config import RunConfig, read_config
from vaelab.runs import History, Run
from vaelab.runs.arrays import read_checkpoint


def continued_config(parent: Run, epochs: int) -> RunConfig:
    """The config of a run that goes on from the end of another for more epochs.

    All fields are the parent's, except for a `stop_loss` at which it ended.

    Raises
    ------
    ValueError
        If the parent is not over, has nothing to go on from, or there would be too many epochs.
    """
    if parent.status().active:
        raise ValueError("This run is not over: stop it, or let it end, before it is trained on.")
    checkpoint = read_checkpoint(parent)
    if checkpoint is None:
        raise ValueError("This run was kept without its optimizer's state, so it cannot be trained on.")
    changes: dict[str, Any] = {"epochs": math.ceil(checkpoint.epoch) + epochs}
    if (History(parent).finished or {}).get("reason") == "stop_loss":
        changes["stop_loss"] = None
    config, problems = read_config({**parent.config.model_dump(), **changes})
    if config is None:
        raise ValueError(" ".join(problems.values()))
    return config
