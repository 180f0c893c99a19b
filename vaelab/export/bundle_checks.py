"""Checks of the parts of an imported run, which are not trusted.

Nothing is written here, no size that a file states is believed, and every refusal is one sentence that says
what is wrong and what is allowed.
"""

import json
import math
import re
from itertools import pairwise
from typing import Any

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from vaelab import events
from vaelab.config import FIELD_NAMES, QUANTITIES, RunConfig, read_config
from vaelab.config.run_config import upgrade
from vaelab.data import DATASETS
from vaelab.events import Arrays
from vaelab.export.unzip import MEGABYTE, ImportRefused
from vaelab.networks import layers
from vaelab.networks.sizes import facts
from vaelab.runs.records import LARGEST_NUMBER, LONGEST, MOST_THREADS, checked
from vaelab.words import counted

LONGEST_HEADER = 65_536
"""Largest size of the header of a safetensors file in bytes; that of the deepest network has 8,000."""

_EVENTS: dict[str, type[events.Event]] = {
    "started": events.Started, "step": events.Step, "changed": events.Changed,
    "evaluated": events.Evaluated, "finished": events.Finished,
}  # fmt: skip
_DEFINED = ("kl", "neg_elbo", "kl_per_dim")
"""Fields of events that must have a value if the quantity is defined for the model, and none otherwise."""


def parse_recipe(content: bytes) -> RunConfig:
    """The config that a `config.json` states, upgraded if it is of an earlier version.

    Raises
    ------
    ImportRefused
        If the content is not a config, or does not state every field: defaults may have changed since then.
    """
    values = _json(content, "config.json")
    config, problems = read_config(values)
    if config is None:
        raise ImportRefused(f"config.json is not valid: {' '.join(problems.values())}")
    stated = upgrade(values) if "version" in values else {}
    missing = [name for name in ("version", *FIELD_NAMES) if name not in stated]
    if missing:
        raise ImportRefused(f"config.json must state every field; it lacks {', '.join(missing)}.")
    return config


