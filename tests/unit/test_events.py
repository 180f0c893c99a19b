"""Events as JSON."""

from __future__ import annotations

import dataclasses
import json
from typing import get_args

import numpy as np
import pytest

from vaelab import events
from vaelab.config import RunConfig
from vaelab.events import as_json, event_name

SMALL = RunConfig(epochs=2, hidden="16")


@pytest.fixture
def everything(record, tiny, wishing) -> list[events.Event]:
    """Events of every kind, of a VAE, an AE, a diverging run and one stopped at once."""
    from vaelab.training import train

    wish = events.Request(dials=events.Dials(beta=2.0), change=1)
    pausing = list(train(SMALL, data=tiny, request=wishing({3: "pause", 5: wish})))
    others = [
        record(SMALL.variant(model="ae", reconstruction="mse")),
        record(SMALL.variant(optimizer="sgd", learning_rate=100)),
        record(SMALL, request=wishing({1: "stop"})),
    ]
    return pausing + [event for recording in others for event in recording.events]


def test_every_event_is_json_that_reads_back_the_same(everything):
    assert {type(event) for event in everything} == set(get_args(events.Event))
    for event in everything:
        values = as_json(event)
        assert json.loads(json.dumps(values, allow_nan=False)) == values


def test_json_has_the_name_and_all_fields_but_arrays(everything):
    for event in everything:
        values = as_json(event)
        assert values.pop("event") == event_name(event)
        for field in dataclasses.fields(event):
            value = getattr(event, field.name)
            if isinstance(value, (np.ndarray, dict)):
                assert field.name not in values
            else:
                assert values[field.name] == value


def test_events_carry_no_tensors(everything):
    for event in everything:
        for field in dataclasses.fields(event):
            value = getattr(event, field.name)
            inner = value.values() if isinstance(value, dict) else [value]
            assert all(type(part) in (int, float, str, list, np.ndarray, type(None)) for part in inner), field


def test_names_are_lower_case():
    assert {event_name(kind.__new__(kind)) for kind in get_args(events.Event)} == {
        "started", "step", "changed", "evaluated", "snapshot", "preview", "checkpoint", "paused", "continued",
        "finished",
    }  # fmt: skip


def test_an_event_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        events.Paused(step=1, epoch=0.5).step = 2
