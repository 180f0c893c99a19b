"""Descriptions of fields, and sentences about wrong values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaelab.config import FIELD_NAMES, RunConfig, as_text, field_spec, read_config
from vaelab.config.fields import in_words, labelled
from vaelab.config.run_config import VERSION

# A value just beyond what is allowed, and one of another kind, for every field.
WRONG = {
    "model": ["gan", "", 3],
    "dataset": ["minst", None],
    "train_size": [9, 1_000_001, 20.5, "many"],
    "held_out": [-1, 10_001, 0.5],
    "latent_dim": [0, 257, 2.5, "two"],
    "epochs": [0, 501, None],
    "architecture": ["cnn", ["mlp"]],
    "hidden": [
        "",
        "400-",
        "-400",
        "0",
        "4097",
        "1-2-3-4-5-6-7-8-9",
        "400/16",
        "none-4",
        "4.5",
        "4,5",
        {},
        "²",
    ],
    "activation": ["swish"],
    "code_activation": ["tanh"],
    "reconstruction": ["l1"],
    "sigma": [0, 0.0009, 10.1, "automatic", math.nan, math.inf, None],
    "corruption": ["blur"],
    "corruption_strength": [-0.1, 1.1, "some"],
    "beta": [-1, 1000.1, math.nan],
    "beta_warmup": [-0.1, 501],
    "optimizer": ["lion"],
    "lr_schedule": ["cosine"],
    "learning_rate": [0, -1, 100.1, math.inf, "fast"],
    "batch_size": [0, 10_001],
    "stop_loss": [100_001, -100_001, "soon", math.nan],
    "precision": ["fp16"],
    "seed": [-1, 2_147_483_648, 1.5],
}


def test_there_is_a_wrong_value_for_every_field():
    assert set(WRONG) == set(FIELD_NAMES) == set(RunConfig.model_fields) - {"version"}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in WRONG for value in WRONG[name]])
def test_a_wrong_value_is_answered_with_the_field_and_what_is_allowed(name, value):
    config, sentences = read_config({name: value})
    assert config is None
    assert set(sentences) == {name}
    assert sentences[name].startswith(f"{labelled(name)}: must be {field_spec(name).allowed}, not ")
    assert labelled(name) in (field_spec(name).label, f"{field_spec(name).label} ({name})")
    assert name in labelled(name).casefold()
    assert sentences[name].endswith(".")


@pytest.mark.parametrize(
    "value", ["300", "32-64-64-64-64", "none", "32/", "32//16", "32/4/4/4", "/16", "32/5000"]
)
def test_a_wrong_text_of_hidden_for_conv(value):
    config, sentences = read_config({"architecture": "conv", "hidden": value})
    assert config is None
    assert sentences["hidden"].startswith("Hidden layers (hidden): must be up to 8 widths")


def test_every_wrong_field_has_its_sentence():
    config, sentences = read_config({"epochs": 0, "beta": -1, "model": "gan", "latent_dim": 2})
    assert config is None
    assert set(sentences) == {"epochs", "beta", "model"}


@pytest.mark.parametrize(("name", "near"), [("latent_dims", "latent_dim"), ("optimiser", "optimizer")])
def test_an_unknown_field_is_named_with_what_is_near(name, near):
    assert read_config({name: 1}) == (None, {name: f"{name}: there is no such field; did you mean {near}?"})


def test_an_unknown_field_near_to_none_is_answered_with_all():
    _, sentences = read_config({"zzz": 1})
    assert all(name in sentences["zzz"] for name in FIELD_NAMES)


@pytest.mark.parametrize("value", [0, VERSION + 1, "two", None, "", -1, 1.5, [], "9" * 5000])
def test_an_unknown_version_is_answered_with_those_known(value):
    config, sentences = read_config({"version": value})
    assert config is None
    assert set(sentences) == {"version"}
    assert sentences["version"].startswith("version: ")
    assert f"(1 to {VERSION})" in sentences["version"]


@pytest.mark.parametrize("value", [None, [], "vae-2d", 3, [["epochs", 3]]])
def test_a_recipe_that_is_no_object_is_answered(value):
    config, sentences = read_config(value)
    assert config is None
    assert sentences["recipe"].startswith("recipe: a recipe is an object of fields, not ")


# Values as JSON can have them, lone surrogates among them.
TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.sampled_from(["none", "auto", "1e3"])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)
NAMES = st.sampled_from([*FIELD_NAMES, "version"]) | TEXTS


@settings(max_examples=500)
@given(VALUES | st.dictionaries(NAMES, VALUES, max_size=4))
def test_any_json_gives_a_config_or_sentences(values):
    config, sentences = read_config(values)
    assert (config is None) == bool(sentences)
    for name, sentence in sentences.items():
        said = labelled(name) if name in FIELD_NAMES else name[:40].encode(errors="replace").decode()
        assert sentence.startswith(f"{said}: ")
        assert sentence.encode()
        assert len(sentence) < 600


# Descriptions


@pytest.mark.parametrize("name", FIELD_NAMES)
def test_a_field_describes_itself(name):
    spec = field_spec(name)
    assert spec.name == name
    assert spec.label[0].isupper()
    assert spec.help.endswith(".")
    assert spec.allowed
    assert set(spec.labels) == (set(spec.choices) if spec.kind == "choice" else set())


@pytest.mark.parametrize("name", [name for name in FIELD_NAMES if field_spec(name).minimum is not None])
def test_the_bounds_a_field_names_are_those_that_hold(name):
    spec = field_spec(name)
    step = 1 if spec.kind == "integer" else 1e-9 * max(1.0, abs(spec.maximum))
    for inside, outside in ((spec.minimum, spec.minimum - step), (spec.maximum, spec.maximum + step)):
        config, _ = read_config({name: inside})
        assert getattr(config, name) == inside
        assert read_config({name: outside})[0] is None


@pytest.mark.parametrize("name", [name for name in FIELD_NAMES if field_spec(name).kind == "choice"])
def test_the_choices_a_field_names_are_those_that_hold(name):
    for choice in field_spec(name).choices:
        config, _ = read_config({name: choice})
        assert getattr(config, name) == choice


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "none"), (10.0, "10"), (0.5, "0.5"), (1e-6, "1e-06"), (3, "3"), ("512-256", "512-256"),
     (0.1 + 0.2, "0.30000000000000004")],
)  # fmt: skip
def test_a_value_as_text(value, text):
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("value", "words"), [(1e-5, "0.00001"), (2.5e-6, "0.0000025"), (0.01, "0.01"), (0.0, "0"), (1.0, "1")]
)
def test_small_numbers_are_read_without_powers_of_ten(value: float, words: str) -> None:
    assert in_words("learning_rate", value) == words
