"""What a stranger's file says is what a run can say, or it is refused."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.bundles import RECIPES, Parts, imported, refused_within, zipped
from vaelab.config import FIELD_NAMES, RunConfig
from vaelab.data import DATASETS
from vaelab.export.bundle import import_bundle
from vaelab.export.bundle_checks import tensor_shapes
from vaelab.export.unzip import MEGABYTE
from vaelab.models.autoencoder import Autoencoder
from vaelab.runs import History, RunStore

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([*FIELD_NAMES, "version", "other"]), json_values)
def test_any_value_of_a_field_is_refused_or_allowed(parts: Parts, name: str, value: Any) -> None:
    config = {**json.loads(parts["config.json"]), name: value}
    imported(zipped({**parts, "config.json": json.dumps(config).encode()}))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_value_in_an_event_is_refused_or_allowed(parts: Parts, data: st.DataObject) -> None:
    lines = [json.loads(line) for line in parts["events.jsonl"].splitlines()]
    event = data.draw(st.sampled_from([lines[0], lines[1], lines[-2], lines[-1]]))
    event[data.draw(st.sampled_from(sorted(event)))] = data.draw(json_values)
    changed = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    imported(zipped({**parts, "events.jsonl": changed}))


@pytest.mark.parametrize(
    ("event", "name", "value"),
    [(0, "threads", -5), (0, "threads", 10**6), (-2, "seconds", 1e15), (-2, "seconds", -5),
     (-1, "seconds", -5), (1, "step", 10**9)],
)  # fmt: skip
def test_numbers_that_no_run_has_are_refused(parts: Parts, event: int, name: str, value: float) -> None:
    lines = [json.loads(line) for line in parts["events.jsonl"].splitlines()]
    lines[event][name] = value
    changed = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    assert "events.jsonl" in str(imported(zipped({**parts, "events.jsonl": changed})))


@pytest.mark.parametrize(("field", "value"), [("learning_rate", -1.0), ("beta", 1e12), ("epochs", 2.0)])
def test_changes_that_no_run_takes_are_refused(parts: Parts, field: str, value: float) -> None:
    told = parts["events.jsonl"]
    assert told.count(b'"field": "learning_rate", "value": 0.001') == 1
    wrong = f'"field": "{field}", "value": {value}'.encode()
    changed = told.replace(b'"field": "learning_rate", "value": 0.001', wrong)
    assert "events.jsonl" in str(imported(zipped({**parts, "events.jsonl": changed})))


@pytest.mark.parametrize("event", [0, -1])
def test_what_is_said_once_is_refused_twice(parts: Parts, event: int) -> None:
    lines = parts["events.jsonl"].splitlines(keepends=True)
    twice = b"".join([*lines, lines[event]])
    assert "more than once" in str(imported(zipped({**parts, "events.jsonl": twice})))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"nonsense",
        b"[" * 10_000,
        b'{"event": "preview"}',
        b'{"event": "step", "step": 1}',
        b"\xff\xfe",
    ],
)
def test_other_lines_than_events_are_refused(parts: Parts, line: bytes) -> None:
    assert "events.jsonl" in str(imported(zipped({**parts, "events.jsonl": line + b"\n"})))


def test_events_out_of_order_are_refused(parts: Parts) -> None:
    lines = parts["events.jsonl"].splitlines(keepends=True)
    assert "order" in str(imported(zipped({**parts, "events.jsonl": b"".join([*lines, lines[1]])})))


@pytest.mark.parametrize("words", ["![x](http://a.b)", "<b>", "bf16 ", "x" * 17])
def test_words_that_a_page_shows_are_plain(parts: Parts, words: str) -> None:
    lines = parts["events.jsonl"].splitlines()
    for field in ("precision", "device"):
        started = json.dumps({**json.loads(lines[0]), field: words}).encode()
        assert imported(zipped({**parts, "events.jsonl": b"\n".join([started, *lines[1:]])}))


def test_what_the_sender_wrote_at_the_end_is_not_shown(parts: Parts, tmp_path: Path) -> None:
    lines = parts["events.jsonl"].splitlines()
    finished = json.dumps({**json.loads(lines[-1]), "message": "[click](http://a.b)"}).encode()
    run = import_bundle(
        io.BytesIO(zipped({**parts, "events.jsonl": b"\n".join([*lines[:-1], finished])})), RunStore(tmp_path)
    )
    said = History(run).finished
    assert said is not None
    assert said["message"] == run.status().message
    assert "click" not in said["message"]


@pytest.mark.parametrize("field", [*FIELD_NAMES, "version"])
def test_every_field_must_be_stated(parts: Parts, field: str) -> None:
    config = json.loads(parts["config.json"])
    del config[field]
    assert field in str(imported(zipped({**parts, "config.json": json.dumps(config).encode()})))


def test_a_bundle_of_the_first_version_is_upgraded(parts: Parts, tmp_path: Path) -> None:
    config = {**json.loads(parts["config.json"]), "version": 1}
    del config["held_out"]
    content = zipped({**parts, "config.json": json.dumps(config).encode()})
    made = import_bundle(io.BytesIO(content), RunStore(tmp_path))
    assert made.config.held_out == 0


def _without(weights: dict[str, np.ndarray]) -> None:
    weights.pop("decoder.0.bias")


def _with_more(weights: dict[str, np.ndarray]) -> None:
    weights["other"] = weights.pop("decoder.0.bias")


def _turned(weights: dict[str, np.ndarray]) -> None:
    weights["decoder.0.weight"] = weights["decoder.0.weight"].T.copy()


def _halved(weights: dict[str, np.ndarray]) -> None:
    weights["decoder.0.bias"] = np.zeros(2 * weights["decoder.0.bias"].size, np.float16)


def _not_a_number(weights: dict[str, np.ndarray]) -> None:
    weights["decoder.0.bias"][3] = np.nan


@pytest.mark.parametrize("spoil", [_without, _with_more, _turned, _halved, _not_a_number])
def test_other_weights_are_refused(parts: Parts, spoil: Callable[[Any], None]) -> None:
    weights = safetensors.numpy.load(parts["model.safetensors"])
    spoil(weights)
    changed = {**parts, "model.safetensors": safetensors.numpy.save(weights)}
    assert "model.safetensors" in str(imported(zipped(changed)))


@pytest.mark.parametrize("dataset", ["mnist", "cifar10"])
@pytest.mark.parametrize("name", [*RECIPES, "deep", "deep conv"])
def test_the_shapes_are_those_of_the_model(name: str, dataset: str) -> None:
    more = {
        "deep": RunConfig(hidden="7-5-3", latent_dim=4),
        "deep conv": RunConfig(architecture="conv", hidden="2-3-4-5/6-7/8"),
    }
    config = {**RECIPES, **more}[name].variant(dataset=dataset)
    model = Autoencoder(config, DATASETS[dataset].shape)
    assert tensor_shapes(config) == {name: tuple(array.shape) for name, array in model.state_dict().items()}


def test_a_huge_network_is_refused_before_anything_is_made_of_it(parts: Parts) -> None:
    largest = RunConfig(hidden="-".join(["4096"] * 8), latent_dim=256)
    parts = {**parts, "config.json": json.dumps(largest.model_dump()).encode()}
    assert "MB" in refused_within(10 * MEGABYTE, zipped(parts))
