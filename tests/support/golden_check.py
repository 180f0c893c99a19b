"""How what is trained now differs from the golden file.

On the machine that made the file every number has to be the same to the last bit. Another processor rounds
otherwise, which training amplifies step by step: Adam's first steps follow the sign of gradients that are
almost zero. There the losses of the first steps, and later ones less closely, have to be near to the golden
ones. Fields that an event did not have when the file was made are not looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from tests.support.golden_runs import Recorded

FIRST, LATER = 1e-5, 1e-2
"""How far losses may be from the golden ones elsewhere, relative to the objective: at first, and at last."""

_FIRST_STEPS = {"ae-2d": 8, "beta-vae": 6, "denoising-ae": 3}
"""Steps within `FIRST`, ten of all others. With the instructions AVX512, AVX2 and SSE4 they differed by less
than 1e-6; `denoising-ae` differs by 4e-4 after ten steps, and by 1.4e-3 later."""
_LATER = {"conv-vae-keras": 3e-2}
"""Between AVX512 and SSE4 it differs by 8e-3: its loss falls steeply just then. All others do by 1.4e-3."""

_LOSSES = frozenset({"objective", "recon", "kl", "neg_elbo", "kl_per_dim", "train_objective"})
"""Terms of one sum, to whose size a difference in any of them is compared: a KL may be almost 0."""
_OTHER_MEASURES = frozenset({"mean_image_loss", "floor_loss", "mse", "sigma"})
"""Numbers that are compared to their own size."""
_ONLY_EXACTLY = frozenset({"active_units", "aggregate_variance"})
"""No losses; codes that have only begun to spread differ too much elsewhere."""


def differences(name: str, expected: Recorded, found: Recorded, *, exactly: bool) -> list[str]:
    """A sentence for each number of a preset's training that is not as it was."""
    was, now = expected["events"], found["events"]
    if [event["event"] for event in was] != [event["event"] for event in now]:
        return [f"{name}: there are {len(now)} events instead of {len(was)}, or they are others."]
    said = []
    for index, (before, after) in enumerate(zip(was, now, strict=True)):
        step = before["event"] == "step" and before["step"] <= _FIRST_STEPS.get(name, 10)
        within = FIRST if step else _LATER.get(name, LATER)
        allowed = {} if exactly else _allowed(before, within)
        about = f"{name}, event {index} ({before['event']} at step {before['step']})"
        said += [f"{about}: {text}" for text in _unlike(before, after, allowed)]
    allowed = {} if exactly else _allowed_norms(expected["norms"], _LATER.get(name, LATER))
    said += [f"{name}, norm: {text}" for text in _unlike(expected["norms"], found["norms"], allowed)]
    if expected["norms"].keys() != found["norms"].keys():
        said.append(f"{name}: there are the weights {', '.join(found['norms'])}.")
    return said


def script_differences(
    name: str, expected: list[list[float]], found: list[list[float]], *, exactly: bool
) -> list[str]:
    """A sentence if a script printed other losses than before."""
    same = [len(row) for row in expected] == [len(row) for row in found] and all(
        abs(number - before) <= (0 if exactly else _LATER.get(name, LATER) * sum(map(abs, row)))
        for row, now in zip(expected, found, strict=True)
        for before, number in zip(row, now, strict=True)
    )
    return [] if same else [f"{name}: its script printed {found} instead of {expected}."]


def _allowed(event: dict[str, Any], within: float) -> dict[str, float]:
    """How far each field of an event may be from what it was, elsewhere; not at all where nothing is said."""
    size = max((abs(event[name]) for name in _LOSSES - {"kl_per_dim"} if event.get(name)), default=0.0)
    allowed = dict.fromkeys(_LOSSES, within * size) | dict.fromkeys(_ONLY_EXACTLY, math.inf)
    own = {name: within * abs(event[name]) for name in _OTHER_MEASURES if event.get(name) is not None}
    return allowed | own


def _allowed_norms(norms: dict[str, float], within: float) -> dict[str, float]:
    """Relative to the largest norm of a tensor of the same layer: a bias that began at 0 is almost noise."""
    largest: dict[str, float] = {}
    for name, norm in norms.items():
        layer = name.rpartition(".")[0]
        largest[layer] = max(largest.get(layer, 0.0), norm)
    return {name: within * largest[name.rpartition(".")[0]] for name in norms}


def _unlike(before: dict[str, Any], after: dict[str, Any], allowed: dict[str, float]) -> Iterator[str]:
    for name, value in before.items():
        now = after.get(name)
        if not _is_near(value, now, allowed.get(name, 0.0)):
            yield f"{name} is {now!r} instead of {value!r}."


def _is_near(value: Any, now: Any, allowed: float) -> bool:
    if isinstance(value, list) and isinstance(now, list):
        pairs = zip(value, now, strict=False)
        return len(value) == len(now) and all(_is_near(*pair, allowed) for pair in pairs)
    if type(value) in (int, float) and type(now) in (int, float):
        return abs(value - now) <= allowed
    return value == now