def _json(content: bytes, name: str) -> dict[str, Any]:
    try:
        values = json.loads(content)
        # Half a surrogate pair can be read, but could not be shown: encoding it raises.
        json.dumps(values, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ImportRefused(f"{name} is not JSON that can be read.") from error
    if not isinstance(values, dict):
        raise ImportRefused(f"{name} must hold JSON objects, {{…}}, not another kind of value.")
    return values


def tensor_shapes(config: RunConfig) -> dict[str, tuple[int, ...]]:
    """Names and shapes of all tensors of a config's model, which are all float32."""
    encoder, decoder = layers.network_layers(config, DATASETS[config.dataset].shape)
    sigma: dict[str, tuple[int, ...]] = {"sigma": ()} if config.term.has_sigma else {}
    return sigma | layers.tensor_shapes(encoder, "encoder") | layers.tensor_shapes(decoder, "decoder")


def parse_weights(content: bytes, config: RunConfig) -> Arrays:
    """The weights of a config's model from the bytes of a `model.safetensors`.

    Raises
    ------
    ImportRefused
        If the file does not have exactly the tensors of that model, or a number is not finite.
    """
    shapes = tensor_shapes(config)
    expected = 4 * sum(math.prod(shape) for shape in shapes.values())
    header = int.from_bytes(content[:8], "little")
    if header > LONGEST_HEADER or len(content) - 8 - header != expected:
        raise ImportRefused(
            f"model.safetensors is not that of config.json, whose network has {expected / MEGABYTE:,.2f} MB "
            f"of float32 weights."
        )
    try:
        arrays = safetensors.numpy.load(content)
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise ImportRefused(f"model.safetensors cannot be read: {error}.") from error
    for name in shapes.keys() | arrays.keys():
        _check_tensor(name, arrays.get(name), shapes.get(name))
    return arrays


def _check_tensor(name: str, array: np.ndarray | None, shape: tuple[int, ...] | None) -> None:
    if shape is None:
        raise ImportRefused(
            f"model.safetensors has a tensor {name[:60]!r}, which config.json has no use for."
        )
    if array is None:
        raise ImportRefused(f"model.safetensors lacks the tensor {name!r} of shape {shape}.")
    if array.shape != shape or array.dtype != np.float32:
        raise ImportRefused(
            f"model.safetensors has {name!r} as {array.dtype} of shape {array.shape}; "
            f"config.json makes it float32 of shape {shape}."
        )
    if not np.isfinite(array).all():
        raise ImportRefused(f"model.safetensors has numbers in {name!r} that are not finite.")


def parse_events(content: bytes, config: RunConfig) -> list[events.Event]:
    """The events of a training from the lines of an `events.jsonl`.

    Raises
    ------
    ImportRefused
        If a line is not an event, an event does not belong to the config, or the order is wrong.
    """
    steps = facts(config, DATASETS[config.dataset]).steps_per_epoch * config.epochs
    parsed = [_event(line, number, config) for number, line in enumerate(content.splitlines(), start=1)]
    if max((getattr(event, "step", 0) for event in parsed), default=0) > steps:
        raise ImportRefused(f"events.jsonl goes beyond the {counted(steps, 'step')} that config.json makes.")
    for once in ("started", "finished"):
        if sum(isinstance(event, _EVENTS[once]) for event in parsed) > 1:
            raise ImportRefused(f"events.jsonl says {once!r} more than once.")
    for kind in (events.Step, events.Evaluated):
        steps_of_kind = [event.step for event in parsed if isinstance(event, kind)]
        if any(earlier >= later for earlier, later in pairwise(steps_of_kind)):
            raise ImportRefused("events.jsonl is not in the order of its steps.")
    return parsed


def _event(line: bytes, number: int, config: RunConfig) -> events.Event:
    where = f"Line {number} of events.jsonl"
    values = _json(line, where)
    kind = _EVENTS.get(str(values.pop("event", "")))
    if kind is None:
        raise ImportRefused(f"{where} is no event of a run; allowed are {', '.join(_EVENTS)}.")
    try:
        event = checked(kind, values)
    except ValueError as error:
        raise ImportRefused(f"{where} is not valid: {error}.") from error
    if not all(map(_is_plain, events.as_json(event).values())) or not _fits(event, config):
        raise ImportRefused(f"{where} has values that no run of this config.json has: {line[:60]!r}.")
    return event


def _is_plain(value: Any) -> bool:
    """Whether a value is None, an ordinary number, a short text, or a list of such numbers."""
    if isinstance(value, list):
        return all(isinstance(number, (int, float)) and _is_plain(number) for number in value)
    if isinstance(value, str):
        return len(value) <= 500
    return value is None or (isinstance(value, (int, float)) and abs(value) <= LARGEST_NUMBER)


def _fits(event: events.Event, config: RunConfig) -> bool:
    """Whether a run of this config can have this event: its values are present and in range."""
    if isinstance(event, events.Started):
        counts = (event.train_images, event.test_images, event.steps_per_epoch, event.parameters)
        words = (event.precision, event.device)
        sane = min(counts) >= 1 and 1 <= event.threads <= MOST_THREADS
        return sane and all(re.fullmatch(r"[a-z0-9:]{1,16}", word) for word in words)
    for name in _DEFINED:
        if hasattr(event, name) and (getattr(event, name) is not None) != QUANTITIES[name].is_defined(config):
            return False
    if isinstance(event, events.Changed) and event.value is not None:
        _, problems = read_config({**config.model_dump(), event.field: event.value})
        if problems:
            return False
    dimensions = getattr(event, "kl_per_dim", None)
    if dimensions is not None and len(dimensions) != config.latent_dim:
        return False
    seconds = getattr(event, "seconds", 0.0)
    return event.step >= 0 and 0 <= event.epoch <= config.epochs and 0 <= seconds <= LONGEST
