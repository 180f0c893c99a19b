"""The recipe of a run: complete, immutable, and the same in every form it is written in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from vaelab.config import (
    FIELD_NAMES,
    PRESETS,
    RunConfig,
    as_text,
    field_spec,
    read_config,
    why_not_in_force,
    with_changes,
)
from vaelab.config.defaults import FOLLOWS, default_learning_rate
from vaelab.config.hidden import HiddenLayers, parse_hidden
from vaelab.config.run_config import VERSION, upgrade


def widths(most: int, largest: int, least: int = 1) -> st.SearchStrategy[str]:
    numbers = st.lists(st.integers(1, largest).map(str), min_size=least, max_size=most)
    return numbers.map("-".join)


def hidden_texts(architecture: str) -> st.SearchStrategy[str]:
    dense = st.just("none") | widths(8, 4096)
    if architecture == "mlp":
        return dense
    ends = st.lists(dense, max_size=2)
    return st.tuples(widths(4, 256), ends).map(lambda parts: "/".join((parts[0], *parts[1])))


def field_values(name: str) -> st.SearchStrategy[Any]:
    spec = field_spec(name)
    if spec.kind == "choice":
        return st.sampled_from(spec.choices)
    if name == "sigma":
        return st.just("auto") | st.floats(0.001, 10)
    bounds = {"min_value": spec.minimum, "max_value": spec.maximum}
    if name == "stop_loss":
        return st.none() | st.floats(**bounds)
    return st.integers(**bounds) if spec.kind == "integer" else st.floats(**bounds)


@st.composite
def configs(draw: st.DrawFn) -> RunConfig:
    values = {name: draw(field_values(name)) for name in FIELD_NAMES if name != "hidden"}
    return RunConfig(hidden=draw(hidden_texts(values["architecture"])), **values)


MANY = settings(max_examples=200)


# The forms of a recipe


@MANY
@given(configs())
def test_json_and_back_is_the_same_recipe(config):
    text = json.dumps(config.model_dump(), allow_nan=False)
    assert read_config(json.loads(text)) == (config, {})


@MANY
@given(configs())
def test_text_and_back_is_the_same_recipe(config):
    """A config as links and command lines write it: every value is a text."""
    texts = {name: as_text(value) for name, value in config.model_dump().items()}
    assert read_config(texts) == (config, {})


@MANY
@given(configs())
def test_a_recipe_says_every_field(config):
    assert set(config.model_dump()) == {*FIELD_NAMES, "version"}


def test_the_default_is_the_preset_to_start_with():
    assert RunConfig() == PRESETS["vae-2d"].config == read_config({})[0]


def test_a_recipe_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        RunConfig().epochs = 3


def test_an_unknown_field_is_refused():
    with pytest.raises(ValidationError, match="latent_dims"):
        RunConfig(latent_dims=3)


# Variants, and what follows from other fields


def test_a_variant_differs_where_it_was_asked_to():
    config = RunConfig().variant(epochs=3, beta=4)
    assert (config.epochs, config.beta) == (3, 4)
    assert config.variant(epochs=10, beta=1) == RunConfig()


@pytest.mark.parametrize(
    "changes", [{"epochs": 0}, {"latent_dim": 1000}, {"colour": "red"}, {"architecture": "conv"}]
)
def test_a_variant_is_validated(changes):
    """The last variant keeps the text of `hidden`, which conv does not allow."""
    with pytest.raises(ValidationError):
        RunConfig().variant(**changes)


@pytest.mark.parametrize("left_out", [{}, {"hidden": None, "learning_rate": None}])
@pytest.mark.parametrize("architecture", ["mlp", "conv"])
@pytest.mark.parametrize("optimizer", field_spec("optimizer").choices)
def test_what_is_left_out_follows_architecture_and_optimizer(optimizer, architecture, left_out):
    config = RunConfig(optimizer=optimizer, architecture=architecture, lr_schedule="constant", **left_out)
    assert config.learning_rate == default_learning_rate(optimizer, "constant", "bce")
    assert parse_hidden(config.hidden, architecture)


def test_what_follows_does_so_only_if_it_is_not_given():
    changed = RunConfig(**with_changes(RunConfig(), {"architecture": "conv", "optimizer": "sgd"}))
    assert changed == RunConfig(architecture="conv", optimizer="sgd")
    given_too = {"architecture": "conv", "hidden": "8", "optimizer": "sgd", "learning_rate": 0.5}
    changed = RunConfig(**with_changes(RunConfig(), given_too))
    assert (changed.hidden, changed.learning_rate) == ("8", 0.5)
    own = RunConfig(hidden="99", learning_rate=0.5)
    assert RunConfig(**with_changes(own, {"epochs": 3})) == own.variant(epochs=3)


def test_followers_and_leaders_are_fields():
    assert {*FOLLOWS, *(leader for leaders in FOLLOWS.values() for leader in leaders)} <= set(FIELD_NAMES)


@pytest.mark.parametrize("optimizer", field_spec("optimizer").choices)
@pytest.mark.parametrize("schedule", field_spec("lr_schedule").choices)
@pytest.mark.parametrize("reconstruction", field_spec("reconstruction").choices)
def test_every_optimizer_has_a_learning_rate_that_is_allowed(optimizer, schedule, reconstruction):
    spec = field_spec("learning_rate")
    assert spec.minimum <= default_learning_rate(optimizer, schedule, reconstruction) <= spec.maximum


# Versions


def test_upgrade_gives_todays_version_and_keeps_the_rest():
    old = {"version": 1, "epochs": 3, "unknown": "kept for the sentence about it"}
    assert upgrade(old) == {**old, "version": VERSION, "held_out": 0}
    assert upgrade({"epochs": 3}) == {"epochs": 3, "version": VERSION}
    assert upgrade({"version": "1"}) == {"version": VERSION, "held_out": 0}
    assert old["version"] == 1


@pytest.mark.parametrize("version", [0, VERSION + 1, "1.0", "one", None])
def test_upgrade_refuses_other_versions(version):
    with pytest.raises(ValueError, match=r"^version: .* is not a version this VAE Lab knows"):
        upgrade({"version": version})


# The text of the layers


@pytest.mark.parametrize(
    ("architecture", "text", "layers"),
    [
        ("mlp", "400", HiddenLayers((), (400,), (400,))),
        ("mlp", "512-256", HiddenLayers((), (512, 256), (512, 256))),
        ("mlp", "none", HiddenLayers((), (), ())),
        ("conv", "32-64", HiddenLayers((32, 64), (), ())),
        ("conv", "32-64/16", HiddenLayers((32, 64), (16,), ())),
        ("conv", "16-32/128/64-128", HiddenLayers((16, 32), (128,), (64, 128))),
        ("conv", "8/none/20", HiddenLayers((8,), (), (20,))),
    ],
)
def test_what_the_text_of_hidden_means(architecture, text, layers):
    assert parse_hidden(text, architecture) == layers


@pytest.mark.parametrize("text", [" 512-256 ", "NONE", 400])
def test_hidden_is_read_leniently_and_kept_plainly(text):
    assert RunConfig(hidden=text).hidden == str(text).strip().lower()


# Fields that are not in force


def test_a_field_may_wait_to_come_into_force():
    """A field without effect is validated and kept."""
    config = RunConfig(model="ae", beta=4)
    assert why_not_in_force(config, "beta") == "only a VAE has a KL term"
    assert why_not_in_force(config.variant(model="vae"), "beta") is None
    assert config.variant(model="vae").beta == 4
    assert read_config({"model": "ae", "beta": -1})[0] is None
