"""A training's whole state as named arrays, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from vaelab import events

if TYPE_CHECKING:
    from vaelab.training.session import Session

COUNTERS = ("step", "told_step", "evaluated_step", "epoch")


def checkpoint(session: Session) -> events.Checkpoint:
    """All that loading the model, and going on exactly, needs; copied, so that training may go on."""
    resume = {f"random.{name}": state.numpy().copy() for name, state in session.generator_states().items()}
    for index, values in session.optimizer.state_dict()["state"].items():
        for name, value in values.items():
            if value is not None:
                resume[f"optimizer.{index}.{name}"] = _array(torch.as_tensor(value))
    resume["totals.epoch"] = session.totals.epoch.copy()
    resume["totals.recent"] = session.totals.recent.copy()
    for name in COUNTERS:
        resume[name] = np.array(getattr(session, name), dtype=np.int64)
    resume["threads"] = np.array(torch.get_num_threads(), dtype=np.int64)
    resume["bf16"] = np.array(session.precision == "bf16")
    resume["train_objective"] = np.array(session.train_objective)
    resume["seconds"] = np.array(session.clock.seconds())
    weights = session.model.state_dict()
    return events.Checkpoint(
        step=session.step,
        epoch=session.progress(),
        model={name: _array(weight) for name, weight in weights.items()},
        resume=resume,
    )


def _array(tensor: torch.Tensor) -> np.ndarray:
    """A copy in C order, whatever the order of the tensor in memory."""
    return np.array(tensor.detach().cpu().numpy(), order="C")


def threads_of(resume: events.Checkpoint | None) -> int | None:
    """The number of threads that a checkpoint was made with; None without one.

    Another number gives other roundings, and so another run.
    """
    return None if resume is None else int(resume.resume["threads"])


def restore(session: Session, saved: events.Checkpoint) -> None:
    """Put a fresh session of the same config into the state that was saved.

    Raises
    ------
    ValueError
        If the checkpoint is of another model.
    """
    arrays = saved.resume
    try:
        session.model.load_state_dict({name: torch.tensor(array) for name, array in saved.model.items()})
        session.optimizer.load_state_dict(
            {
                "state": _optimizer_state(arrays, list(session.model.parameters())),
                "param_groups": session.optimizer.state_dict()["param_groups"],
            }
        )
    except (RuntimeError, KeyError) as error:
        raise ValueError(f"The checkpoint does not fit this config: {error}") from error
    for name in COUNTERS:
        setattr(session, name, int(arrays[name]))
    # What "auto" means may have changed since, with the machine or with us; the run goes on as it began.
    if "bf16" in arrays:
        session.precision = "bf16" if arrays["bf16"] else "fp32"
    session.train_objective = float(arrays["train_objective"])
    session.clock.set(float(arrays["seconds"]))
    session.totals.epoch[:] = arrays["totals.epoch"]
    session.totals.recent[:] = arrays["totals.recent"]
    if session.step == session.epoch * session.steps_per_epoch:
        session.start_epoch()
    else:
        for name, generator in session.generators.items():
            generator.set_state(torch.tensor(arrays[f"random.{name}"]))


def _optimizer_state(
    arrays: events.Arrays, weights: list[torch.nn.Parameter]
) -> dict[int, dict[str, torch.Tensor]]:
    """The optimizer's state; averages lie in memory as their weights do, which a fused step relies on."""
    state: dict[int, dict[str, torch.Tensor]] = {}
    for key, array in arrays.items():
        kind, _, rest = key.partition(".")
        if kind == "optimizer":
            index, _, name = rest.partition(".")
            value, weight = torch.tensor(array), weights[int(index)]
            if value.shape == weight.shape:
                value = torch.empty_like(weight, requires_grad=False).copy_(value)
            state.setdefault(int(index), {})[name] = value
    return state
